"""Single keys from the terminal, on every platform."""

from __future__ import annotations

import codecs
import contextlib
import os
import re
import sys
import time
from collections import deque
from collections.abc import Iterator

from teachrnn.views.terminal.key import named

_ESCAPE = r"\x1b(?:\[[0-9;?]*[A-Za-z~]|O[A-Za-z])"
_KEY = re.compile(rf"{_ESCAPE}|.", re.DOTALL)
_WINDOWS_KEY = re.compile(r"[\x00\xe0].|.", re.DOTALL)
_CUT = re.compile(r"\x1b(?:\[[0-9;?]*|O)?\Z")
"""An incomplete escape sequence."""

NAP = 0.02


@contextlib.contextmanager
def open_keyboard() -> Iterator[Keyboard]:
    """The keyboard, without echo; the terminal is left as it was found."""
    if sys.platform == "win32":
        yield Keyboard()
        return
    import termios
    import tty

    before = termios.tcgetattr(sys.stdin)
    try:
        # While the screen is up, not key by key: a key pressed in between would be
        # written onto the screen, or lost.
        tty.setcbreak(sys.stdin, termios.TCSADRAIN)
        without_suspending = termios.tcgetattr(sys.stdin)
        without_suspending[6][termios.VSUSP] = b"\0"  # Ctrl-Z would leave the shell on this screen
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, without_suspending)
        yield Keyboard()
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)


class Keyboard:
    """Keys one at a time, by name."""

    def __init__(self) -> None:
        self._pressed: deque[str] = deque()
        self._rest = ""
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def read(self, seconds: float) -> str | None:
        """The next key, or None if none is pressed in that time.

        Raises
        ------
        EOFError
            The terminal was closed, or Ctrl-D was pressed.
        KeyboardInterrupt
            Ctrl-C.
        """
        if not self._pressed and _waiting(seconds):
            self.take(self._sent())
        return self._pressed.popleft() if self._pressed else None

    def _sent(self) -> str:
        """What the terminal has sent so far."""
        if sys.platform == "win32":
            import click

            return click.getchar()
        try:  # click.getchar would first discard what has been typed ahead
            sent = os.read(sys.stdin.fileno(), 1024)
        except OSError:  # the terminal was closed
            sent = b""
        if not sent:
            raise EOFError
        return self._decoder.decode(sent)

    @property
    def more(self) -> bool:
        """Whether there are keys waiting to be read."""
        return bool(self._pressed)

    def take(self, sent: str) -> None:
        """Split what arrived at once: fast typing and held keys send several keys."""
        text = self._rest + sent
        self._rest = ""
        if sys.platform == "win32":
            keys = _WINDOWS_KEY.findall(text)
        else:
            cut = _CUT.search(text)
            if cut and len(text) > 1:  # alone, it is the key Esc
                text, self._rest = text[: cut.start()], cut[0]
            keys = _KEY.findall(text)
        for key in keys:
            if key == "\x03":
                raise KeyboardInterrupt
            if key == "\x04":
                raise EOFError
            self._pressed.append(named(key))


def _waiting(seconds: float) -> bool:
    """Whether a key is pressed within so many seconds."""
    if sys.platform == "win32":
        import msvcrt

        until = time.monotonic() + seconds
        while not msvcrt.kbhit():
            if time.monotonic() >= until:
                return False
            time.sleep(NAP)
        return True
    import select

    return bool(select.select([sys.stdin], [], [], seconds)[0])
