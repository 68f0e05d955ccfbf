"""Limits for a student's code: time, printed output, keyboard input."""

from __future__ import annotations

import builtins
import io
import signal
import threading
import traceback
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from typing import Any, TypeVar

import numpy as np

from teachrnn.errors import SubmissionError

SECONDS_FOR_A_CALL = 10.0
BY_THE_CLOCK = 6
"""How many times as long code may take by the clock: beside other programs, or asleep."""
PRINTED_CHARACTERS = 20_000

T = TypeVar("T")


class OutOfTime(BaseException):
    """So many seconds are up; no ``except Exception`` in the student's code catches it."""


class Paper(io.StringIO):
    """Printed output, of which only the beginning is kept."""

    def write(self, text: str) -> int:
        room = PRINTED_CHARACTERS - self.tell()
        if room > 0:
            super().write(text[:room])
        return len(text)


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Raise `OutOfTime` in code that takes longer.

    Seconds of the processor count, so that nobody is stopped because the machine is busy; code that
    sleeps is stopped after `BY_THE_CLOCK` times as long. It can be done in the main thread of systems
    that have interval timers; elsewhere nothing is limited. Code inside a compiled library is
    interrupted only when it returns.
    """
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "setitimer"):
        yield
        return
    with (
        _timer(signal.ITIMER_PROF, signal.SIGPROF, seconds),
        _timer(signal.ITIMER_REAL, signal.SIGALRM, BY_THE_CLOCK * seconds),
    ):
        yield


@contextmanager
def _timer(which: int, sent: signal.Signals, seconds: float) -> Iterator[None]:
    """A timer of the system; one that runs already goes on afterwards."""

    def ring(*_: Any) -> None:
        raise OutOfTime(seconds)

    before = signal.signal(sent, ring)
    left, _ = signal.setitimer(which, seconds)
    try:
        yield
    finally:
        signal.setitimer(which, left)
        signal.signal(sent, before)


@contextmanager
def quiet(paper: Paper) -> Iterator[None]:
    """Capture printed output; no keyboard input, no warnings."""

    def no_keyboard(*_: Any) -> str:
        raise EOFError("input() has nobody to ask here")

    asked = builtins.input
    builtins.input = no_keyboard
    try:
        with (
            redirect_stdout(paper),
            redirect_stderr(paper),
            warnings.catch_warnings(),
            np.errstate(all="ignore"),
        ):
            warnings.simplefilter("ignore")
            yield
    finally:
        builtins.input = asked


class StudentError(SubmissionError):
    """The student's code raised; the message names the function, and has the lines that led there.

    Attributes
    ----------
    line : int
        The line of the function that was called where it happened; 0 where there is none.
    """

    line = 0


class HopelessError(StudentError):
    """A failure that any input would cause: an endless loop, an exit, keyboard input, no memory left."""


def call(
    function: Callable[..., T],
    *args: Any,
    paper: Paper,
    brief: bool = False,
    seconds: float | None = None,
    **kw: Any,
) -> T:
    """Call a student's function within limits.

    Parameters
    ----------
    function : callable
    *args, **kw
        What it is called with.
    paper : Paper
        What it prints goes there.
    brief : bool
        Leave the traceback out of the message.
    seconds : float, optional
        Of the processor; it is stopped after that. By default `SECONDS_FOR_A_CALL`.

    Raises
    ------
    StudentError
        If it raises, leaves the program or takes too long.
    """
    name = getattr(function, "__qualname__", str(function))
    try:
        with quiet(paper), limited(SECONDS_FOR_A_CALL if seconds is None else seconds):
            return function(*args, **kw)
    except OutOfTime as error:
        raise HopelessError(f"{name} was stopped after {error.args[0]:g} s: does a loop end?") from None
    except SystemExit as error:
        raise HopelessError(f"{name} called exit({'' if error.code is None else error.code}).") from None
    except KeyboardInterrupt:
        raise
    except RecursionError:
        raise StudentError(f"{name} calls itself without end.") from None
    except MemoryError:
        raise HopelessError(f"{name} asked for more memory than it may have.") from None
    except BaseException as error:
        said = f"{type(error).__name__}: {error}" if brief else _own_lines(error)
        kind = HopelessError if isinstance(error, EOFError) else StudentError
        failure = kind(f"{name} raised {said}")
        failure.line = _line_in(function, error)
        raise failure from error


def _line_in(function: Callable[..., Any], error: BaseException) -> int:
    code = getattr(function, "__code__", None)
    traced = error.__traceback__
    while traced is not None:
        if traced.tb_frame.f_code is code:
            return traced.tb_lineno
        traced = traced.tb_next
    return 0


def _own_lines(error: BaseException) -> str:
    """The error and the student's lines that led to it."""
    frames = [
        f"  {frame.filename.rsplit('/', 1)[-1]}, line {frame.lineno}, in {frame.name}: {frame.line}"
        for frame in traceback.extract_tb(error.__traceback__)
        if "/teachrnn/submission/" not in frame.filename.replace("\\", "/")
        and "site-packages" not in frame.filename
        and not frame.filename.startswith("<")
    ]
    return "\n".join([f"{type(error).__name__}: {error}", *frames[-4:]])
