"""The derivative is taken with another value: of another step, or of another name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from teachrnn.diagnosis.changes.change import Change
from teachrnn.diagnosis.replaced import replaced
from teachrnn.formulas.tree import Formula, Letter

if TYPE_CHECKING:
    from teachrnn.array import Array
    from teachrnn.diagnosis.cell_map import CellMap
    from teachrnn.diagnosis.site import Site
    from teachrnn.diagnosis.tape import Edge, Outside, Tape


STEPS = {-1: "t-1", 0: "t", 1: "t+1"}
ENDS = {
    "initial": "",
    "wrap": ", where index -1 is the last step",
    "zero": ", where outside there is zero",
}


@dataclass(frozen=True)
class AnotherValue(Change):
    """A derivative is made of another value than the right one: h[t] for h[t-1], c[t] for c[t-1]."""

    place: int
    """Which operand is replaced; -1 is the result."""
    value: str
    """By which value, without its time."""
    step: int
    """Of which step, counted from that of the operation."""
    outside: Outside = "initial"
    """What stands beyond the ends."""
    proper: bool = False
    """Whether it is the right value, at the wrong step only."""

    name = "another value"
    why = (
        "A derivative is made of the values that the operation used in the forward pass, of the same"
        " step. Write the forward line beside the backward line, and compare their letters."
    )
    seen = (
        "weights of a size of .3 or more; for a value of another step also T of at least 2 and an"
        " initial state that is not 0"
    )

    @classmethod
    def at(cls, site: Site, cell: CellMap) -> Iterator[AnotherValue]:
        """Every other value of the cell that has the shape, at three steps."""
        for place, own in cell.arguments(site):
            if not cell.reads(site, place):
                continue
            back = (
                0
                if place == -1 or site.kind.inputs[place] in site.kind.shared
                else cell.steps_back(site, place)
            )
            for value in cell.values_like(site, place):
                for step in STEPS:
                    if (value, step) == (own, -back) or (step == 1 and value != own):
                        continue
                    for outside in _ends(step, -back):
                        yield cls(place, value, step, outside, value == own)

    @property
    def weight(self) -> int:
        return 1 if self.proper else 2

    def local(self, tape: Tape, edge: Edge) -> Callable[[Array], Array] | None:
        t, old = edge.op.t, edge.arrays[self.place]
        new = None if t is None else tape.at(self.value, t + self.step, self.outside)
        if new is None or new.shape != old.shape or (new.dtype.kind != old.dtype.kind):
            return None
        return None if np.array_equal(new, old) and new is old else edge.with_array(self.place, new)

    def words(self, site: Site) -> str:
        own = site.names[self._letter(site)]
        return f"uses {self.value}[{STEPS[self.step]}] in place of {own}{ENDS[self.outside]}"

    def rewritten(self, formula: Formula, site: Site) -> Formula:
        wrong = f"{self.value}[{STEPS[self.step]}]"
        return replaced(formula, Letter(self._letter(site)), Letter(wrong))

    def _letter(self, site: Site) -> str:
        return site.kind.output if self.place == -1 else site.kind.inputs[self.place]


def _ends(step: int, right: int) -> tuple[Outside, ...]:
    """What can stand where the step reaches beyond an end."""
    if step == -1:
        return ("zero", "wrap") if right == -1 else ("initial", "wrap", "zero")
    return ("zero", "wrap") if step == 1 else ("initial",)
