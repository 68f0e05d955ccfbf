"""Calling a function once for many requests in a row."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


class Debounced:
    """A call that waits until no other has been requested for a while.

    A slider that is dragged sends dozens of values, and each would draw a figure that the next one
    makes stale. In a kernel the event loop does the waiting; where none is running, as in a script,
    the call is made at once.

    Parameters
    ----------
    call : callable
        What to do.
    seconds : float
        How long to wait after the last request.

    Examples
    --------
    >>> drawn = []
    >>> draw = Debounced(lambda: drawn.append("drawn"), 0.01)
    >>> draw()
    >>> draw.flush()                            # without waiting
    >>> drawn
    ['drawn']
    """

    def __init__(self, call: Callable[[], object], seconds: float) -> None:
        self.call, self.seconds = call, seconds
        self._waiting: asyncio.TimerHandle | None = None

    def __call__(self) -> None:
        """Request the call."""
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self.call()
            return
        if self._waiting is not None:
            self._waiting.cancel()
        self._waiting = loop.call_later(self.seconds, self.flush)

    def flush(self) -> None:
        """Make the call now, if it is waiting."""
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None
            self.call()
