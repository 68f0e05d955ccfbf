"""The text in pieces, shuffled."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from teachrnn.array import Array
from teachrnn.data.batching.batch import Batch
from teachrnn.data.batching.batching import Batching, check_length
from teachrnn.errors import DomainError


class Chunks(Batching):
    """Chunks of the text in an order drawn anew each epoch, each read from its beginning to its end.

    A compromise between reading in order and at random: the state is carried through a chunk and starts
    from 0 at the next, and no chunk has a fixed place in the epoch. Chunk k of L has the symbols
    from k N // L up to the next chunk; what remains at its end, fewer than T symbols with a target
    in the chunk, is not read. Text for validation is held out beforehand, by `split`.

    Parameters
    ----------
    tokens : ndarray of int
        The text, (N,).
    length : int
        T, the symbols of a sequence.
    chunks : int
        L, how many chunks of (nearly) equal length the text is cut into.
    rng : numpy.random.Generator
        Source of the order; its state is saved too.

    Examples
    --------
    >>> batches = Chunks(np.arange(12), length=2, chunks=3, rng=np.random.default_rng(0))
    >>> [(b.position, b.fresh) for b in (next(batches), next(batches), next(batches))]
    [(8, True), (0, True), (4, True)]
    """

    name = "chunks"
    fixed = ("length", "chunks")
    moving = ("epoch", "order", "turn", "start")
    rng: np.random.Generator

    def __init__(
        self, tokens: Array, *, length: int, chunks: int = 10, rng: np.random.Generator
    ) -> None:
        super().__init__(tokens, length=length)
        if chunks < 1:
            raise DomainError(f"{chunks} chunks: at least one is needed.")
        check_length(length, within=len(tokens) // chunks, what="chunk")
        self.chunks, self.rng = chunks, rng
        self._column = self.tokens[:, np.newaxis]
        self.epoch, self.order, self.turn = 0, list[int](), -1
        self._open_next()

    def _begin(self, chunk: int) -> int:
        return chunk * len(self.tokens) // self.chunks

    def _open_next(self) -> None:
        self.turn += 1
        if self.turn == len(self.order):
            self.order, self.turn = self.rng.permutation(self.chunks).tolist(), 0
            self.epoch += 1
        self.start = self._begin(self.order[self.turn])

    @property
    def batches_per_epoch(self) -> int:
        begins = [self._begin(chunk) for chunk in range(self.chunks + 1)]
        return sum((b - a - 1) // self.length for a, b in pairwise(begins))

    def __next__(self) -> Batch:
        if self.start + self.length >= self._begin(self.order[self.turn] + 1):
            self._open_next()
        start, end = self.start, self.start + self.length
        self.start = end
        read = self._column[start : end + 1].astype(np.intp)
        fresh = start == self._begin(self.order[self.turn])
        return Batch(read[:-1], read[1:], fresh, self.epoch, start)
