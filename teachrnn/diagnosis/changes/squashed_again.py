"""1 - tanh(h)^2: the result is squashed a second time before the derivative is taken."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from teachrnn.diagnosis.changes.change import Change
from teachrnn.diagnosis.replaced import replaced
from teachrnn.formulas.tree import Applied, Formula, Letter

if TYPE_CHECKING:
    from teachrnn.array import Array
    from teachrnn.diagnosis.cell_map import CellMap
    from teachrnn.diagnosis.site import Site
    from teachrnn.diagnosis.tape import Edge, Tape


@dataclass(frozen=True)
class SquashedAgain(Change):
    """The derivative is taken at the result squashed again: 1 - tanh(h)^2, with h = tanh(a)."""

    name = "result squashed again"
    why = (
        "The derivative of tanh at a is 1 - tanh(a)^2, and tanh(a) is h already. Near 0, where tanh(h)"
        " is h, nobody sees the difference."
    )
    seen = "weights of a size of .3 or more"

    @classmethod
    def at(cls, site: Site, cell: CellMap) -> Iterator[SquashedAgain]:
        """At squashing functions whose derivative is written with the result."""
        if site.squashes and cell.reads(site, -1):
            yield cls()

    def local(self, tape: Tape, edge: Edge) -> Callable[[Array], Array]:
        return edge.with_array(-1, type(edge.op).forward(edge.op.data))

    def words(self, site: Site) -> str:
        return "has the derivative taken at the result squashed a second time"

    def rewritten(self, formula: Formula, site: Site) -> Formula:
        letter = Letter(site.kind.output)
        return replaced(formula, letter, Applied(site.kind.__name__.lower(), letter))
