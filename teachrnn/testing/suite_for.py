"""The suite for anything that can be tested: the class of a part, or a backward pass."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from teachrnn.cells import Cell
from teachrnn.data import Batching
from teachrnn.errors import DomainError
from teachrnn.op import Op
from teachrnn.optimizers import Optimizer
from teachrnn.sampling import Sampler
from teachrnn.testing.backward_suite import backward_suite
from teachrnn.testing.batching_suite import batching_suite
from teachrnn.testing.cell_suite import cell_suite
from teachrnn.testing.op_suite import op_suite
from teachrnn.testing.optimizer_suite import optimizer_suite
from teachrnn.testing.sampler_suite import sampler_suite

SUITES: dict[type, Callable[..., Callable[..., None]]] = {
    Op: op_suite,
    Cell: cell_suite,
    Optimizer: optimizer_suite,
    Sampler: sampler_suite,
    Batching: batching_suite,
}
"""The suite of each kind of part."""


def suite_for(thing: Any, **settings: Any) -> Callable[..., None]:
    """Make the pytest test for an operation, cell, optimizer, sampler, batching or backward pass.

    Use it in a test file::

        test_mine = teachrnn.testing.suite_for(Mine)

    Parameters
    ----------
    thing : class, Sampler or callable
        The class of an operation, cell, optimizer, sampler or batching; a sampler with settings; or a
        function that takes an `Instance` and returns gradients (see `backward_suite`).
    **settings
        Further arguments of that suite, such as ``cell=`` for a backward pass.

    Returns
    -------
    callable
        A test, which pytest finds under the name that you assign it to.

    Raises
    ------
    DomainError
        If there is no suite for it.

    Examples
    --------
    >>> from teachrnn import GRUCell, Tanh
    >>> test_tanh, test_gru = suite_for(Tanh), suite_for(GRUCell)
    """
    for kind, suite in SUITES.items():
        if isinstance(thing, type) and issubclass(thing, kind):
            return suite(thing, **settings)
        if isinstance(thing, kind):
            if kind is Sampler:
                return suite(thing, **settings)
            raise DomainError(
                f"a suite tests the class, not one of its instances: pass {type(thing).__name__}."
            )
    if callable(thing) and not isinstance(thing, type):
        return backward_suite(thing, **settings)
    raise DomainError(
        f"there is no suite for {thing!r}; pass a class of "
        f"{', '.join(kind.__name__ for kind in SUITES)}, or a function that takes an Instance and "
        "returns gradients."
    )
