"""Several positions of the text at a time."""

from __future__ import annotations

import numpy as np

from teachrnn.array import Array
from teachrnn.data.batching.batch import Batch
from teachrnn.data.batching.batching import Batching
from teachrnn.errors import DomainError


class Streams(Batching):
    r"""B streams side by side, each reading its own segment of the text in order, state carried.

    Segment $b$ begins at $bS$, with $S = \lfloor (N - 1) / B \rfloor$; batch $i$ of an epoch has
    the sequences that begin $iT$ into each. One matrix product then serves B sequences, which
    costs little more than one; but an epoch has B times fewer updates,
    $\lfloor S / T \rfloor$. With $B = 1$ this is reading in order.

    Parameters
    ----------
    tokens : ndarray of int
        The text, (N,).
    length : int
        T, the symbols of a sequence.
    batch : int
        B, the number of streams.

    Examples
    --------
    >>> batches = Streams(np.arange(13), length=2, batch=3)
    >>> next(batches).x, next(batches).x
    (array([[0, 4, 8],
           [1, 5, 9]]),
     array([[ 2,  6, 10],
           [ 3,  7, 11]]))
    """

    name = "streams"
    fixed = ("length", "batch")

    def __init__(self, tokens: Array, *, length: int, batch: int = 1) -> None:
        super().__init__(tokens, length=length)
        if batch < 1:
            raise DomainError(f"a batch of {batch} streams: at least one is needed.")
        self.batch, self.segment = batch, (len(tokens) - 1) // batch
        if self.segment < length:
            raise DomainError(
                f"{batch} streams of at least {length} symbols, and one after them, need a text of "
                f"{batch * length + 1}; this one has {len(tokens)}. Choose fewer streams or a shorter "
                "sequence length."
            )
        width = batch * self.segment
        self._inputs = self.tokens[:width].reshape(batch, -1).T  # views: (S, B)
        self._targets = self.tokens[1 : width + 1].reshape(batch, -1).T

    @property
    def batches_per_epoch(self) -> int:
        return self.segment // self.length

    def __next__(self) -> Batch:
        start, end = self.start, self.start + self.length
        if end > self.segment:
            start, end = 0, self.length
            self.epoch += 1
        self.start = end
        x = self._inputs[start:end].astype(np.intp, order="C")
        y = self._targets[start:end].astype(np.intp, order="C")
        return Batch(x, y, start == 0, self.epoch, start)
