"""Sequences from random positions."""

from __future__ import annotations

import numpy as np

from teachrnn.array import Array
from teachrnn.data.batching.batch import Batch
from teachrnn.data.batching.batching import Batching
from teachrnn.errors import DomainError


class RandomPositions(Batching):
    r"""Sequences that begin at uniformly random positions in the text, each from a fresh state.

    Consecutive updates see unrelated text, as stochastic gradient descent assumes, and the network
    never learns to use what is more than T symbols back. As many batches as cover the length of
    the text once, $\lfloor (N - 1) / (T B) \rfloor$ and at least one, are counted as an epoch.

    Parameters
    ----------
    tokens : ndarray of int
        The text, (N,).
    length : int
        T, the symbols of a sequence.
    batch : int
        B, the sequences in a batch.
    rng : numpy.random.Generator
        Source of the positions; its state is saved too.

    Examples
    --------
    >>> batches = RandomPositions(np.arange(100), length=3, batch=2, rng=np.random.default_rng(0))
    >>> next(batches).x
    array([[82, 61],
           [83, 62],
           [84, 63]])
    """

    name = "random"
    fixed = ("length", "batch")
    moving = ("epoch", "read")
    rng: np.random.Generator

    def __init__(self, tokens: Array, *, length: int, batch: int = 1, rng: np.random.Generator) -> None:
        super().__init__(tokens, length=length)
        if batch < 1:
            raise DomainError(f"a batch of {batch} sequences: at least one is needed.")
        self.batch, self.rng = batch, rng
        self.read = 0
        self._offsets = np.arange(length + 1)[:, np.newaxis]

    @property
    def batches_per_epoch(self) -> int:
        return max(1, (len(self.tokens) - 1) // (self.length * self.batch))

    def __next__(self) -> Batch:
        if self.read == self.batches_per_epoch:
            self.read = 0
            self.epoch += 1
        self.read += 1
        starts = self.rng.integers(len(self.tokens) - self.length, size=self.batch)
        read = self.tokens[starts + self._offsets].astype(np.intp)
        return Batch(read[:-1], read[1:], True, self.epoch, int(starts[0]))
