"""A mistake at the first step only, at the last only, or at all but the last."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from teachrnn.diagnosis.changes.bare import Bare
from teachrnn.diagnosis.changes.change import Change
from teachrnn.diagnosis.changes.cut import Cut
from teachrnn.diagnosis.changes.transposed import Transposed
from teachrnn.formulas.tree import Formula

if TYPE_CHECKING:
    from teachrnn.array import Array
    from teachrnn.diagnosis.cell_map import CellMap
    from teachrnn.diagnosis.site import Site
    from teachrnn.diagnosis.tape import Edge, Tape


WHEN: dict[str, tuple[str, Callable[[int, int], bool]]] = {
    "first": ("at t = 1", lambda t, T: t == 1),
    "last": ("at t = T", lambda t, T: t == T),
    "not last": ("at every step but the last", lambda t, T: t < T),
}


@dataclass(frozen=True)
class AtSomeSteps(Change):
    """Another mistake, in code that treats an end of the sequence apart."""

    change: Change
    when: str

    name = "wrong at some steps"
    why = (
        "Code that treats the first or the last step apart says everything twice, and one of the two can"
        " be wrong."
    )
    seen = "T of at least 2"

    @classmethod
    def at(cls, site: Site, cell: CellMap) -> Iterator[AtSomeSteps]:
        """For the mistakes that are made so."""
        for kind in (Cut, Bare, Transposed):
            for change in kind.at(site, cell):
                for when in WHEN:
                    yield cls(change, when)

    @property
    def weight(self) -> int:
        return 1 + self.change.weight

    def local(self, tape: Tape, edge: Edge) -> Callable[[Array], Array] | None:
        _, applies = WHEN[self.when]
        return self.change.local(tape, edge) if applies(edge.op.t or 0, tape.T) else edge.right

    def words(self, site: Site) -> str:
        return f"{self.change.words(site)} ({WHEN[self.when][0]} only)"

    def rewritten(self, formula: Formula, site: Site) -> Formula | None:
        return self.change.rewritten(formula, site)
