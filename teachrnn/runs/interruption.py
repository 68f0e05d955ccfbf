"""Ctrl-C and the request to terminate, which wait for the end of an update."""

from __future__ import annotations

import signal
import threading
from types import FrameType, TracebackType
from typing import Any, ClassVar, Self

SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
"""Ctrl-C, what ``kill`` and the end of a job send, a closed terminal, Ctrl-Break (Windows)."""

NUMBERS = [getattr(signal, name) for name in SIGNALS if hasattr(signal, name)]
"""Those that there are on this system."""


class Interruption:
    """Between ``with`` and its end, Ctrl-C is noted, not raised: an update is done wholly or not at all.

    So is whatever else asks a process to end: SIGTERM, SIGHUP. A second signal is raised at once, as
    `KeyboardInterrupt`. A signal that is ignored, as it is for what ``nohup`` or a shell has put in the
    background, stays ignored. Outside the main thread, which alone can handle signals, nothing is done.

    Inside another one, it listens to that: whoever goes through many updates puts one round all of
    them; what is pressed between two is noted too, and each is spared the setting of handlers, some
    30 microseconds.

    Attributes
    ----------
    asked : bool
        Whether a signal has come since the beginning, of the outermost one.

    Examples
    --------
    >>> with Interruption() as interruption:
    ...     signal.raise_signal(signal.SIGTERM)
    ...     interruption.asked
    True
    """

    _listening: ClassVar[Interruption | None] = None
    """The outermost one, if there is any: to be inside it costs an update next to nothing."""

    def __init__(self) -> None:
        self._asked = False
        self._outer: Interruption | None = None
        self._before: dict[int, Any] = {}

    @property
    def asked(self) -> bool:
        return self._asked if self._outer is None else self._outer.asked

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            self._outer = Interruption._listening
            if self._outer is None:
                Interruption._listening = self
                self._listen()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if Interruption._listening is self:
            for number, handler in self._before.items():
                signal.signal(number, handler)
            Interruption._listening = None

    def _listen(self) -> None:
        for number in NUMBERS:
            handler = signal.getsignal(number)
            # None: not set from Python, so that it could not be set again.
            if handler is not signal.SIG_IGN and handler is not None:
                self._before[number] = handler
                signal.signal(number, self._note)

    def _note(self, number: int, frame: FrameType | None) -> None:
        if self._asked:
            raise KeyboardInterrupt
        self._asked = True
