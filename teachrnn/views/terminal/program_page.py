"""The program in NumPy as lines of text: those of one step, or all of it."""

from __future__ import annotations

from rich.text import Text

from teachrnn.formulas.code_line import Code
from teachrnn.views.program import LinesOfStep
from teachrnn.views.style.legible import printable
from teachrnn.views.style.palette import ACCENT
from teachrnn.views.terminal.array_text import Extent
from teachrnn.views.terminal.key import Keyed, key
from teachrnn.views.terminal.line import wrapped

MARK = "▌ "


class ProgramPage(Keyed):
    """The whole program, with the lines of the step marked.

    Parameters
    ----------
    lines : LinesOfStep
        The lines of the step.
    """

    def __init__(self, lines: LinesOfStep) -> None:
        self.step = lines
        self.open = True

    @key("Esc", "c", "Backspace", does="close the program", brief="close")
    def close(self) -> None:
        """Close the program."""
        self.open = False

    @property
    def first(self) -> int:
        """The first line that is marked."""
        return min((mark.line for mark in self.step.marks), default=0)

    def lines(self, extent: Extent) -> list[Text]:
        """All lines of the program."""
        marked = marked_lines(self.step)
        others = enumerate(self.step.program.lines)
        lines = [marked.get(n) or Text(" " * len(MARK)) + _line(line) for n, line in others]
        return wrapped(lines, extent.width)


def marked_lines(step: LinesOfStep, *, indented: bool = True) -> dict[int, Text]:
    """The marked lines of a step, by their number; a part of a line that is marked is underlined."""
    lines: dict[int, Text] = {}
    for mark in sorted(step.marks, key=lambda mark: mark.line):
        pieces = step.program.lines[mark.line]
        line = Text(MARK, style=ACCENT)
        inner = _line(pieces, mark.first, mark.last)
        inner = inner if indented else inner[len(inner) - len(inner.plain.lstrip()) :]
        if step.note and mark.line == step.noted:
            inner.append(printable(f"  # {step.note}"), "dim")
        lines[mark.line] = Text.assemble(line, inner)
    if step.note and step.noted is None:
        lines[-1] = Text.assemble((MARK, ACCENT), (printable(f"# {step.note}"), "dim"))
    return lines


def _line(pieces: Code, first: int | None = None, last: int | None = None) -> Text:
    line = Text()
    for place, token in enumerate(pieces):
        inside = first is not None and last is not None and first <= place <= last
        dim = token.text.lstrip().startswith("#")
        line.append(printable(token.text), "underline" if inside else "dim" if dim else "")
    return line
