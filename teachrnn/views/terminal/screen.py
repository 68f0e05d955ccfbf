"""One screen: the position, the time line, the step, the keys; never larger than the window."""

from __future__ import annotations

from rich.text import Text

from teachrnn.views.style.palette import ACCENT
from teachrnn.views.terminal.stepper import TerminalStepper

WIDEST = 110
"""Longer lines of prose are hard to read."""
LOW = 20
"""In windows with fewer lines, what is also shown elsewhere is left out."""
LOWEST_BODY = 5
"""Minimum number of lines for the step, however small the window is."""


def screen(session: TerminalStepper, width: int, height: int) -> list[Text]:
    """The lines of the screen, each as wide as the window minus one column.

    Lines that do not fit can be scrolled to, and are counted at the edge. The last column stays free,
    because some terminals begin a new line when it is written to.
    """
    width = max(width - 1, 1)
    inner = min(width, WIDEST)
    frame = [
        session.head(),
        *session.time_line.lines(session.steps, session.index, inner, brief=height < LOW),
    ]
    foot = [*session.status(inner), Text(session.hint(inner), style="dim")]
    room = max(height - len(frame) - 1 - len(foot), LOWEST_BODY)
    lines = [*frame, _progress(session, inner), *_scrolled(session, session.body(inner), room), *foot]
    if len(lines) > height:  # a very small window: what is being typed matters most
        foot = foot[-height:]
        lines = [*lines[: height - len(foot)], *foot]
    lines = [line.copy() for line in lines]
    for line in lines:
        line.truncate(width, overflow="ellipsis", pad=True)
    return lines


def _progress(session: TerminalStepper, width: int) -> Text:
    """The progress through the story, with the turning point in the line."""
    count = len(session.steps)
    done = round((session.index + 1) / count * width)
    line = Text.assemble(("━" * done, ACCENT), ("─" * (width - done), "dim"))
    turn = next((i for i, step in enumerate(session.steps) if step.phase == "turn"), None)
    if turn is None:
        return line
    at = min(round((turn + 1) / count * width), width) - 1
    return (
        Text.assemble(line[:at], ("┿" if at < done else "┼", "bold"), line[at + 1 :])
        if at >= 0
        else line
    )


def _scrolled(session: TerminalStepper, lines: list[Text], room: int) -> list[Text]:
    """As much of the body as there is room for, with what is above and below counted."""
    session.page = max(1, room - 2)
    if len(lines) <= room:
        session.scroll = 0
        return lines + [Text()] * (room - len(lines))
    first = session.scroll = max(0, min(session.scroll, len(lines) - room))
    shown = lines[first : first + room]
    if first:
        shown[0] = Text(f"… {_counted(first + 1)} above, ↑", style="dim italic")
    below = len(lines) - first - room
    if below:
        shown[-1] = Text(f"… {_counted(below + 1)}, ↓", style="dim italic")
    return shown


def _counted(lines: int) -> str:
    return f"{lines} more lines"
