"""All that a student's file holds, in a process of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Self

from teachrnn.submission.isolated import IsolatedSubmission
from teachrnn.submission.isolated_part import IsolatedPart
from teachrnn.submission.isolated_process import IsolatedProcess
from teachrnn.submission.operations.isolated_operation import IsolatedOperation
from teachrnn.submission.parts import FailedPart
from teachrnn.submission.training_steps.isolated_training import IsolatedTraining
from teachrnn.submission.training_steps.isolated_update import IsolatedUpdate

AnyPart = IsolatedSubmission | IsolatedPart[Any, Any] | FailedPart
KINDS: dict[str, Callable[[IsolatedProcess, Mapping[str, Any], int], AnyPart]] = {
    "network": IsolatedSubmission.of_process,
    "operation": IsolatedOperation,
    "training step": IsolatedTraining,
    "update": IsolatedUpdate,
    "failure": lambda process, said, part: FailedPart(said["said"], said["error"]),
}


class IsolatedProgram:
    """The parts of a file that runs in another process: a network, operations, training steps.

    Parameters
    ----------
    path : path
        The file, or a notebook.
    cell, layout, forward, backward, loss : str, optional
        As in `Submission.of`.

    Raises
    ------
    SubmissionError
        Saying what could not be called or read.

    Attributes
    ----------
    parts : list
        What answers, each on cases of its kind.
    """

    def __init__(
        self,
        path: str | Path,
        *,
        cell: str | None = None,
        layout: str | None = None,
        forward: str | None = None,
        backward: str | None = None,
        loss: str | None = None,
    ) -> None:
        self._process = IsolatedProcess(path)
        chosen = {"forward": forward, "backward": backward, "loss": loss}
        options = {"cell": cell, "layout": layout, "chosen": chosen}
        said = self._process.recognise("parts", options)["parts"]
        self.parts: list[AnyPart] = [
            KINDS[part["kind"]](self._process, part, i) for i, part in enumerate(said)
        ]

    def close(self) -> None:
        """End the process."""
        self._process.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
