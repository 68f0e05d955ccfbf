"""Why this number: its formula with the numbers in it, term by term."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np
from rich.cells import cell_len, set_cell_size
from rich.text import Text

from teachrnn.formulas.entries import Link, WhyTerm
from teachrnn.formulas.text import text
from teachrnn.views.story import Outcome, Quantity, StoryStep
from teachrnn.views.story.why import Why, why
from teachrnn.views.style.legible import printable
from teachrnn.views.style.number import format_number, told_apart
from teachrnn.views.style.palette import ACCENT
from teachrnn.views.terminal.array_text import DIFFERS, UNEQUAL, Extent, array_lines
from teachrnn.views.terminal.key import Keyed, key
from teachrnn.views.terminal.line import wrapped


class WhyPage(Keyed):
    """Moves over the entries of a step's results and takes each of them apart.

    Parameters
    ----------
    step : StoryStep
        The step whose results are asked about.
    sought : str
        The name of the result to begin with; the first if no result has that name.
    stepping : bool
        Show the terms one after the other, with the sum so far, instead of all at once.

    Attributes
    ----------
    open : bool
        Whether it is still open.
    """

    def __init__(self, step: StoryStep, *, sought: str = "", stepping: bool = False) -> None:
        self.results = list(_explained(step))
        names = [quantity.name for _, quantity in self.results]
        wrong = [i for i, (_, q) in enumerate(self.results) if q.yours is not None and q.yours.wrong]
        self.chosen = names.index(sought) if sought in names else next(iter(wrong), 0)
        self.place = self._first()
        self.stepping = stepping
        self.shown = 1
        self.open = bool(self.results)

    @property
    def quantity(self) -> Quantity:
        """The result that is asked about."""
        return self.results[self.chosen][1]

    @property
    def index(self) -> tuple[int, ...]:
        """The entry that is asked about."""
        shape = self.quantity.data.shape
        return tuple(int(i) for i in np.unravel_index(self.place, shape)) if shape else ()

    @property
    def answer(self) -> Why:
        """The terms of the entry."""
        made = self.quantity.made
        assert made is not None
        if made.op is None:
            terms = [_summand(part, self.index) for part in _parts(self.quantity)]
            return Why(terms, float(self.quantity.data[self.index]), True, "The sum of its parts.")
        dy = None if made.input is None else made.letters[f"d{made.op.output}"].data
        return why(made.op, input=made.input, index=self.index, dy=dy)

    # Keys ------------------------------------------------------------------------------------

    @key("Right", "l", does="next entry; while stepping, next term", brief="next")
    def right(self) -> None:
        """Go on by a term or an entry."""
        if self.stepping and self.shown < len(self.answer.terms):
            self.shown += 1
        else:
            self._to(self.place + 1)

    @key("Left", "h", does="previous entry; while stepping, previous term", brief="back")
    def left(self) -> None:
        """Go back by a term or an entry."""
        if self.stepping and self.shown > 1:
            self.shown -= 1
        else:
            self._to(self.place - 1)

    @key("Down", "j", does="entry below, in a matrix", brief="row")
    def down(self) -> None:
        """Go to the next row of a matrix."""
        self._to(self.place + self._row)

    @key("Up", "k", does="entry above, in a matrix")
    def up(self) -> None:
        """Go to the previous row."""
        self._to(self.place - self._row)

    @key("Tab", does="next result of this step", brief="next result")
    def next_result(self) -> None:
        """Ask about the next of the step's results."""
        self.chosen = (self.chosen + 1) % len(self.results)
        self.place, self.shown = self._first(), 1

    @key("i", does="step into the sum, term by term, or show it whole", brief="term by term")
    def step_into(self) -> None:
        """Switch between all terms at once and one after the other."""
        self.stepping = not self.stepping
        self.shown = 1

    @key("Esc", "w", "Backspace", does="back to the step", brief="back to the step")
    def leave(self) -> None:
        """Go back to the step."""
        self.open = False

    def _first(self) -> int:
        """The entry to begin with: the first at which the reader's own number differs, or the first."""
        yours = self.quantity.yours if self.results else None
        return 0 if yours is None else int(yours.differs.argmax())

    @property
    def _row(self) -> int:
        data = self.quantity.data
        return data.shape[-1] if data.ndim > 1 else 0

    def _to(self, place: int) -> None:
        self.place = max(0, min(place, self.quantity.data.size - 1))
        self.shown = 1

    # Text ------------------------------------------------------------------------------------

    def lines(self, extent: Extent) -> list[Text]:
        """The entry, the array that it belongs to, the formula, the terms and their sum."""
        outcome, quantity = self.results[self.chosen]
        name = entry_name(quantity.name, self.index)
        number = format_number(float(quantity.data[self.index]))
        lines = [
            Text.assemble(("why  ", ACCENT), (f"{printable(name)} = {number}", "bold")),
            *self._yours(),
            *array_lines(quantity, Extent(extent.width, 3, 2), entry=self.index),
            Text(),
            Text(printable(text(outcome.formula)), style="bold"),
        ]
        if len(self.results) > 1:
            lines.append(Text(f"result {self.chosen + 1} of {len(self.results)} (Tab)", style="dim"))
        return wrapped([*lines, *self._sum(name)], extent.width)

    def _yours(self) -> list[Text]:
        """The reader's own number for the entry."""
        yours = self.quantity.yours
        if yours is None:
            return []
        if not yours.differs[self.index]:
            return [Text("     yours is the same, up to rounding", style="dim")]
        right, own = float(self.quantity.data[self.index]), float(yours.data[self.index])
        off = format_number(own - right)
        return [Text(f"     yours {UNEQUAL} {told_apart(right, own)[1]}, off by {off}", style=DIFFERS)]

    def _sum(self, name: str) -> list[Text]:
        answer = self.answer
        terms = answer.terms
        lines = [] if answer.readable else [Text(answer.how, style="italic")]
        if not terms:
            return [*lines, Text("  nothing contributes here, so it is 0")]
        shown = terms[: self.shown] if self.stepping else terms
        sums = list(itertools.accumulate(term.value for term in shown))
        columns = _columns([_written(term) for term in shown])
        for i, (written, so_far) in enumerate(zip(columns, sums, strict=True), start=1):
            line = Text(f"  {i:>{len(str(len(terms)))}}  {written}")
            if self.stepping:
                line.append(
                    f"   sum so far {format_number(so_far)}", "bold" if i == len(sums) else "dim"
                )
            lines.append(line)
        left = len(terms) - len(shown)
        if left:
            lines.append(Text(f"  … {left} more {'term' if left == 1 else 'terms'}, →", style="dim"))
        elif len(terms) > 1:
            total = format_number(answer.total)
            lines.append(
                Text(f"  sum of the {len(terms)} terms: {printable(name)} = {total}", style="bold")
            )
        return lines


def entry_name(name: str, index: tuple[int, ...]) -> str:
    """One entry of a recorded quantity, counted from 0 as in Python: ``h[3]`` at 2 is ``h[3][2]``."""
    if not index:
        return name
    whole = f"({name})" if " " in name else name
    return f"{whole}[{', '.join(map(str, index))}]"


def _explained(step: StoryStep) -> Iterator[tuple[Outcome, Quantity]]:
    """The results that know how they were made, without what had arrived before this step."""
    for outcome in step.outcomes:
        total = outcome.quantities[-1]
        is_sum = total.made is not None and total.made.op is None
        for quantity in [total] if is_sum else outcome.quantities:
            if quantity.made is not None and quantity.data.size:
                yield outcome, quantity


def _parts(quantity: Quantity) -> list[Quantity]:
    """The summands of a sum, including those of earlier sums."""
    parts: list[Quantity] = []
    rest = [quantity]
    while rest:
        made = (one := rest.pop()).made
        if made is None or made.op is not None or not made.parts:
            parts.append(one)
        else:
            rest += reversed(made.parts)
    return parts


def _summand(part: Quantity, index: tuple[int, ...]) -> WhyTerm:
    value = float(part.data[index]) if part.data.shape else float(part.data.sum())
    return WhyTerm([Link(part.name, index, value)], value)


def _written(term: WhyTerm) -> tuple[str, str, str]:
    """A term with the names of its factors, with their numbers, and its value."""
    names = "".join(p if isinstance(p, str) else entry_name(p.name, p.index) for p in term.parts)
    numbers = "".join(p if isinstance(p, str) else format_number(p.value) for p in term.parts)
    return printable(names), numbers, format_number(term.value)


def _columns(rows: list[tuple[str, str, str]]) -> list[str]:
    """Terms with aligned equals signs; a term that is just a number is written once."""
    plain = all(numbers in (names, value) for names, numbers, value in rows)
    wide = max(cell_len(names) for names, _, _ in rows)
    deep = max(cell_len(numbers) for _, numbers, _ in rows)
    long = max(cell_len(value) for _, _, value in rows)
    return [
        set_cell_size(names, wide)
        + ("" if plain else f"  =  {numbers:<{deep}}")
        + f"  =  {value:<{long}}"
        for names, numbers, value in rows
    ]
