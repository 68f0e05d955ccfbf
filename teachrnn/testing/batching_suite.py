"""The laws that every batching obeys, as one pytest test for any batching, built in or your own."""

from __future__ import annotations

import inspect
import json
import tempfile
import tracemalloc
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import Any

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import assume, given, settings

from teachrnn.array import Array
from teachrnn.data import BATCHINGS, Batch, Batching
from teachrnn.errors import DomainError, FileFormatError, ShapeError
from teachrnn.testing.draw import Draw
from teachrnn.testing.profiles import ON_ANY_MACHINE


@dataclass(frozen=True)
class BatchingLaw:
    """One law of one batching."""

    batching: type[Batching]
    law: Callable[[Drawn], None]
    keywords: Mapping[str, st.SearchStrategy[Any]]

    def __str__(self) -> str:
        return f"{self.batching.__name__}.{self.law.__name__}"


@dataclass(frozen=True)
class Drawn:
    """A batching of a text in which every symbol except the end symbol is its own position."""

    batching: type[Batching]
    tokens: Array
    keywords: Mapping[str, Any]
    draw: Draw

    def make(self, tokens: Array | None = None, *, seed: int = 0) -> Batching:
        """A new batching at its beginning, of this text or another."""
        keywords = dict(self.keywords)
        if "rng" in inspect.signature(self.batching).parameters:
            keywords["rng"] = np.random.default_rng(seed)
        return self.batching(self.tokens if tokens is None else tokens, **keywords)

    def some(self) -> list[Batch]:
        """The first batches, enough for more than two epochs."""
        batching = self.make()
        return list(islice(batching, 2 * batching.batches_per_epoch + 3))


def batching_suite(
    *batchings: type[Batching], **keywords: st.SearchStrategy[Any]
) -> Callable[..., None]:
    """Make a pytest test that checks batchings against every law, on random texts and settings.

    The text is drawn at random, and so are the keywords ``length``, ``batch``, ``chunks``, ``end`` and
    ``rng`` if the batching has them; for any other keyword, pass a strategy::

        test_my_batching = teachrnn.testing.batching_suite(MyBatching, stride=st.integers(1, 5))

    The laws: every target is the next symbol of the text; shapes and types are as documented, and a
    batch shares no memory with the text; the state is carried on only where the text continues; an
    epoch has as many batches as stated; a batching that was saved and restored continues bit for bit,
    and refuses the state of another one; a memory-mapped text of any integer type gives the same
    batches, and is neither changed nor copied; a text that is too short, or is not a text, is refused.

    Parameters
    ----------
    *batchings : type of Batching
        The classes.
    **keywords
        Hypothesis strategies for other keywords, by name.

    Returns
    -------
    callable
        A test, which pytest finds under the name that you assign it to.

    Examples
    --------
    >>> from teachrnn import Streams
    >>> test_streams = batching_suite(Streams)
    """
    cases = [BatchingLaw(batching, law, keywords) for batching in batchings for law in LAWS]

    @pytest.mark.parametrize("case", cases, ids=str)
    @settings(**ON_ANY_MACHINE)
    @given(data=st.data())
    def test_law(case: BatchingLaw, data: st.DataObject) -> None:
        case.law(_drawn(case.batching, case.keywords, data.draw))

    return test_law


def _drawn(
    batching: type[Batching], strategies: Mapping[str, st.SearchStrategy[Any]], draw: Draw
) -> Drawn:
    tokens = np.arange(draw(st.integers(2, 120), label="symbols"))
    known: dict[str, st.SearchStrategy[Any]] = {
        "length": st.integers(1, 12),
        "batch": st.integers(1, 4),
        "chunks": st.integers(1, 4),
        "end": st.just(len(tokens)),
        **strategies,
    }
    names = [name for name in inspect.signature(batching).parameters if name not in ("tokens", "rng")]
    keywords = {name: draw(known[name], label=name) for name in names}
    if "end" in keywords:
        inner = draw(st.lists(st.integers(0, len(tokens) - 1), max_size=12), label="places of the end")
        tokens[[0, *inner, -1]] = keywords["end"]
    tokens.flags.writeable = False
    drawn = Drawn(batching, tokens, keywords, draw)
    try:
        drawn.make()
    except DomainError:  # the text that was drawn is too short for these settings
        assume(False)
    return drawn


def places(batch: Batch, tokens: Array) -> Array:
    """The position of each input in the text, verified."""
    found = batch.x.copy()
    found[0, 0] = batch.position  # an end symbol, which does not say where it is, can only be here
    np.testing.assert_array_equal(tokens[found], batch.x)
    return found


def targets_are_the_next_symbols(drawn: Drawn) -> None:
    """Each sequence is a stretch of the text, and the target is the symbol after the input."""
    for batch in drawn.some():
        place = places(batch, drawn.tokens)
        assert (np.diff(place, axis=0) == 1).all()
        np.testing.assert_array_equal(batch.y, drawn.tokens[place + 1])


def shapes_and_types_are_as_promised(drawn: Drawn) -> None:
    """Batches are (T, B) of type intp, T is at most the length, and share no memory with the text."""
    wide = drawn.keywords.get("batch", 1)
    for batch in drawn.some():
        assert batch.x.shape == batch.y.shape
        assert 1 <= len(batch.x) <= drawn.keywords["length"]
        assert batch.x.shape[1] == wide
        assert batch.x.dtype == batch.y.dtype == np.intp
        assert not np.shares_memory(batch.x, drawn.tokens)
        assert not np.shares_memory(batch.y, drawn.tokens)
        assert isinstance(batch.fresh, bool)


def a_state_is_carried_only_where_the_text_goes_on(drawn: Drawn) -> None:
    """Unless fresh, every column continues that of the batch before; the first batch is fresh."""
    batches = drawn.some()
    assert batches[0].fresh
    for last, batch in pairwise(batches):
        if not batch.fresh:
            end = places(last, drawn.tokens)[-1]
            np.testing.assert_array_equal(places(batch, drawn.tokens)[0], end + 1)


def epochs_have_as_many_batches_as_stated(drawn: Drawn) -> None:
    """Batch i, from 0, belongs to epoch 1 + i // batches per epoch; a batch has B sequences."""
    batching = drawn.make()
    n = batching.batches_per_epoch
    assert n >= 1
    assert [b.epoch for b in drawn.some()] == [1 + i // n for i in range(2 * n + 3)]
    assert batching.sequences_per_epoch == n * drawn.keywords.get("batch", 1)


def a_restored_batching_continues_bit_for_bit(drawn: Drawn) -> None:
    """A batching restored from JSON that was saved at any time gives the same batches."""
    batching = drawn.make()
    n = batching.batches_per_epoch
    for _ in range(drawn.draw(st.integers(0, 2 * n + 1), label="batches before")):
        next(batching)
    saved = json.dumps(batching.state())
    expected = list(islice(batching, 2 * n + 1))
    other = drawn.make(seed=1)
    for _ in range(drawn.draw(st.integers(0, 3), label="batches taken from the other")):
        next(other)
    other.restore(json.loads(saved))
    assert json.dumps(other.state()) == saved
    for a, b in zip(expected, islice(other, len(expected)), strict=True):
        assert_same(a, b)


def a_saved_state_does_not_change(drawn: Drawn) -> None:
    """A saved state does not change while the batching, or one restored from it, continues."""
    batching = drawn.make()
    state = batching.state()
    before = json.dumps(state)
    other = drawn.make(seed=1)
    other.restore(state)
    for _ in range(2 * batching.batches_per_epoch + 1):
        next(batching)
        next(other)
    assert json.dumps(state) == before


def the_state_of_another_batching_is_refused(drawn: Drawn) -> None:
    """A state saved with a text of another length, or with other settings, is refused."""
    state = drawn.make().state()
    others: list[Any] = [
        {**state, "symbols": len(drawn.tokens) + 1},
        {**state, "settings": {**state["settings"], "length": drawn.keywords["length"] + 1}},
        {},
    ]
    for wrong in others:
        with pytest.raises(FileFormatError, match="the saved position is that of another batching"):
            drawn.make().restore(wrong)


def settings_remake_it(drawn: Drawn) -> None:
    """The settings are plain data, from which the same batching can be made."""
    settings = json.loads(json.dumps(drawn.make().settings()))
    assert BATCHINGS[settings.pop("name")] is drawn.batching
    assert settings == drawn.keywords


def a_mapped_text_gives_the_same_batches(drawn: Drawn) -> None:
    """Neither the type of the tokens nor memory-mapping matters; the tokens are not changed."""
    dtype = drawn.draw(st.sampled_from([np.uint8, np.uint16, np.uint32, np.int64]), label="type")
    with tempfile.TemporaryFile() as file:
        file.write(drawn.tokens.astype(dtype).tobytes())
        file.flush()
        mapped = np.memmap(file, dtype=dtype, mode="r")
        for a, b in zip(drawn.some(), drawn.make(mapped), strict=False):
            assert_same(a, b)
        np.testing.assert_array_equal(mapped, drawn.tokens)


def memory_does_not_grow_with_the_text(drawn: Drawn) -> None:
    """Reading a memory-mapped text of 4 MiB takes less than 1 MiB of memory."""
    size = 1 << 22
    keywords = {**drawn.keywords, **({"end": 0} if "end" in drawn.keywords else {})}
    with tempfile.TemporaryFile() as file:
        file.truncate(size)  # zeros, which take no disk space
        mapped = np.memmap(file, dtype=np.uint8, mode="r")
        tracemalloc.start()
        try:
            batching = Drawn(drawn.batching, mapped, keywords, drawn.draw).make()
            for _ in range(20):
                next(batching)
            _, most = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert most < size / 4


def unusable_text_is_refused(drawn: Drawn) -> None:
    """A text that is too short, a length below 1, a matrix and fractions are refused."""
    with pytest.raises(DomainError):
        drawn.make(drawn.tokens[:1])
    with pytest.raises(DomainError):
        Drawn(drawn.batching, drawn.tokens, {**drawn.keywords, "length": 0}, drawn.draw).make()
    for wrong in (drawn.tokens[np.newaxis], drawn.tokens / 2):
        with pytest.raises(ShapeError, match="a vector of whole numbers"):
            drawn.make(wrong)


def assert_same(a: Batch, b: Batch) -> None:
    """Assert that two batches are equal in everything."""
    np.testing.assert_array_equal(a.x, b.x)
    np.testing.assert_array_equal(a.y, b.y)
    assert (a.fresh, a.epoch, a.position) == (b.fresh, b.epoch, b.position)


LAWS = (
    targets_are_the_next_symbols,
    shapes_and_types_are_as_promised,
    a_state_is_carried_only_where_the_text_goes_on,
    epochs_have_as_many_batches_as_stated,
    a_restored_batching_continues_bit_for_bit,
    a_saved_state_does_not_change,
    the_state_of_another_batching_is_refused,
    settings_remake_it,
    a_mapped_text_gives_the_same_batches,
    memory_does_not_grow_with_the_text,
    unusable_text_is_refused,
)
