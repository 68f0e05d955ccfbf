"""The text from its beginning to its end."""

from __future__ import annotations

import numpy as np

from teachrnn.array import Array
from teachrnn.data.batching.batch import Batch
from teachrnn.data.batching.batching import Batching


class InOrder(Batching):
    r"""One sequence after another, as one reads a book; the hidden state is carried along.

    Sequence $i$ of an epoch begins at $e = iT$, and the state starts from 0 where the text does.
    An epoch has $\lfloor (N - 1) / T \rfloor$ sequences; what remains at the end, fewer than T
    symbols with a target, is not read. (The assignment starts over once $e > N - T - 1$, with $e$
    from 1: the same, except that it leaves out a last sequence that ends exactly at the end of the
    text.)

    References
    ----------
    Williams & Peng (1990), An efficient gradient-based algorithm for on-line training of recurrent
    network trajectories, on truncated backpropagation through time.

    Examples
    --------
    >>> batches = InOrder(np.array([7, 8, 9, 6, 5]), length=2)
    >>> [(b.x.ravel().tolist(), b.y.ravel().tolist(), b.fresh) for b in (next(batches), next(batches))]
    [([7, 8], [8, 9], True), ([9, 6], [6, 5], False)]
    """

    name = "in-order"

    def __init__(self, tokens: Array, *, length: int) -> None:
        super().__init__(tokens, length=length)
        self._column = self.tokens[:, np.newaxis]  # a batch of one: (N, 1)

    @property
    def batches_per_epoch(self) -> int:
        return (len(self.tokens) - 1) // self.length

    def __next__(self) -> Batch:
        start, end = self.start, self.start + self.length
        if end >= len(self.tokens):
            start, end = 0, self.length
            self.epoch += 1
        self.start = end
        read = self._column[start : end + 1].astype(np.intp)
        return Batch(read[:-1], read[1:], start == 0, self.epoch, start)
