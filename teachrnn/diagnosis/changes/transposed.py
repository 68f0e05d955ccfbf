"""A weight matrix that should be transposed is not, or the other way round."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from teachrnn.diagnosis.changes.change import Change
from teachrnn.formulas.tree import Formula, Letter, Transpose

if TYPE_CHECKING:
    from teachrnn.array import Array
    from teachrnn.diagnosis.cell_map import CellMap
    from teachrnn.diagnosis.site import Site
    from teachrnn.diagnosis.tape import Edge, Tape


@dataclass(frozen=True)
class Transposed(Change):
    """The gradient goes back through W where it should go through its transpose."""

    place: int
    """Which operand the matrix is."""

    name = "transpose left out"
    why = (
        "Forward, W takes m numbers to m numbers; backward, its transpose brings the gradients home"
        " along the same connections. A square matrix raises no shape error."
    )
    seen = "m of at least 2, and T of at least 2 for the carry"

    @classmethod
    def at(cls, site: Site, cell: CellMap) -> Iterator[Transposed]:
        """At products with a square matrix."""
        for place in site.matrices if site.flows else ():
            shape = cell.tape.example(site).arrays[place].shape
            if len(shape) == 2 and shape[0] == shape[1]:
                yield cls(place)

    def local(self, tape: Tape, edge: Edge) -> Callable[[Array], Array]:
        return edge.with_array(self.place, edge.arrays[self.place].T)

    def words(self, site: Site) -> str:
        return f"goes through {site.operands[self.place]}, not through its transpose"

    def rewritten(self, formula: Formula, site: Site) -> Formula:
        return _turned(formula, site.kind.inputs[self.place])


def _turned(formula: Formula, letter: str) -> Formula:
    """The formula with the matrix transposed where it was not, and not where it was."""
    if formula == Transpose(Letter(letter)):
        return Letter(letter)
    if formula == Letter(letter):
        return Transpose(Letter(letter))
    return formula.rebuilt(lambda part: _turned(part, letter))
