"""A student's training step in a process of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from teachrnn.diagnosis.instance import Instance
from teachrnn.diagnosis.updates import TrainingAnswer
from teachrnn.submission.instance_message import parts_of
from teachrnn.submission.isolated_process import SECONDS_TO_ANSWER, IsolatedProcess
from teachrnn.submission.needs import Needs
from teachrnn.submission.training_steps.training_message import training_answer_of


class IsolatedTraining:
    """The same as `TrainingSubmission`, of a file that runs in another process.

    Parameters
    ----------
    process : IsolatedProcess
        Where the file is.
    said : mapping
        What the step was recognised as.
    part : int
        Which part of the file it is.
    """

    def __init__(self, process: IsolatedProcess, said: Mapping[str, Any], part: int) -> None:
        self._process, self._part = process, part
        self.said: str = said["said"]
        self.optimizer: str = said["optimizer"]
        self.cell: str = said["cell"]
        self.dtype: np.dtype[Any] = np.dtype(said["dtype"])
        self.needs = Needs(frozenset(said["zero"]), said["batches"], said["shared"])
        self._sentences: list[str] = said["sentences"]

    def draw(self, **settings: Any) -> Instance:
        """Draw an instance that the code can answer (see `Submission.draw`).

        Parameters
        ----------
        **settings
            As `Instance.draw` takes them after the cell.

        Returns
        -------
        Instance
            Of the cell, with zeros for what the code lacks.
        """
        return self.needs.draw(self.cell, **settings)

    def answer(self, instance: Instance, *, seed: int, limit: float) -> TrainingAnswer:
        """One step on an instance (see `TrainingSubmission.answer`).

        Parameters
        ----------
        instance : Instance
            Such as `draw` makes.
        seed : int
            Of what was kept from earlier steps.
        limit : float
            To what gradients are clipped, where that is not written in the code.

        Returns
        -------
        TrainingAnswer
            In the student's arrays.

        Raises
        ------
        SubmissionError
            Naming the function and the input that did it.
        """
        request, arrays = parts_of(instance)
        request |= {"part": self._part, "seed": seed, "limit": limit}
        return training_answer_of(*self._process.ask(request, arrays, SECONDS_TO_ANSWER))

    def sentences(self) -> list[str]:
        """How it was read.

        Returns
        -------
        list of str
            A sentence each.
        """
        return self._sentences
