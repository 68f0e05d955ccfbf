"""The steps of a story as lines of text, for the screen and for a pipe."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from rich.text import Text

from teachrnn.formulas.text import text
from teachrnn.trace import Trace
from teachrnn.views.story import Outcome, Quantity, StoryStep
from teachrnn.views.style.legible import printable
from teachrnn.views.terminal.array_text import DIFFERS, UNEQUAL, Extent, array_lines
from teachrnn.views.terminal.line import wrapped
from teachrnn.views.terminal.program_page import marked_lines

PHASES = {"forward": "forward →", "turn": "turning point", "backward": "← back through time"}
NOT_YET = "not yet"


class StoryText:
    """Writes the steps of a story.

    Parameters
    ----------
    trace : Trace
        The record.
    steps : sequence of StoryStep
        Its story.
    """

    def __init__(self, trace: Trace, steps: Sequence[StoryStep]) -> None:
        self.trace = trace
        self.steps = steps
        self.turns = any(step.phase == "turn" for step in steps)
        self._last: tuple[tuple[int, Extent, bool] | None, list[Text]] = None, []
        self.arrivals: dict[int, list[int]] = defaultdict(list)
        for i, step in enumerate(steps):
            if step.phase == "backward":
                for target in dict.fromkeys(outcome.target for outcome in step.outcomes):
                    self.arrivals[target].append(i)

    def head(self, index: int) -> Text:
        """The number of the step, its direction and its time."""
        step = self.steps[index]
        time = "" if step.t is None else f"   t = {step.t}"
        return Text.assemble(
            (f"step {index + 1}/{len(self.steps)}", "bold"), f"   {PHASES[step.phase]}{time}"
        )

    def lines(self, index: int, extent: Extent, *, hide: bool = False) -> list[Text]:
        """One step: heading, sentence, results, operands, code; ``hide`` leaves out the results."""
        if self._last[0] != (index, extent, hide):  # scrolling needs the same lines again and again
            self._last = (index, extent, hide), self._write(index, extent, hide)
        return self._last[1]

    def _write(self, index: int, extent: Extent, hide: bool) -> list[Text]:
        step = self.steps[index]
        lines = [Text(printable(step.heading), style="bold")]
        if not hide:  # it has numbers of the results
            lines.append(Text(printable(step.sentence)))
        lines.append(Text(printable(step.title), style="dim"))
        if step.differing and not hide:
            names = ", ".join(dict.fromkeys(q.name for q in step.differing))
            lines.append(Text(printable(f"{UNEQUAL} yours differs here: {names}"), style=DIFFERS))
        for outcome in step.outcomes:
            lines += [Text(), Text(printable(text(outcome.formula)), style="bold")]
            if hide:
                lines += [Text(f"  {printable(q.name)}  ?") for q in outcome.quantities]
            else:
                lines += self._outcome(outcome, extent)
        if not hide:
            lines += self._not_yet(index)
        if step.operands:
            lines += [Text(), Text("what went in", style="dim")]
        for quantity in step.operands:
            lines += array_lines(quantity, extent)
        if step.lines is not None:
            lines += [Text(), Text("in NumPy", style="dim")]
            lines += marked_lines(step.lines, indented=False).values()
        if step.code:
            lines += [Text(), Text.assemble(("the library's own line  ", "dim"), printable(step.code))]
        return wrapped(lines, extent.width)

    def _outcome(self, outcome: Outcome, extent: Extent) -> list[Text]:
        total = outcome.quantities[-1]
        if len(outcome.quantities) > 1 and total.made and len(total.made.parts) > 1:
            return _addition(outcome.quantities[0], total, extent)
        return [line for quantity in outcome.quantities for line in array_lines(quantity, extent)]

    def _not_yet(self, index: int) -> list[Text]:
        """The gradients of this step's results that have not arrived yet, or not completely."""
        step = self.steps[index]
        if step.phase == "turn":
            return []
        lines = []
        for target in dict.fromkeys(outcome.target for outcome in step.outcomes):
            coming = [i for i in self.arrivals[target] if i > index]
            name = f"d{self.trace.values[target].name}"
            if step.phase == "forward":
                why = "backward has not reached it" if self.turns else "no loss was recorded"
            elif coming:
                more = "1 more part to come" if len(coming) == 1 else f"{len(coming)} more parts to come"
                why = f"{more}, the next at step {coming[0] + 1}"
            else:
                continue
            complete = "" if step.phase == "forward" else " complete"
            lines.append(
                Text.assemble(f"  {printable(name)}  ", (NOT_YET, "italic bold"), f"{complete}: {why}")
            )
        return [Text(), *lines] if lines else []


def _addition(before: Quantity, total: Quantity, extent: Extent) -> list[Text]:
    """What had arrived, what arrives now, and their sum, one below the other."""
    assert total.made is not None
    lines = array_lines(before, extent)
    if total.data.ndim <= 1:  # a matrix would fill the screen, and is shown above already
        for part in total.made.parts[1:]:
            lines += array_lines(part, extent, gutter="+ ")
    return lines + array_lines(total, extent, gutter="= ")
