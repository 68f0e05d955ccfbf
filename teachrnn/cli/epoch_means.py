"""The mean loss of each epoch, printed as it ends."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil, log

from teachrnn.runs import Session
from teachrnn.views.style.loss_units import LossUnits, per_symbol

MOST = 40
"""Maximum number of lines: a short text has thousands of epochs, several of which then share a line."""


class EpochMeans:
    """Returns a line for each epoch of a run that has ended since the last call.

    Parameters
    ----------
    session : Session
        The session of the run; epochs that have ended already are left out.
    """

    def __init__(self, session: Session) -> None:
        run = session.run
        self.epochs = run.training.curve.epochs
        self.symbol = LossUnits.of(run).symbol
        count = ceil(run.recipe.updates / run.training.batching.batches_per_epoch)
        self.together = ceil(count / MOST)
        self._printed = len(self.epochs)

    def lines(self, *, last: bool = False) -> Iterator[str]:
        """Lines for the epochs that are due now; with ``last`` for all that have ended."""
        while True:
            end = self._printed - self._printed % self.together + self.together
            end = min(end, len(self.epochs)) if last else end
            if not self._printed < end <= len(self.epochs):
                return
            due = self.epochs[self._printed : end]
            mean = sum(epoch.mean_loss for epoch in due) / len(due)
            which = f"epoch {end}" if len(due) == 1 else f"epochs {self._printed + 1} to {end}"
            yield (
                f"{which}, to update {due[-1].last:,}: mean loss {per_symbol(mean)} nats per "
                f"{self.symbol} ({per_symbol(mean / log(2))} bits)"
            )
            self._printed = end
