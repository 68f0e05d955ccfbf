"""The record of one update."""

from __future__ import annotations

from math import exp, inf, log
from typing import NamedTuple


class TrainStep(NamedTuple):
    """The record of one update.

    Attributes
    ----------
    iteration : int
        Number of the update, from 1.
    epoch : int
        Which pass through the text it belongs to, from 1.
    length : int
        T, the symbols in each sequence.
    loss : float
        L before the update, in nats per sequence, averaged over the batch.
    smooth_loss : float
        0.999 of the last smooth loss plus 0.001 of this loss; the first is the first loss.
    gradient_norm : float
        Euclidean norm of the whole gradient, before clipping.
    clipped_norm : float
        The same after clipping.
    eta : float
        Learning rate of this update.
    seconds : float
        How long the update took.
    validation : float or None
        Loss on the validation text after this update, in nats per symbol, where it was measured.

    Examples
    --------
    >>> step = TrainStep(1, 1, 25, 109.55, 109.55, 1.0, 1.0, 0.1, 0.0002, None)
    >>> round(step.nats_per_symbol, 3), round(step.bits_per_symbol, 2), round(step.perplexity)
    (4.382, 6.32, 80)
    """

    iteration: int
    epoch: int
    length: int
    loss: float
    smooth_loss: float
    gradient_norm: float
    clipped_norm: float
    eta: float
    seconds: float
    validation: float | None

    @property
    def nats_per_symbol(self) -> float:
        """The loss of this step, in nats per symbol."""
        return self.loss / self.length

    @property
    def bits_per_symbol(self) -> float:
        """The loss of this step, in bits per symbol."""
        return self.nats_per_symbol / log(2)

    @property
    def perplexity(self) -> float:
        """The perplexity, exp of the nats per symbol: so many equally likely symbols have the same loss.

        Infinite where it is larger than the largest float, from 709.8 nats on.
        """
        try:
            return exp(self.nats_per_symbol)
        except OverflowError:
            return inf
