"""A student's network in a process of its own, with limits of time, memory and output."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

import numpy as np

from teachrnn.diagnosis.answer import Answer
from teachrnn.diagnosis.instance import Instance
from teachrnn.submission.convention import Convention
from teachrnn.submission.instance_message import parts_of
from teachrnn.submission.isolated_process import SECONDS_TO_ANSWER, IsolatedProcess
from teachrnn.submission.needs import Needs


class IsolatedSubmission:
    """The same as `Submission`, of a file that runs in another process.

    What the file prints goes nowhere but into `Answer.printed`; see `IsolatedProcess` for its limits.

    Parameters
    ----------
    path : path
        The file, or a notebook.
    cell, layout, forward, backward, loss : str, optional
        As in `Submission.of`.
    seconds : float
        It is stopped if one answer takes longer.

    Raises
    ------
    SubmissionError
        Saying what could not be called or read.

    Examples
    --------
    >>> with IsolatedSubmission("my_rnn.py") as submission:        # doctest: +SKIP
    ...     submission.answer(submission.draw(T=3, hidden=4, symbols=5))
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
        seconds: float = SECONDS_TO_ANSWER,
    ) -> None:
        options = {
            "cell": cell,
            "layout": layout,
            "forward": forward,
            "backward": backward,
            "loss": loss,
        }
        process = IsolatedProcess(path)
        self._take(process, process.recognise("recognise", options), 0, seconds)

    @classmethod
    def of_process(cls, process: IsolatedProcess, said: Mapping[str, Any], part: int) -> Self:
        """The network of a file, in a process that is already running.

        Parameters
        ----------
        process : IsolatedProcess
            Where the file is.
        said : mapping
            What the network was recognised as.
        part : int
            Which part of the file it is.

        Returns
        -------
        IsolatedSubmission
            What answers on an instance.
        """
        found = cls.__new__(cls)
        found._take(process, said, part, SECONDS_TO_ANSWER)
        return found

    def _take(
        self, process: IsolatedProcess, said: Mapping[str, Any], part: int, seconds: float
    ) -> None:
        self._process, self._part, self.seconds = process, part, seconds
        self.path = process.path
        self.cell: str = said["cell"]
        self.dtype: np.dtype[Any] = np.dtype(said["dtype"])
        self.needs = Needs(frozenset(said["zero"]), said["batches"], said["shared"])
        self.batches = self.needs.batches
        self.convention = Convention(said["facts"], said["loss"], said["forward_right"])

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

    def answer(self, instance: Instance) -> Answer:
        """What the code gives on it.

        Parameters
        ----------
        instance : Instance
            Of the cell that the code is, such as `draw` makes.

        Returns
        -------
        Answer
            In our names, shapes and units.

        Raises
        ------
        SubmissionError
            Naming the function and the input that did it.
        """
        said, arrays = parts_of(instance)
        said, arrays = self._process.ask({**said, "part": self._part}, arrays, self.seconds)
        return Answer(
            gradients={n[9:]: a for n, a in arrays.items() if n.startswith("gradient ")},
            loss=said["loss"],
            values={n[6:]: a for n, a in arrays.items() if n.startswith("value ")},
            printed=said["printed"],
            remarks=said["remarks"],
        )

    def close(self) -> None:
        """End the process and remove its folder."""
        self._process.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
