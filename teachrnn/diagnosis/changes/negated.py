"""The wrong sign."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from teachrnn.diagnosis.changes.change import Change
from teachrnn.formulas.tree import Formula

if TYPE_CHECKING:
    from teachrnn.array import Array
    from teachrnn.diagnosis.cell_map import CellMap
    from teachrnn.diagnosis.site import Site
    from teachrnn.diagnosis.tape import Edge, Tape


@dataclass(frozen=True)
class Negated(Change):
    """What is sent has the wrong sign."""

    name = "wrong sign"
    why = (
        "The derivative is added to the gradient, not taken away from it: check the sign of this factor."
    )
    seen = "T of at least 2 where the gradient leads to an earlier step"

    @classmethod
    def at(cls, site: Site, cell: CellMap) -> Iterator[Negated]:
        """Everywhere but at parameters, whose sums have a sign of their own."""
        if site.flows:
            yield cls()

    @property
    def weight(self) -> int:
        return 2

    def local(self, tape: Tape, edge: Edge) -> Callable[[Array], Array]:
        return lambda dy: -edge.right(dy)

    def words(self, site: Site) -> str:
        return "has the wrong sign"

    def rewritten(self, formula: Formula, site: Site) -> Formula:
        return -formula
