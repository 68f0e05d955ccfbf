"""A student's training step in a process of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from teachrnn.array import Array
from teachrnn.diagnosis.instance import Instance
from teachrnn.diagnosis.updates import TrainingAnswer
from teachrnn.submission.instance_message import parts_of
from teachrnn.submission.isolated_part import IsolatedPart
from teachrnn.submission.isolated_process import IsolatedProcess
from teachrnn.submission.needs import Needs
from teachrnn.submission.training_steps.training_message import training_answer_of


class IsolatedTraining(IsolatedPart[Instance, TrainingAnswer]):
    """The same as `TrainingSubmission`, of a file that runs in another process."""

    def __init__(self, process: IsolatedProcess, said: Mapping[str, Any], part: int) -> None:
        super().__init__(process, said, part)
        self.optimizer: str = said["optimizer"]
        self.cell: str = said["cell"]
        self.needs = Needs(frozenset(said["zero"]), said["batches"], said["shared"])

    def draw(self, **settings: Any) -> Instance:
        return self.needs.draw(self.cell, **settings)

    def _request(self, case: Instance) -> tuple[Mapping[str, Any], Mapping[str, Array]]:
        said, arrays = parts_of(case)  # with what the step's update is judged by
        return said, {**arrays, **{f"gradient {n}": g for n, g in case.gradients.items()}}

    def _answer(self, said: Mapping[str, Any], arrays: Mapping[str, Array]) -> TrainingAnswer:
        return training_answer_of(said, arrays)
