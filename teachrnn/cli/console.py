"""How the commands print: users' text is shown verbatim, and never interpreted."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from teachrnn.views.style.legible import legible
from teachrnn.views.terminal.plain_signs import print_any_sign

if TYPE_CHECKING:
    from rich.console import Console


def open_streams() -> None:
    """Let standard output and error accept any character, and flush every line."""
    for stream in (sys.stdout, sys.stderr):
        print_any_sign(stream)
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(line_buffering=True)


def open_console(*, stderr: bool = False) -> Console:
    """A console that interprets no text, such as ``d[1:x:2]``, as markup or as the name of an emoji."""
    from rich.console import Console

    return Console(markup=False, emoji=False, highlight=False, stderr=stderr)


def say(text: str = "", console: Console | None = None) -> None:
    """Print any text on separate lines, neither wrapped nor cut.

    Parameters
    ----------
    text : str
        The text.
    console : rich.console.Console, optional
        A console with a progress bar, above which the text appears; standard output if not given.
    """
    from rich.segment import Segment, Segments

    console = open_console() if console is None else console
    console.print(Segments([Segment(legible(text)), Segment.line()]), soft_wrap=True)
