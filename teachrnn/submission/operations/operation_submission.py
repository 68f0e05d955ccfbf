"""A student's operation as something that can be asked for its gradients on a case."""

from __future__ import annotations

from typing import Any, Self

import numpy as np

from teachrnn.diagnosis.operations import OperationAnswer, OperationCase
from teachrnn.errors import SubmissionError
from teachrnn.submission.limits import StudentError
from teachrnn.submission.operations.operation_code import OperationCode
from teachrnn.submission.operations.operation_layout import SAID
from teachrnn.submission.operations.operation_needs import OperationNeeds
from teachrnn.submission.operations.operation_recognition import (
    RecognisedOperation,
    needs_of,
    recognise_operation,
)
from teachrnn.submission.operations.operation_reply import reply


class OperationSubmission:
    """An operation of a student's, recognised.

    Attributes
    ----------
    op : type of Op
        Which it is.
    said : str
        Its functions, in words.
    dtype : dtype
        In which it computes.
    needs : OperationNeeds
        What a case has to be like.
    """

    def __init__(self, recognised: RecognisedOperation) -> None:
        self.code, self.reading = recognised.code, recognised.reading
        self.op, self.said = recognised.op, recognised.code.said
        self.dtype = recognised.dtype
        self.needs: OperationNeeds = needs_of(self.reading, square=recognised.square)
        self._remark = recognised.remark
        self._told: set[str] = set()

    @classmethod
    def of(cls, code: OperationCode) -> Self:
        """Find out which operation it is and how it is called.

        Parameters
        ----------
        code : OperationCode
            Its functions.

        Returns
        -------
        OperationSubmission
            What answers on a case.

        Raises
        ------
        SubmissionError
            Saying what could not be called or read.
        """
        return cls(recognise_operation(code))

    def draw(self, *, N: int, sizes: tuple[int, ...], seed: int) -> OperationCase:
        """Draw a case that the code can answer.

        Parameters
        ----------
        N, sizes, seed
            As `OperationCase.draw` has them; the code may take one row only.

        Returns
        -------
        OperationCase
            The numbers.
        """
        return self.needs.draw(N=N, sizes=sizes, seed=seed)

    def described(self) -> dict[str, Any]:
        """What it was recognised as, as JSON can hold it.

        Returns
        -------
        dict
            Its functions, needs and precision, and how it was read.
        """
        return {
            "said": self.said,
            "needs": vars(self.needs),
            "dtype": self.dtype.name,
            "sentences": self.sentences(),
        }

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
        try:
            found = reply(self.code, self.reading, case)
        except StudentError as error:
            raise SubmissionError(f"on {case.said_sizes}: {error}") from error
        remarks = [said for name, said in found.problems.items() if name not in self._told]
        self._told |= found.problems.keys()
        for name, (given, before) in found.run.given.items():
            if isinstance(given, np.ndarray) and not np.array_equal(given, before):
                remarks.append(f"the code writes into its argument `{name}`.")
        if self._remark:
            remarks.append(self._remark)
        return OperationAnswer(found.gradients, found.value, remarks)

    def sentences(self) -> list[str]:
        """How the code was read.

        Returns
        -------
        list of str
            A sentence each.
        """
        reading, layout = self.reading, self.reading.layout
        said = [f"Called: {self.said}. It is {self.op.__name__}, applied to {SAID[layout.lead]}."]
        if reading.inputs:
            named = "; ".join(
                f"`{theirs}` is {self._said(ours)}" for theirs, ours in reading.inputs.items()
            )
            said.append(f"{named}.")
        back = {n: w for n, w in reading.back.items() if w not in ("context", "cache")}
        words = {"arrives": f"d{self.op.output}, what arrives", "output": f"the output {self.op.output}"}
        if back and self.code.backward is not None:
            handed = "; ".join(
                f"`{n}` is {words.get(w, w.removeprefix('input ').removeprefix('kept '))}"
                for n, w in back.items()
            )
            said.append(f"Of {self.code.backward.name}, {handed}.")
        if not self.op.shape_rule.output:
            said.append({
                "mean": "The value is the mean over the batch.",
                "sum": "The value is the sum over the batch.",
                "each": "The value is a number for each row.",
            }[layout.adds])  # fmt: skip
        if reading.mean:
            said.append(
                "Gradients of what all rows share are divided by their number: the mean of the loss over"
                " the batch is taken there. They are compared with those of the mean."
            )
        return said

    def _said(self, ours: str) -> str:
        array_axes = len(self.op.shape_rule.inputs[self.op.inputs.index(ours)])
        turned = array_axes == 2 and self.reading.layout.turned
        return f"{ours} transposed" if turned else ours
