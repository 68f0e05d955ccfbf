"""The gradient of another value is passed on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from teachrnn.diagnosis.changes.change import Change, Portion
from teachrnn.diagnosis.replaced import replaced
from teachrnn.formulas.tree import Formula, Letter

if TYPE_CHECKING:
    from teachrnn.diagnosis.cell_map import CellMap
    from teachrnn.diagnosis.site import Site
    from teachrnn.diagnosis.tape import Edge, Tape
    from teachrnn.op import Value


STEPS = {-1: "t-1", 0: "t", 1: "t+1"}


@dataclass(frozen=True)
class AnotherGradient(Change):
    """The gradient that is passed on belongs to another value: dh where it should be da."""

    value: str
    """Whose gradient it is, without the time."""
    step: int = 0
    """Of which step, counted from that of the operation."""
    proper: bool = False
    """Whether it is the right value, at the wrong step only."""
    sole: bool = False
    """Whether it is at a parameter, whose gradient alone is then wrong."""

    name = "gradient of another value"
    why = (
        "The product in front of tanh is reached after tanh: what arrives there is da, not dh. Name"
        " every gradient after its value, and each line says which one it needs."
    )
    seen = "any weights; T of at least 2 for the carry"

    @classmethod
    def at(cls, site: Site, cell: CellMap) -> Iterator[AnotherGradient]:
        """Every other gradient of the cell that has the shape, and its own of the steps beside."""
        for value in cell.gradients_like(site):
            yield cls(value, sole=not site.flows)
        for step in (-1, 1):
            yield cls(site.op, step, True, not site.flows)

    @property
    def weight(self) -> int:
        return 1 if self.sole and not self.proper else 2

    def source(self, tape: Tape, edge: Edge) -> Value | None:
        t = edge.op.t
        return None if t is None else tape.by_place.get((self.value, t + self.step))

    def portions(self, tape: Tape, edge: Edge) -> list[Portion] | None:
        beyond = self.step and self.source(tape, edge) is None  # the ends: there is no gradient
        return [] if beyond else super().portions(tape, edge)

    def words(self, site: Site) -> str:
        return f"is made of d{self.value}[{STEPS[self.step]}], not of d{site.result}"

    def rewritten(self, formula: Formula, site: Site) -> Formula:
        wrong = Letter(f"{self.value}[{STEPS[self.step]}]", "total")
        return replaced(formula, Letter(site.kind.output, "total"), wrong)
