"""Short texts, one at a time."""

from __future__ import annotations

import numpy as np

from teachrnn.array import Array
from teachrnn.data.batching.batch import Batch
from teachrnn.data.batching.batching import Batching
from teachrnn.errors import DomainError

BLOCK = 1 << 14
"""Tokens that are searched at a time."""


class Items(Batching):
    """Items such as tweets in order, each from a fresh state, in sequences of at most T symbols.

    The text has the end symbol before, between and after items, as `join_items` makes it: the first
    input of an item is the end symbol, and so is the last target. An item with its end symbol that
    is longer than T is read in several sequences, the state carried from one to the next; the last
    one of an item may be shorter.

    Parameters
    ----------
    tokens : ndarray of int
        The items, (N,), with the end symbol first and last.
    length : int
        T, the largest number of symbols in a sequence.
    end : int
        The number of the end symbol.

    Raises
    ------
    DomainError
        If the text does not begin and end with the end symbol.

    Examples
    --------
    >>> batches = Items(np.array([0, 5, 6, 7, 0, 8, 0]), length=3, end=0)
    >>> [(b.x.ravel().tolist(), b.y.ravel().tolist(), b.fresh) for b, _ in zip(batches, range(3))]
    [([0, 5, 6], [5, 6, 7], True), ([7], [0], False), ([0, 8], [8, 0], True)]
    """

    name = "items"
    fixed = ("length", "end")

    def __init__(self, tokens: Array, *, length: int, end: int) -> None:
        super().__init__(tokens, length=min(length, len(tokens) - 1))  # items may all be shorter
        if not tokens[0] == tokens[-1] == end:
            raise DomainError(
                f"items begin and end with the end symbol, number {end}, but this text begins with "
                f"{tokens[0]} and ends with {tokens[-1]}. Make the text with join_items, and cut it "
                "with split(..., end=...)."
            )
        self.length, self.end = length, end
        self._column = self.tokens[:, np.newaxis]
        self._batches = self._count()

    def _count(self) -> int:
        batches, last = 0, 0
        for begin in range(1, len(self.tokens), BLOCK):
            ends = begin + np.flatnonzero(self.tokens[begin : begin + BLOCK] == self.end)
            batches += int(np.sum(-(-np.diff(ends, prepend=last) // self.length)))
            last = ends[-1] if len(ends) else last
        return batches

    @property
    def batches_per_epoch(self) -> int:
        return self._batches

    def __next__(self) -> Batch:
        start = self.start
        if start == len(self.tokens) - 1:  # the last end symbol has nothing after it
            start = 0
            self.epoch += 1
        read = self._column[start : start + self.length + 1].astype(np.intp)
        closed = read[1:, 0] == self.end
        T = int(closed.argmax()) + 1 if closed.any() else self.length
        self.start = start + T
        return Batch(read[:T], read[1 : T + 1], bool(read[0, 0] == self.end), self.epoch, start)
