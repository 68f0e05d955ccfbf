"""A run that has a report of its own, and all that a report is made of."""

from __future__ import annotations

from dataclasses import dataclass

from teachrnn.report.gradient_check import RunCheck
from teachrnn.runs import Run, Session


@dataclass(frozen=True, eq=False)
class ReportedRun:
    """What is known about a run when it is written up.

    Attributes
    ----------
    session : Session
        The run in its folder.
    found : RunCheck
        What the check of its gradients has found.
    """

    session: Session
    found: RunCheck

    @property
    def run(self) -> Run:
        """The run itself."""
        return self.session.run

    @property
    def name(self) -> str:
        """What its recipe is called."""
        return self.run.recipe.name
