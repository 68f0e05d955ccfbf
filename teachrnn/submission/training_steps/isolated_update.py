"""A student's update, without a network, in a process of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from teachrnn.array import Array
from teachrnn.diagnosis.updates import TrainingAnswer
from teachrnn.submission.isolated_part import IsolatedPart
from teachrnn.submission.isolated_process import IsolatedProcess
from teachrnn.submission.training_steps.training_message import training_answer_of
from teachrnn.submission.training_steps.update_submission import UpdateCase


class IsolatedUpdate(IsolatedPart[UpdateCase, TrainingAnswer]):
    """The same as `UpdateSubmission`, of a file that runs in another process."""

    def __init__(self, process: IsolatedProcess, said: Mapping[str, Any], part: int) -> None:
        super().__init__(process, said, part)
        self.optimizer: str = said["optimizer"]

    def draw(self, **settings: Any) -> UpdateCase:
        return UpdateCase.draw(**settings)

    def _request(self, case: UpdateCase) -> tuple[Mapping[str, Any], Mapping[str, Array]]:
        return {"case": vars(case)}, {}

    def _answer(self, said: Mapping[str, Any], arrays: Mapping[str, Array]) -> TrainingAnswer:
        return training_answer_of(said, arrays)
