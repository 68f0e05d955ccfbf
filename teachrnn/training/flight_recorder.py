"""A flight recorder: keeps steps of a run at full speed, to be inspected afterwards."""

from __future__ import annotations

from collections import deque
from typing import NamedTuple

from teachrnn.data.batching import Batch
from teachrnn.errors import DomainError
from teachrnn.hyper_parameter import check_counts
from teachrnn.models import CharRNN, Path, Snapshot


class Kept(NamedTuple):
    """A step that was kept.

    Attributes
    ----------
    iteration : int
        Number of the update.
    reason : str
        Why it was kept.
    snapshot : Snapshot
        ``snapshot.open()`` is its trace.
    """

    iteration: int
    reason: str
    snapshot: Snapshot


class FlightRecorder:
    """Keeps a step at regular intervals, when the loss jumps, and when a number is no longer finite.

    A step that is kept costs a few copies; one that is not, a comparison. The trace of a kept
    step has every value and gradient of that step under its name.

    Parameters
    ----------
    every : int, optional
        Keep every ``every``-th update.
    spike : float, optional
        Keep a step whose loss exceeds the smooth loss by this factor.
    max_kept : int
        How many steps to hold: the oldest are dropped first, those that are not finite last.

    Attributes
    ----------
    kept : deque of Kept
        What was kept, oldest first.

    Examples
    --------
    >>> import numpy as np
    >>> from itertools import islice
    >>> from teachrnn import AdaGrad, InOrder, Training
    >>> recorder = FlightRecorder(every=5)
    >>> training = Training(
    ...     CharRNN(hidden=4, symbols=3, rng=np.random.default_rng(0)),
    ...     InOrder(np.array([0, 1, 2] * 9), length=3),
    ...     AdaGrad(eta=0.1),
    ...     recorder=recorder,
    ... )
    >>> _ = list(islice(training, 12))
    >>> [kept.iteration for kept in recorder.kept]
    [5, 10]
    >>> recorder.kept[-1].snapshot.open()["h[3]"]
    <h[3] = Tanh(a[3]) (4,)>
    """

    def __init__(
        self, *, every: int | None = None, spike: float | None = None, max_kept: int = 10
    ) -> None:
        check_counts("FlightRecorder", max_kept=max_kept, **({} if every is None else {"every": every}))
        if spike is not None and not spike > 1:
            raise DomainError(
                f"`spike` is {spike} but must be above 1: it is a multiple of the smooth loss."
            )
        self.every, self.spike = every, spike
        self.kept: deque[Kept] = deque(maxlen=max_kept)

    def watch(
        self, model: CharRNN, path: Path, batch: Batch, iteration: int, loss: float, smooth: float
    ) -> None:
        """Inspect a step after its gradients and before its update, and keep it if it is due.

        Parameters
        ----------
        model : CharRNN
            The model that is trained.
        path : Path
            The path that has just computed the loss and gradients.
        batch : Batch
            The batch that was read.
        iteration : int
            Number of the update.
        loss : float
            L of the step, in nats per sequence.
        smooth : float
            The smooth loss before it.
        """
        if self.every is not None and iteration % self.every == 0:
            self.keep(model, path, batch, iteration, f"every {self.every} updates")
        elif self.spike is not None and loss > self.spike * smooth:
            self.keep(model, path, batch, iteration, f"loss {loss / smooth:.3g} times the smooth loss")

    def keep(self, model: CharRNN, path: Path, batch: Batch, iteration: int, reason: str) -> None:
        """Keep a step now.

        Parameters
        ----------
        model : CharRNN
            The model that is trained.
        path : Path
            What has just computed its loss and gradients.
        batch : Batch
            What was read.
        iteration : int
            Which update it is.
        reason : str
            Why it is kept, in words.
        """
        self.kept.append(Kept(iteration, reason, Snapshot.of(model, path, batch.x, batch.y)))
