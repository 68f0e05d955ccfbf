"""What arrives replaces what had arrived: = in place of +=."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from teachrnn.diagnosis.changes.change import Change, Portion

if TYPE_CHECKING:
    from teachrnn.diagnosis.cell_map import CellMap
    from teachrnn.diagnosis.site import Site
    from teachrnn.diagnosis.tape import Edge, Tape


@dataclass(frozen=True)
class Alone(Change):
    """The term overwrites what other edges have sent."""

    name = "= in place of +="
    why = (
        "The value is used in several places, and its gradient is the sum over all of them. An"
        " assignment keeps the last and forgets the rest."
    )
    seen = "a value that is used more than once; of a state, T of at least 2"

    @classmethod
    def at(cls, site: Site, cell: CellMap) -> Iterator[Alone]:
        """Where others have sent something before."""
        if site.flows and cell.has_several_uses(site):
            yield cls()

    @property
    def weight(self) -> int:
        return 3

    def portions(self, tape: Tape, edge: Edge) -> list[Portion]:
        return [(edge.op, edge.right), (edge.value, np.negative)]

    def words(self, site: Site) -> str:
        return "overwrites what had arrived there"
