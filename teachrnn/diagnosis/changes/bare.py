"""The derivative is left out: the gradient that arrives is passed on as it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from teachrnn.diagnosis.changes.change import Change
from teachrnn.formulas.tree import Formula, Letter

if TYPE_CHECKING:
    from teachrnn.array import Array
    from teachrnn.diagnosis.cell_map import CellMap
    from teachrnn.diagnosis.site import Site
    from teachrnn.diagnosis.tape import Edge, Tape


@dataclass(frozen=True)
class Bare(Change):
    """The local derivative is left out, such as 1 - h * h of tanh."""

    name = "derivative left out"
    why = (
        "The chain rule multiplies by the derivative of every operation on the way. Small weights hide"
        " this: near 0 the derivative of tanh is 1."
    )
    seen = "weights of a size of .3 or more"

    @classmethod
    def at(cls, site: Site, cell: CellMap) -> Iterator[Bare]:
        """Where the gradient that arrives has the shape of what is to be sent."""
        if site.flows and cell.same_shape(site):
            yield cls()

    def local(self, tape: Tape, edge: Edge) -> Callable[[Array], Array]:
        return lambda dy: dy

    def words(self, site: Site) -> str:
        return "lacks the derivative"

    def rewritten(self, formula: Formula, site: Site) -> Formula:
        return Letter(site.kind.output, "total")
