"""What the parts of a program share that runs in a process of its own: cases go, answers come back."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, Generic, TypeVar

import numpy as np

from teachrnn.array import Array
from teachrnn.submission.isolated_process import SECONDS_TO_ANSWER, IsolatedProcess

CaseT = TypeVar("CaseT")
AnswerT = TypeVar("AnswerT")


class IsolatedPart(ABC, Generic[CaseT, AnswerT]):
    """Base of the parts of a file that runs in another process: a subclass draws its cases.

    Parameters
    ----------
    process : IsolatedProcess
        Where the file is.
    said : mapping
        What the part was recognised as: what its ``described`` gives there.
    part : int
        Which part of the file it is.

    Attributes
    ----------
    said : str
        What the part is called.
    dtype : dtype
        In which precision it computes.
    """

    def __init__(self, process: IsolatedProcess, said: Mapping[str, Any], part: int) -> None:
        self._process, self._part = process, part
        self.said: str = said["said"]
        self.dtype: np.dtype[Any] = np.dtype(said["dtype"])
        self._sentences: list[str] = said["sentences"]

    @abstractmethod
    def draw(self, **settings: Any) -> CaseT:
        """Draw a case that the code can answer.

        Parameters
        ----------
        **settings
            Such as sizes and a seed; which ones depends on the kind of case.

        Returns
        -------
        case
            The numbers.
        """

    def answer(self, case: CaseT, **settings: Any) -> AnswerT:
        """Have the code run on a case.

        Parameters
        ----------
        case : case
            Such as `draw` makes.
        **settings
            What else the part needs to be told, as JSON can hold it.

        Returns
        -------
        answer
            What the same part would give in this process.

        Raises
        ------
        SubmissionError
            Naming the function and the input that did it.
        """
        said, arrays = self._request(case)
        request = {"do": "answer", "part": self._part, **said, **settings}
        return self._answer(*self._process.ask(request, arrays, SECONDS_TO_ANSWER))

    def sentences(self) -> list[str]:
        """How the code was read.

        Returns
        -------
        list of str
            A sentence each.
        """
        return self._sentences

    @abstractmethod
    def _request(self, case: CaseT) -> tuple[Mapping[str, Any], Mapping[str, Array]]:
        """A case as a message: what JSON can hold, and arrays."""

    @abstractmethod
    def _answer(self, said: Mapping[str, Any], arrays: Mapping[str, Array]) -> AnswerT:
        """The answer of a message."""
