"""1 - z in place of z, or z in place of 1 - z."""

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
class Complement(Change):
    """An operand and its complement are mixed up: z for 1 - z."""

    place: int
    """Which operand."""

    name = "z and 1 - z mixed up"
    why = (
        "The two sides of the mixture have the factors z and 1 - z: which one keeps the past is a"
        " convention."
    )
    seen = "any weights"

    @classmethod
    def at(cls, site: Site, cell: CellMap) -> Iterator[Complement]:
        """At operations of several arrays, for each array that the derivative is made of."""
        places = [i for i, name in enumerate(site.kind.inputs) if name not in site.kind.shared]
        if site.flows and len(places) > 1:
            for place in places:
                if cell.tape.example(site).arrays[place].dtype.kind == "f" and cell.reads(site, place):
                    yield cls(place)

    def local(self, tape: Tape, edge: Edge) -> Callable[[Array], Array]:
        return edge.with_array(self.place, 1 - edge.arrays[self.place])

    def words(self, site: Site) -> str:
        letter = site.operands[self.place]
        return f"has 1 - {letter} in place of {letter}"

    def rewritten(self, formula: Formula, site: Site) -> Formula:
        return _complemented(formula, site.kind.inputs[self.place])


def _complemented(formula: Formula, letter: str) -> Formula:
    if formula == 1 - Letter(letter):
        return Letter(letter)
    if formula == Letter(letter):
        return 1 - formula
    return formula.rebuilt(lambda part: _complemented(part, letter))
