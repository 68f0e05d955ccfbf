"""A process in which a student's file runs, with limits of time, memory and output."""

from __future__ import annotations

import contextlib
import os
import queue
import secrets
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from time import monotonic
from typing import Any, Self

from teachrnn.array import Array
from teachrnn.errors import SubmissionError
from teachrnn.submission.limits import SECONDS_FOR_A_CALL
from teachrnn.submission.messages import receive, send

MEMORY = 4 * 2**30
FILE = 16 * 2**20
SECONDS_TO_RECOGNISE = 120.0
SECONDS_TO_ANSWER = 20.0
SECONDS_OF_THE_PROCESSOR = 300
"""Limits: bytes of address space, bytes of a file that it writes, seconds by the clock, and of the
processor in all: that one ends what nobody waits for any more."""
SECONDS_TO_END = 5.0
MEMORY_OF_AN_EXERCISE = 2 * 2**30
SECONDS_OF_AN_EXERCISE = 3
"""The same where own work is demanded: bytes, and seconds of the processor for a call."""


_demanded: ContextVar[list[str] | None] = ContextVar("own work", default=None)


@contextmanager
def own_work() -> Iterator[list[str]]:
    """Within it, every file that is run must do its work by itself.

    Derivatives of libraries are held back once a file has been read; ways to the judge's own objects,
    and out of the process, are closed (see `teachrnn.submission.own_work`).

    Yields
    ------
    list of str
        What the code was kept from, in words: as the end of a sentence that begins with the code.
    """
    noticed: list[str] = []
    before = _demanded.set(noticed)
    try:
        yield noticed
    finally:
        _demanded.reset(before)


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
        self.path, self._noticed = Path(path), _demanded.get()
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
            self.limit()
            request = {"do": what, "path": str(self.path.absolute()), "options": dict(options)}
            said = self.ask(request, {}, SECONDS_TO_RECOGNISE)[0]
            if self._noticed is not None:
                self.ask({"do": "hold back"}, {}, SECONDS_TO_ANSWER)
            return said
        except BaseException:
            self.close()
            raise

    def limit(self) -> None:
        """Set its limits; before the file is read."""
        limits = {"memory": MEMORY, "file": FILE, "seconds": SECONDS_OF_THE_PROCESSOR}
        limits["call"] = int(SECONDS_FOR_A_CALL)
        if self._noticed is not None:  # an exercise is small
            limits |= {"memory": MEMORY_OF_AN_EXERCISE, "call": SECONDS_OF_AN_EXERCISE}
        limits |= {"watch": self._noticed is not None}
        said = {"do": "limit", "path": str(self.path.absolute()), **limits}
        self.ask(said, {}, SECONDS_TO_RECOGNISE)

    def close(self) -> None:
        """End the process, and those that it started, and remove its folder."""
        if self._process.returncode is None and hasattr(os, "killpg"):
            with contextlib.suppress(OSError):  # it leads a group of its own, or is gone
                os.killpg(self._process.pid, signal.SIGKILL)
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
            "TMPDIR": self._folder.name,
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        return subprocess.Popen(
            [sys.executable, "-m", "teachrnn.submission.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=self._folder.name,
            env=environment,
            start_new_session=True,
        )

    def _listen(self) -> None:
        """Pass on the worker's messages: not every system can wait for a pipe with a timeout."""
        stream = self._process.stdout
        assert stream is not None
        while True:
            try:
                self._heard.put(receive(stream))
            except Exception:  # it is gone, or what it wrote is no message
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
        sign = secrets.token_hex(16)
        """Comes back with the answer, so that nothing else passes for one."""
        try:
            send(stream, {**said, "sign": sign}, arrays)
            answer = self._answer(seconds)
        except queue.Empty:
            self.close()
            raise SubmissionError(
                f"{self.path.name} was stopped after {seconds:g} s without an answer: does a loop end?"
            ) from None
        except (OSError, ValueError):
            answer = None
        if answer is None:
            raise SubmissionError(self._how_it_ended())
        told: dict[str, Any] = answer[0]
        if told.pop("sign", None) != sign:
            self.close()
            raise SubmissionError(f"{self.path.name} wrote to the channel of the answers.")
        if "error" in told:
            raise SubmissionError(told["error"])
        return told, answer[1]

    def _answer(self, seconds: float) -> Any:
        """The next message that is no notice."""
        end = monotonic() + seconds
        while True:
            answer = self._heard.get(timeout=max(0.0, end - monotonic()))
            if answer is None or not isinstance(answer[0], dict) or "noticed" not in answer[0]:
                return answer if answer is None or isinstance(answer[0], dict) else None
            what = str(answer[0]["noticed"])
            if self._noticed is not None and what not in self._noticed:
                self._noticed.append(what)

    def _how_it_ended(self) -> str:
        """Why there is no answer."""
        try:
            self._process.wait(SECONDS_TO_END)
        except subprocess.TimeoutExpired:  # it lives: what it wrote was no message
            self.close()
            return f"{self.path.name} wrote to the channel of the answers."
        status = self._process.returncode
        self.close()
        if status == -getattr(signal, "SIGXCPU", 0):
            return (
                f"{self.path.name} was stopped after {SECONDS_OF_THE_PROCESSOR} s of the processor: "
                "does a loop end?"
            )
        return (
            f"the process of {self.path.name} ended (status {status}) without an "
            "answer: it left by itself, or used more memory than it may have."
        )
