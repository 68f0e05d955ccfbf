"""When a line of progress is due in a file or pipe, where no bar can be drawn."""

from __future__ import annotations

from time import perf_counter

PAUSE = 10.0
"""Seconds between two plain lines, at least; for a long command, a tenth of the time so far."""


class NowAndThen:
    """Whether it is time for another plain line."""

    def __init__(self) -> None:
        self._began = self._last = perf_counter()

    def __call__(self) -> bool:
        now = perf_counter()
        due = now - self._last >= max(PAUSE, (now - self._began) / 10)
        if due:
            self._last = now
        return due
