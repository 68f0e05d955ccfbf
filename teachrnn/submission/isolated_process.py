"""A process in which a student's file runs, with limits of time, memory and output."""

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

from teachrnn.array import Array
from teachrnn.errors import SubmissionError
from teachrnn.submission.messages import receive, send

MEMORY = 4 * 2**30
FILE = 16 * 2**20
SECONDS_TO_RECOGNISE = 120.0
SECONDS_TO_ANSWER = 20.0
"""Limits: bytes of address space, bytes of a file that it writes, and by the clock."""


class IsolatedProcess:
    """A process that holds a student's file and answers requests.

    What the file prints goes nowhere; it works in a folder that is removed afterwards; it cannot ask the
    keyboard; it is stopped when its time is over. It can read what its user can read: this protects from
    accidents, not from malice.

    Parameters
    ----------
    path : path
        The file, or a notebook.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self._folder = tempfile.TemporaryDirectory(prefix="teachrnn-", ignore_cleanup_errors=True)
        self._process = self._started()
        self._heard: queue.Queue[Any] = queue.Queue()
        threading.Thread(target=self._listen, daemon=True).start()

    def recognise(self, what: str, options: Mapping[str, Any]) -> dict[str, Any]:
        """Have the file read and its functions found.

        Parameters
        ----------
        what : str
            "recognise" for a network, "parts" for all that the file holds.
        options : mapping
            As `Submission.of` has them.

        Returns
        -------
        dict
            What it was recognised as.

        Raises
        ------
        SubmissionError
            Saying what could not be called or read.
        """
        try:
            self.ask({"do": "limit", "memory": MEMORY, "file": FILE}, {}, SECONDS_TO_RECOGNISE)
            request = {"do": what, "path": str(self.path.absolute()), "options": dict(options)}
            return self.ask(request, {}, SECONDS_TO_RECOGNISE)[0]
        except BaseException:
            self.close()
            raise

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
        """Pass on the worker's messages: not every system can wait for a pipe with a timeout."""
        stream = self._process.stdout
        assert stream is not None
        while True:
            try:
                self._heard.put(receive(stream))
            except (EOFError, ValueError, OSError):
                self._heard.put(None)
                return

    def ask(
        self, said: Mapping[str, Any], arrays: Mapping[str, Array], seconds: float
    ) -> tuple[dict[str, Any], dict[str, Array]]:
        """Send a request, and wait for its answer.

        Parameters
        ----------
        said : mapping
            What JSON can hold.
        arrays : mapping
            Arrays by name.
        seconds : float
            The process is stopped if it takes longer.

        Returns
        -------
        dict, dict
            The same of the answer.

        Raises
        ------
        SubmissionError
            If there is none, or it is an error.
        """
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
