"""The terminal itself: drawing the screen, waiting for keys."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Sequence

from rich.console import Console
from rich.control import Control
from rich.text import Text

from teachrnn.trace import Trace
from teachrnn.views.story import Yours, tell, verdict
from teachrnn.views.style.legible import printable
from teachrnn.views.terminal.array_text import Extent
from teachrnn.views.terminal.keyboard import Keyboard, open_keyboard
from teachrnn.views.terminal.plain_signs import print_any_sign
from teachrnn.views.terminal.screen import WIDEST, screen
from teachrnn.views.terminal.stepper import TerminalStepper
from teachrnn.views.terminal.story_text import StoryText

GLANCE = 0.2
"""Seconds between two checks of the window's size."""


def step_in_terminal(
    trace: Trace,
    *,
    symbols: Sequence[str] | None = None,
    about: Sequence[str] = (),
    yours: Yours | None = None,
    console: Console | None = None,
) -> None:
    """Step through a trace in the terminal, with keys; without a keyboard, print all of it as text.

    Parameters
    ----------
    trace : Trace
        The record to step through.
    symbols : sequence of str, optional
        What the token numbers stand for.
    about : sequence of str, optional
        Sentences shown at the beginning.
    yours : Yours, optional
        Your own numbers, shown beside the right ones.
    console : Console, optional
        Where to print; standard output if not given.

    Examples
    --------
    >>> import io
    >>> import numpy as np
    >>> from teachrnn import CharRNN, step_in_terminal
    >>> trace = CharRNN(hidden=2, symbols=3, rng=np.random.default_rng(0)).record([0, 1], [1, 2])
    >>> console = Console(file=io.StringIO(), width=80)
    >>> step_in_terminal(trace, symbols="abc", console=console)  # a file has no keyboard
    >>> "h[2] = Tanh(a[2])" in console.file.getvalue()
    True
    """
    console = console or Console(highlight=False)
    print_any_sign(console.file)
    watched = console.is_terminal and not console.is_dumb_terminal
    if watched and sys.stdin is not None and not sys.stdin.closed and sys.stdin.isatty():
        step_through(trace, symbols=symbols, about=about, yours=yours, console=console)
    else:
        print_story(trace, symbols=symbols, about=about, yours=yours, console=console)


def print_story(
    trace: Trace,
    *,
    symbols: Sequence[str] | None = None,
    about: Sequence[str] = (),
    yours: Yours | None = None,
    console: Console,
) -> None:
    """Print every step, one after the other: for a pipe, a file, or a screen reader.

    Parameters
    ----------
    trace : Trace
        The record to show.
    symbols : sequence of str, optional
        The characters that the token numbers stand for.
    about : sequence of str
        Sentences shown at the beginning.
    yours : Yours, optional
        Your own numbers, shown beside the right ones.
    console : Console
        Where to print.

    Examples
    --------
    >>> import io
    >>> import numpy as np
    >>> from teachrnn import CharRNN
    >>> trace = CharRNN(hidden=2, symbols=3, rng=np.random.default_rng(0)).record([0, 1], [1, 2])
    >>> console = Console(file=io.StringIO(), width=80)
    >>> print_story(trace, symbols="abc", about=["A small network."], console=console)
    >>> console.file.getvalue().splitlines()[0]
    'A small network.'
    """
    steps = tell(trace, symbols, yours)
    text = StoryText(trace, steps)
    extent = Extent(min(console.width, WIDEST), rows=10, lines=10)
    for sentence in [*about, *([] if yours is None else [verdict(steps)])]:
        console.print(Text(printable(sentence)), soft_wrap=True)
    for index in range(len(steps)):
        lines = [Text(), text.head(index), *text.lines(index, extent)]
        console.print(Text("\n").join(lines), soft_wrap=True)


def step_through(
    trace: Trace,
    *,
    symbols: Sequence[str] | None = None,
    about: Sequence[str] = (),
    yours: Yours | None = None,
    console: Console,
) -> None:
    """Step through the story with the keyboard; afterwards the terminal's contents are restored."""
    session = TerminalStepper(trace, symbols, about, yours)
    with (
        contextlib.suppress(KeyboardInterrupt, EOFError),
        console.screen(),
        open_keyboard() as keyboard,
    ):
        _run(session, keyboard, console)


def _run(session: TerminalStepper, keyboard: Keyboard, console: Console) -> None:
    size, changed = None, True
    stepped = time.monotonic()
    while not session.over:
        if console.size != size:
            size, changed = console.size, True
            console.control(Control.clear())
        if changed and not keyboard.more:
            _draw(session, console)
            changed = False
        name = keyboard.read(min(GLANCE, session.interval) if session.playing else GLANCE)
        if name is not None:
            session.press(name)
            stepped, changed = time.monotonic(), True
        elif session.playing and time.monotonic() - stepped >= session.interval:
            session.tick()
            stepped, changed = time.monotonic(), True


def _draw(session: TerminalStepper, console: Console) -> None:
    console.control(Control.home())
    lines = screen(session, console.width, console.height)
    console.print(Text("\n").join(lines), end="", soft_wrap=True, highlight=False)
