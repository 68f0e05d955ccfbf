"""The derivative is applied twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from teachrnn.diagnosis.changes.change import Change
from teachrnn.formulas.tree import Elementwise, Formula, Letter

if TYPE_CHECKING:
    from teachrnn.array import Array
    from teachrnn.diagnosis.cell_map import CellMap
    from teachrnn.diagnosis.site import Site
    from teachrnn.diagnosis.tape import Edge, Tape


@dataclass(frozen=True)
class Twice(Change):
    """The local derivative is applied a second time, here and again by whoever takes the gradient."""

    name = "derivative applied twice"
    why = "The chain rule multiplies by each derivative once: it is already in what arrives here."
    seen = "weights of a size of .3 or more"

    @classmethod
    def at(cls, site: Site, cell: CellMap) -> Iterator[Twice]:
        """Where entries are multiplied by a derivative, one by one."""
        if site.flows and not site.matrices and cell.same_shape(site):
            yield cls()

    @property
    def weight(self) -> int:
        return 2

    def local(self, tape: Tape, edge: Edge) -> Callable[[Array], Array]:
        return lambda dy: edge.right(edge.right(dy))

    def words(self, site: Site) -> str:
        return "has the derivative in it twice"

    def rewritten(self, formula: Formula, site: Site) -> Formula | None:
        match formula:
            case Elementwise(left=left, right=right) if left == Letter(site.kind.output, "total"):
                return Elementwise(formula, right)
        return None
