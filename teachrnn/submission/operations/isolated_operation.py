"""A student's operation in a process of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from teachrnn.array import Array
from teachrnn.diagnosis.operations import OperationAnswer, OperationCase
from teachrnn.op import OPS
from teachrnn.submission.isolated_process import SECONDS_TO_ANSWER, IsolatedProcess
from teachrnn.submission.operations.operation_needs import OperationNeeds


class IsolatedOperation:
    """The same as `OperationSubmission`, of a file that runs in another process.

    Parameters
    ----------
    process : IsolatedProcess
        Where the file is.
    said : mapping
        What the operation was recognised as.
    part : int
        Which part of the file it is.
    """

    def __init__(self, process: IsolatedProcess, said: Mapping[str, Any], part: int) -> None:
        self._process, self._part = process, part
        self.said: str = said["said"]
        self.needs = OperationNeeds(**said["needs"])
        self.op = OPS.find(self.needs.op)
        self.dtype: np.dtype[Any] = np.dtype(said["dtype"])
        self._sentences: list[str] = said["sentences"]

    def draw(self, **settings: Any) -> OperationCase:
        """Draw a case that the code can answer (see `OperationNeeds.draw`).

        Parameters
        ----------
        **settings
            N, sizes and seed.

        Returns
        -------
        OperationCase
            The numbers.
        """
        return self.needs.draw(**settings)

    def answer(self, case: OperationCase) -> OperationAnswer:
        """What the code gives on a case.

        Parameters
        ----------
        case : OperationCase
            Such as `draw` makes.

        Returns
        -------
        OperationAnswer
            In our names and axes.

        Raises
        ------
        SubmissionError
            Naming the function and the input that did it.
        """
        arrays = {f"input {n}": a for n, a in case.arrays.items()} | {"dy": case.dy}
        request = {"do": "answer", "part": self._part}
        said, given = self._process.ask(request, arrays, SECONDS_TO_ANSWER)
        found = {n.removeprefix("gradient "): g for n, g in given.items() if n != "value"}
        return OperationAnswer(found, given.get("value"), said["remarks"])

    def sentences(self) -> list[str]:
        """How the code was read.

        Returns
        -------
        list of str
            A sentence each.
        """
        return self._sentences


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
