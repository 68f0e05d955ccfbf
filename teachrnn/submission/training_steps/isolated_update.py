"""A student's update, without a network, in a process of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from teachrnn.diagnosis.updates import TrainingAnswer
from teachrnn.submission.isolated_process import SECONDS_TO_ANSWER, IsolatedProcess
from teachrnn.submission.training_steps.training_message import training_answer_of
from teachrnn.submission.training_steps.update_submission import UpdateCase


class IsolatedUpdate:
    """The same as `UpdateSubmission`, of a file that runs in another process.

    Parameters
    ----------
    process : IsolatedProcess
        Where the file is.
    said : mapping
        What the update was recognised as.
    part : int
        Which part of the file it is.
    """

    def __init__(self, process: IsolatedProcess, said: Mapping[str, Any], part: int) -> None:
        self._process, self._part = process, part
        self.said: str = said["said"]
        self.optimizer: str = said["optimizer"]
        self.dtype: np.dtype[Any] = np.dtype(np.float64)
        self._sentences: list[str] = said["sentences"]

    def draw(self, **settings: Any) -> UpdateCase:
        """Draw a case (see `UpdateCase.draw`).

        Parameters
        ----------
        **settings
            As for a network; only the scale of the weights and the seed count.

        Returns
        -------
        UpdateCase
            The case.
        """
        return UpdateCase.draw(**settings)

    def answer(self, case: UpdateCase, *, seed: int, limit: float) -> TrainingAnswer:
        """One update (see `UpdateSubmission.answer`).

        Parameters
        ----------
        case : UpdateCase
            Such as `draw` makes.
        seed : int
            Of what was kept from earlier updates.
        limit : float
            To what gradients are clipped.

        Returns
        -------
        TrainingAnswer
            In the student's arrays.

        Raises
        ------
        SubmissionError
            Naming the function, and what it did.
        """
        request = {"do": "answer", "part": self._part, "seed": seed, "limit": limit}
        said, arrays = self._process.ask({**request, "case": vars(case)}, {}, SECONDS_TO_ANSWER)
        return training_answer_of(said, arrays)

    def sentences(self) -> list[str]:
        """How it was read.

        Returns
        -------
        list of str
            A sentence each.
        """
        return self._sentences
