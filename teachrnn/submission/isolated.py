"""A student's file in a process of its own, with limits of time, memory and output."""

from __future__ import annotations

import contextlib
import os
import queue
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

import numpy as np

from teachrnn.array import Array
from teachrnn.diagnosis.answer import Answer
from teachrnn.diagnosis.instance import Instance
from teachrnn.errors import SubmissionError
from teachrnn.submission.convention import Convention
from teachrnn.submission.instance_message import parts_of
from teachrnn.submission.messages import receive, send
from teachrnn.submission.needs import Needs

MEMORY = 4 * 2**30
FILE = 16 * 2**20
SECONDS_TO_RECOGNISE = 120.0
SECONDS_TO_ANSWER = 20.0
"""Limits: bytes of address space, bytes of a file that it writes, and by the clock."""


class IsolatedSubmission:
    """The same as `Submission`, of a file that runs in another process.

    What the file prints goes nowhere but into `Answer.printed`; it works in a folder that is
    removed afterwards; it cannot ask the keyboard; it is stopped when its time is over. It can read what
    its user can read: this protects from accidents, not from malice.

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
        self.path, self.seconds = Path(path), seconds
        self._folder = tempfile.TemporaryDirectory(prefix="teachrnn-", ignore_cleanup_errors=True)
        self._process = self._started()
        self._heard: queue.Queue[Any] = queue.Queue()
        threading.Thread(target=self._listen, daemon=True).start()
        options = {
            "cell": cell,
            "layout": layout,
            "forward": forward,
            "backward": backward,
            "loss": loss,
        }
        try:
            self._ask({"do": "limit", "memory": MEMORY, "file": FILE}, {}, SECONDS_TO_RECOGNISE)
            said, _ = self._ask(
                {"do": "recognise", "path": str(self.path.absolute()), "options": options},
                {},
                SECONDS_TO_RECOGNISE,
            )
        except BaseException:
            self.close()
            raise
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
        said, arrays = self._ask(*parts_of(instance), self.seconds)
        return Answer(
            gradients={n[9:]: a for n, a in arrays.items() if n.startswith("gradient ")},
            loss=said["loss"],
            values={n[6:]: a for n, a in arrays.items() if n.startswith("value ")},
            printed=said["printed"],
            remarks=said["remarks"],
        )

    def close(self) -> None:
        """End the process and remove its folder."""
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None and not stream.closed:
                with contextlib.suppress(OSError):  # the pipe is broken already
                    stream.close()
        self._folder.cleanup()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __del__(self) -> None:
        if hasattr(self, "_process") and self._process.poll() is None:
            self.close()

    def _started(self) -> subprocess.Popen[bytes]:
        package = Path(__file__).parents[2]
        known = [str(package), *filter(None, [os.environ.get("PYTHONPATH")])]
        one_thread = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
        environment = {
            **os.environ,
            **one_thread,
            "PYTHONPATH": os.pathsep.join(known),
            "MPLBACKEND": "Agg",
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        return subprocess.Popen(
            [sys.executable, "-m", "teachrnn.submission.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=self._folder.name,
            env=environment,
        )

    def _listen(self) -> None:
        """Hand on what the worker says: a pipe cannot be waited for with a limit on every system."""
        stream = self._process.stdout
        assert stream is not None
        while True:
            try:
                self._heard.put(receive(stream))
            except (EOFError, ValueError, OSError):
                self._heard.put(None)
                return

    def _ask(
        self, said: Mapping[str, Any], arrays: Mapping[str, Array], seconds: float
    ) -> tuple[dict[str, Any], dict[str, Array]]:
        stream = self._process.stdin
        assert stream is not None
        try:
            send(stream, said, arrays)
            answer = self._heard.get(timeout=seconds)
        except queue.Empty:
            self.close()
            raise SubmissionError(
                f"{self.path.name} was stopped after {seconds:g} s without an answer: does a loop end?"
            ) from None
        except (OSError, ValueError):
            answer = None
        if answer is None:
            self._process.wait()
            raise SubmissionError(
                f"the process of {self.path.name} ended (status {self._process.returncode}) without an "
                "answer: it left by itself, or used more memory than it may have."
            )
        told: dict[str, Any] = answer[0]
        if "error" in told:
            raise SubmissionError(told["error"])
        return told, answer[1]
