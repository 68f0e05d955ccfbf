"""The gradient is passed on before one of its parts has been added."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from teachrnn.diagnosis.changes.change import Change, Portion

if TYPE_CHECKING:
    from teachrnn.diagnosis.cell_map import CellMap
    from teachrnn.diagnosis.site import Site
    from teachrnn.diagnosis.tape import Edge, Tape


@dataclass(frozen=True)
class Without(Change):
    """The gradient that is passed on lacks a part that is added too late, or to a copy."""

    op: str
    input: str
    """Which edge sent the part that is missing."""

    name = "passed on too early"
    why = "A gradient may be passed on only when everything that it is the sum of has arrived."
    seen = "a value that is used more than once; of a state, T of at least 2"

    @classmethod
    def at(cls, site: Site, cell: CellMap) -> Iterator[Without]:
        """For each of the edges that bring a part of what arrives."""
        for user in cell.users(site.op):
            yield cls(user.op, user.input)

    @property
    def weight(self) -> int:
        return 2

    def portions(self, tape: Tape, edge: Edge) -> list[Portion] | None:
        late = [e for e in tape.into(edge.op) if (e.site.op, e.site.input) == (self.op, self.input)]
        if not late and edge.op.t != tape.T:
            return None
        return [(edge.op, edge.right), *((e, lambda d: -edge.right(d)) for e in late)]

    def words(self, site: Site) -> str:
        return f"is passed on before the part that comes from {self.op}.{self.input} has been added"
