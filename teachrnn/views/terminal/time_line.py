"""The unrolled graph in three lines: time across, and the progress in each direction."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from teachrnn.trace import Trace
from teachrnn.views.story import StoryStep
from teachrnn.views.style.palette import ACCENT
from teachrnn.views.style.visible_symbol import visible_symbol

LABEL = 10
DONE, NOW, NOT_YET = "●", "◉", "○"


class TimeLine:
    """Which time steps the story has reached, forward and backward.

    Parameters
    ----------
    trace : Trace
        The record, for the symbols that were read.
    steps : sequence of StoryStep
        The story.
    symbols : sequence of str, optional
        What the token numbers stand for.
    """

    def __init__(
        self, trace: Trace, steps: Sequence[StoryStep], symbols: Sequence[str] | None = None
    ) -> None:
        self.times = sorted({s.t for s in steps if s.t is not None})
        self.reached: dict[tuple[str, int], int] = {}
        for i, step in enumerate(steps):
            if step.t is not None:
                self.reached.setdefault((step.phase, step.t), i)
        self.symbols = [_read(trace, t, symbols) for t in self.times]
        self.cell = max(3, *(len(str(t)) for t in self.times), *map(cell_len, self.symbols), 0) + 1
        self.turns = any(step.phase == "turn" for step in steps)

    def lines(
        self, steps: Sequence[StoryStep], index: int, width: int, *, brief: bool = False
    ) -> list[Text]:
        """The lines at one step of the story: as many time steps as fit, including the current one.

        ``brief`` leaves out the symbols.
        """
        if not self.times:
            return []
        now = steps[index]
        room = max(1, (width - LABEL - 4) // self.cell)
        at = self._position(steps, index)
        first = max(0, min(at - room // 2, len(self.times) - room))
        shown = range(first, min(first + room, len(self.times)))
        reads = any(self.symbols) and not brief
        lines = [_label("time"), *([_label("reads")] if reads else [])]
        for i in shown:
            style = f"bold {ACCENT}" if self.times[i] == now.t else ""
            lines[0].append(f"{self.times[i]:^{self.cell}}", style)
            if reads:
                lines[1].append(_centred(self.symbols[i], self.cell), style)
        lines += [self._reached(phase, shown, now, index) for phase in ("forward", "backward")]
        if first or shown.stop < len(self.times):
            for line in lines:
                line.append(" …" if shown.stop < len(self.times) else "", "dim")
        return lines

    def _position(self, steps: Sequence[StoryStep], index: int) -> int:
        """Position in the row of the step's time; at the turning point, the last one."""
        t = steps[index].t
        return len(self.times) - 1 if t is None else self.times.index(t)

    def _reached(self, phase: str, shown: range, now: StoryStep, index: int) -> Text:
        if phase == "backward" and not self.turns:
            return _label(phase).append("no loss was recorded: there is no backward pass", "italic")
        line = _label(phase)
        for i in shown:
            t = self.times[i]
            start = self.reached.get((phase, t))
            if (now.phase, now.t) == (phase, t):
                line.append(f"{NOW:^{self.cell}}", f"bold {ACCENT}")
            elif start is not None and start <= index:
                line.append(f"{DONE:^{self.cell}}")
            else:
                line.append(f"{NOT_YET:^{self.cell}}", "dim")
        return line


def _label(word: str) -> Text:
    return Text().append(f" {word:<{LABEL - 1}}", "dim")


def _centred(text: str, width: int) -> str:
    left = (width - cell_len(text)) // 2
    return set_cell_size(" " * left + text, width)


def _read(trace: Trace, t: int, symbols: Sequence[str] | None) -> str:
    """The symbol read at a time step, cut to a few characters; empty if it is not known."""
    name = f"x[{t}]"
    if symbols is None or name not in trace or trace[name].data.ndim:
        return ""
    number = int(trace[name].data)
    if trace[name].data.dtype.kind not in "iu" or not 0 <= number < len(symbols):
        return ""
    symbol = visible_symbol(symbols[number])
    return symbol if cell_len(symbol) <= 7 else set_cell_size(symbol, 6) + "…"
