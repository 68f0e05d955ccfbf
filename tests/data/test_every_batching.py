"""Every batching in the registry obeys every law of batchings; and what is specific to each."""

import json
import math

import numpy as np
import pytest

from teachrnn.data import BATCHINGS, Batching, join_items, split
from teachrnn.data.batching import Chunks, InOrder, Items, RandomPositions, Streams
from teachrnn.errors import DomainError, NameLookupError
from teachrnn.testing.batching_suite import batching_suite

test_every_batching = batching_suite(*BATCHINGS.values())


def rng(seed=0):
    return np.random.default_rng(seed)


def epoch(batching):
    return [next(batching) for _ in range(batching.batches_per_epoch)]


def read(batches):
    """The input symbols, in the order in which they are read."""
    return np.concatenate([batch.x.T.ravel() for batch in batches]).tolist()


def test_the_registry_is_found_by_name():
    assert sorted(BATCHINGS) == ["chunks", "in-order", "items", "random", "streams"]
    assert InOrder is InOrder
    with pytest.raises(
        NameLookupError, match=r"no batching is named 'sideways'; there are: chunks, in-"
    ):
        Batching.find("sideways")


# in order


def test_an_epoch_of_the_novel_of_the_assignment_has_44301_updates():
    assert InOrder(np.zeros(1_107_542, np.uint8), length=25).batches_per_epoch == 44_301


@pytest.mark.parametrize("symbols", range(8, 40))
@pytest.mark.parametrize("length", [1, 2, 3, 7])
def test_in_order_is_the_pointer_of_the_assignment(symbols, length):
    """The assignment's rule: e starts at 1; start over when e > N - T - 1."""
    pointers, e = [], 1
    while e <= symbols - length - 1:
        pointers.append(e)
        e += length
    if (symbols - 1) % length == 0:  # the one case in which a whole sequence is left out there
        pointers.append(e)
    batches = InOrder(np.arange(symbols), length=length)
    assert [b.position + 1 for b in epoch(batches)] == pointers
    assert next(batches).position == 0


def test_in_order_reads_the_whole_text_and_is_fresh_only_where_the_text_begins():
    batches = InOrder(np.arange(31), length=7)
    first, second = epoch(batches), epoch(batches)
    assert read(first) == read(second) == list(range(28))
    assert [b.fresh for b in first + second] == [True, False, False, False] * 2


# random positions


def test_random_positions_are_fresh_and_equally_likely():
    batches = RandomPositions(np.arange(12), length=2, batch=5, rng=rng())
    drawn = [next(batches) for _ in range(2000)]
    assert all(b.fresh for b in drawn)
    counts = np.bincount(np.concatenate([b.x[0] for b in drawn]))
    assert len(counts) == 10  # 0 to N - T - 1, both included
    expected = 10_000 / 10
    assert np.abs(counts - expected).max() < 5 * math.sqrt(expected)


def test_an_epoch_of_random_positions_reads_as_many_symbols_as_the_text_has():
    for symbols, batches in ((101, 5), (100, 4), (121, 6), (6, 1)):  # at least one
        batching = RandomPositions(np.arange(symbols), length=5, batch=4, rng=rng())
        assert batching.batches_per_epoch == batches
        assert batching.sequences_per_epoch == 4 * batches


# chunks


def test_chunks_are_read_whole_once_per_epoch_in_a_new_order():
    batches = Chunks(np.arange(40), length=3, chunks=4, rng=rng())
    orders = []
    for _ in range(6):
        pass_ = epoch(batches)
        assert (
            [b.fresh for b in pass_] == [b.position % 10 == 0 for b in pass_] == [True, False, False] * 4
        )
        assert sorted(read(pass_)) == [10 * k + i for k in range(4) for i in range(9)]
        orders.append(tuple(b.position for b in pass_ if b.fresh))
    assert len(set(orders)) > 1


def test_no_target_of_a_chunk_is_in_the_next():
    batches = Chunks(np.arange(41), length=5, chunks=4, rng=rng())
    for batch in epoch(batches):
        begin = next(a for a, b in ((0, 10), (10, 20), (20, 30), (30, 41)) if a <= batch.position < b)
        assert batch.y.max() < (41 if begin == 30 else begin + 10)


def test_one_chunk_is_the_text_in_order():
    chunk, in_order = (
        Chunks(np.arange(31), length=7, chunks=1, rng=rng()),
        InOrder(np.arange(31), length=7),
    )
    for _ in range(9):
        a, b = next(chunk), next(in_order)
        assert (a.position, a.fresh, a.epoch) == (b.position, b.fresh, b.epoch)


def test_chunks_shorter_than_a_sequence_are_refused():
    with pytest.raises(DomainError, match="need a chunk of at least 6; this one has 5"):
        Chunks(np.arange(20), length=5, chunks=4, rng=rng())
    with pytest.raises(DomainError, match="0 chunks: at least one"):
        Chunks(np.arange(20), length=5, chunks=0, rng=rng())


# streams


def test_streams_read_equal_segments_side_by_side():
    batches = Streams(np.arange(32), length=3, batch=4)
    first, second = epoch(batches), epoch(batches)
    assert [b.fresh for b in first + second] == [True, False] * 2
    for column in range(4):
        inputs = np.concatenate([b.x[:, column] for b in first])
        np.testing.assert_array_equal(inputs, 7 * column + np.arange(6))
    assert first[0].x.flags.c_contiguous


def test_one_stream_is_the_text_in_order():
    for n in range(8, 30):
        stream, in_order = Streams(np.arange(n), length=7), InOrder(np.arange(n), length=7)
        assert stream.batches_per_epoch == in_order.batches_per_epoch
        for _ in range(5):
            np.testing.assert_array_equal(next(stream).y, next(in_order).y)


def test_streams_may_use_the_last_symbol_of_the_text():
    assert next(Streams(np.arange(9), length=4, batch=2)).y.max() == 8
    with pytest.raises(DomainError, match=r"2 streams of at least 4 symbols.* 9; this one has 8"):
        Streams(np.arange(8), length=4, batch=2)
    with pytest.raises(DomainError, match="at least one is needed"):
        Streams(np.arange(8), length=4, batch=0)


# items


def test_items_are_read_whole_and_the_end_is_a_target_and_the_first_input():
    text = join_items(["abc", "d", "efghij"])
    batches = Items(np.array([ord(c) for c in text]), length=4, end=3)
    spoken = [
        ("".join(map(chr, b.x[:, 0])), "".join(map(chr, b.y[:, 0])), b.fresh) for b in epoch(batches)
    ]
    assert spoken == [
        ("\x03abc", "abc\x03", True),
        ("\x03d", "d\x03", True),
        ("\x03efg", "efgh", True),
        ("hij", "ij\x03", False),
    ]
    assert next(batches).position == 0


def test_items_may_be_shorter_than_a_sequence():
    (batch,) = epoch(Items(np.array([0, 5, 0]), length=25, end=0))
    assert batch.x.ravel().tolist() == [0, 5]


def test_items_are_counted_across_the_blocks_in_which_a_text_is_looked_through(monkeypatch):
    tokens = rng().integers(0, 4, 500)
    tokens[[0, -1]] = 0
    tokens[100:150] = 1
    for block in (1, 7, 64, 1000):
        monkeypatch.setattr("teachrnn.data.batching.items.BLOCK", block)
        batches = Items(tokens, length=3, end=0)
        assert [b.epoch for b in epoch(batches)][-1] == 1
        assert next(batches).epoch == 2


def test_a_text_without_end_symbols_around_its_items_is_refused():
    for tokens in ([1, 2, 0], [0, 2, 1]):
        with pytest.raises(DomainError, match="begin and end with the end symbol, number 0"):
            Items(np.array(tokens), length=2, end=0)


def test_both_parts_of_a_split_between_items_consist_of_items():
    text = np.array([ord(c) for c in join_items(["abc", "defg", "hi", "jkl"])])
    for parts in (split(text, validation=0.3, end=3), split(text, validation=0.5, end=3)):
        read_ = [read(epoch(Items(part, length=2, end=3))) for part in parts]
        assert [*read_[0], *read_[1]] == text[:-1].tolist()


# saving


@pytest.mark.parametrize("kind", ["PCG64", "PCG64DXSM", "MT19937", "Philox", "SFC64"])
def test_every_bit_generator_of_numpy_can_be_saved(kind):
    def make(seed):
        generator = np.random.Generator(getattr(np.random, kind)(seed))
        return RandomPositions(np.arange(1000), length=3, rng=generator)

    batching, other = make(1), make(2)
    next(batching)
    other.restore(json.loads(json.dumps(batching.state())))
    assert [next(batching).position for _ in range(20)] == [next(other).position for _ in range(20)]
