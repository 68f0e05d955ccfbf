"""A run that has a report of its own, and everything that the report is made from."""

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
        The result of the check of its gradients.
    """

    session: Session
    found: RunCheck

    @property
    def run(self) -> Run:
        """The run itself."""
        return self.session.run

    @property
    def name(self) -> str:
        """The name of its recipe."""
        return self.run.recipe.name
