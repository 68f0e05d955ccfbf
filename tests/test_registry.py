"""Parts are registered in one way: found by name or as themselves, and no name is taken twice."""

from __future__ import annotations

import numpy as np
import pytest

from teachrnn import CELLS, OPS, CharRNN, LSTMCell
from teachrnn.data.batching import BATCHINGS
from teachrnn.data.corpora import CORPORA
from teachrnn.errors import NameLookupError
from teachrnn.initializers import INITIALIZERS
from teachrnn.optimizers import OPTIMIZERS
from teachrnn.reference import ORACLES
from teachrnn.registry import Registry
from teachrnn.sampling import SAMPLERS
from teachrnn.training import CLIPPINGS, SCHEDULES

CLASSES = [
    CELLS,
    OPS,
    BATCHINGS,
    CORPORA,
    INITIALIZERS,
    OPTIMIZERS,
    ORACLES,
    SAMPLERS,
    CLIPPINGS,
    SCHEDULES,
]
every_kind = pytest.mark.parametrize("registry", CLASSES, ids=lambda registry: registry.what)


@every_kind
def test_class_without_its_own_name_does_not_take_over_that_of_its_parent(registry):
    name, parent = next(iter(registry.items()))
    with pytest.raises(
        TypeError, match=f"the name '{name}' is that of another {registry.what}, in teachrnn"
    ):
        type(parent.__name__, (parent,), {"__module__": __name__, "__doc__": parent.__doc__})
    assert registry[name] is parent


@every_kind
def test_entry_is_found_by_its_name_and_as_itself(registry):
    for name, entry in registry.items():
        assert registry.find(name) is registry.find(entry) is entry


@every_kind
def test_unknown_name_is_refused_with_the_names_that_exist_however_it_is_looked_up(registry):
    close = next(iter(registry)) + "x"
    for look_up in (registry.find, registry.__getitem__):
        with pytest.raises(NameLookupError) as caught:
            look_up(close)
        assert f"no {registry.what} is named '{close}'; there are: " in str(caught.value)
        assert "Did you mean " in str(caught.value)
    with pytest.raises(NameLookupError, match="is named 3; there are"):
        registry.find(3)
    assert registry.get(close) is None


def test_module_may_redefine_its_own_name():
    registry = Registry("thing")
    registry["a"] = first = type("A", (), {})
    registry["a"] = second = type("A", (), {})
    assert registry["a"] is second is not first


def test_cell_may_be_given_as_a_class():
    by_class, by_name = (
        CharRNN(hidden=2, symbols=3, cell=cell, rng=np.random.default_rng(0))
        for cell in (LSTMCell, "lstm")
    )
    assert by_class.settings() == by_name.settings()
