"""Everything that changes during training: what a checkpoint keeps of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from teachrnn.array import Array
from teachrnn.data.batching import BatchingState
from teachrnn.errors import DomainError
from teachrnn.files import pack
from teachrnn.models import CharRNN
from teachrnn.training.best import Best
from teachrnn.training.curve import Curve


class OpenEpoch(NamedTuple):
    """The epoch that has not ended yet.

    Attributes
    ----------
    number : int
        Which it is, from 1.
    loss : float
        The sum of its losses so far, over sequences and batch, in nats.
    symbols : int
        How many symbols they cover.
    """

    number: int = 1
    loss: float = 0.0
    symbols: int = 0


@dataclass(frozen=True, eq=False)
class TrainingState:
    """What `Training.state` returns and `Training.restore` takes; its fields are the file's, by name.

    Attributes
    ----------
    iteration : int
        How many updates were made.
    smooth_loss : float
        The smooth loss after the last, in nats per sequence.
    following : int
        The symbol that comes next in the text.
    curve : Curve
        The points of the loss curves.
    batching : BatchingState
        The position in the text, and the generator that chooses positions.
    epoch : OpenEpoch
        The current epoch.
    path : (int, int) or None
        T and B of the last sequences that were read; None before the first.
    theta : ndarray
        All parameters, (n,).
    best_smooth, best_validation : Best
        The best models by either loss.
    optimizer : dict of ndarray
        The optimizer's state: see `Optimizer.state_arrays`.
    carried : dict of ndarray
        The hidden state that the next sequences start from, (B, m) by name; empty before the first.
    """

    iteration: int
    smooth_loss: float
    following: int
    curve: Curve
    batching: BatchingState
    epoch: OpenEpoch
    path: tuple[int, int] | None
    theta: Array
    best_smooth: Best
    best_validation: Best
    optimizer: dict[str, Array]
    carried: dict[str, Array]

    def check(self, model: CharRNN) -> None:
        """Refuse a state that does not fit a model.

        The optimizer checks its own vectors; it need not be defined where the
        model is only sampled from.

        Parameters
        ----------
        model : CharRNN
            The model.

        Raises
        ------
        DomainError
            Naming an array that is missing, unknown, or of another shape or precision; or if
            the symbol that comes next is not one of the model's.
        """
        theta = model.parameters.flat
        best, count = Best(theta, model.initial_state()), self.optimizer.get("t", np.array(0))
        kind = (
            count.dtype if count.dtype.kind in "iu" else np.intp
        )  # of the same precision as when it was written
        like = replace(
            self,
            theta=theta,
            best_smooth=best,
            best_validation=best,
            optimizer=dict.fromkeys(self.optimizer, theta) | {"t": np.zeros((), kind)},
            carried={} if self.path is None else model.initial_state(self.path[1]),
        )
        (_, given), (_, needed) = pack(self), pack(like)
        for what, names in (("missing", needed.keys() - given), ("unknown", given.keys() - needed)):
            if names:
                raise DomainError(f"the array {min(names)!r} is {what}")
        for name, array in needed.items():
            held = given[name]
            if held.shape != array.shape or held.dtype != array.dtype:
                raise DomainError(
                    f"the array {name!r} is {held.dtype} of shape {held.shape}, but {array.dtype} of "
                    f"shape {array.shape} is needed"
                )
