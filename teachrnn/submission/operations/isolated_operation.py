"""A student's operation in a process of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from teachrnn.array import Array
from teachrnn.diagnosis.operations import OperationAnswer, OperationCase
from teachrnn.op import OPS
from teachrnn.submission.isolated_part import IsolatedPart
from teachrnn.submission.isolated_process import IsolatedProcess
from teachrnn.submission.operations.operation_needs import OperationNeeds


class IsolatedOperation(IsolatedPart[OperationCase, OperationAnswer]):
    """The same as `OperationSubmission`, of a file that runs in another process."""

    def __init__(self, process: IsolatedProcess, said: Mapping[str, Any], part: int) -> None:
        super().__init__(process, said, part)
        self.needs = OperationNeeds(**said["needs"])
        self.op = OPS.find(self.needs.op)

    def draw(self, **settings: Any) -> OperationCase:
        return self.needs.draw(**settings)

    def _request(self, case: OperationCase) -> tuple[Mapping[str, Any], Mapping[str, Array]]:
        return {}, {f"input {n}": a for n, a in case.arrays.items()} | {"dy": case.dy}

    def _answer(self, said: Mapping[str, Any], arrays: Mapping[str, Array]) -> OperationAnswer:
        found = {n.removeprefix("gradient "): g for n, g in arrays.items() if n != "value"}
        return OperationAnswer(found, arrays.get("value"), said["remarks"])


def case_of(op: str, arrays: Mapping[str, Array]) -> OperationCase:
    """The case of a message."""
    inputs = {n.removeprefix("input "): a for n, a in arrays.items() if n != "dy"}
    return OperationCase(OPS.find(op), inputs, arrays["dy"])


def answer_message(answer: OperationAnswer) -> tuple[dict[str, Any], dict[str, Array]]:
    """An answer as a message."""
    arrays = {f"gradient {n}": g for n, g in answer.gradients.items()}
    if answer.value is not None:
        arrays["value"] = answer.value
    return {"remarks": answer.remarks}, arrays
