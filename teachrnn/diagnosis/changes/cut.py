"""Nothing is sent: the path is missing from the backward pass."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from teachrnn.diagnosis.changes.change import Change
from teachrnn.formulas.tree import Formula, Number

if TYPE_CHECKING:
    from teachrnn.array import Array
    from teachrnn.diagnosis.cell_map import CellMap
    from teachrnn.diagnosis.site import Site
    from teachrnn.diagnosis.tape import Edge, Tape


@dataclass(frozen=True)
class Cut(Change):
    """Nothing is sent along an edge.

    Of a carry it is the best known mistake of all: backpropagation that does not go through time.
    """

    name = "path left out"
    why = (
        "The value is used here too, so the loss depends on it along this way as well; the chain rule"
        " adds up what comes back along every way."
    )
    seen = "T of at least 2 where the path leads to an earlier step"

    @classmethod
    def at(cls, site: Site, cell: CellMap) -> Iterator[Cut]:
        """Everywhere but at parameters, whose sums can be left out instead."""
        if site.flows:
            yield cls()

    def local(self, tape: Tape, edge: Edge) -> Callable[[Array], Array]:
        return lambda dy: np.zeros_like(edge.value.data)

    def words(self, site: Site) -> str:
        return "is left out"

    def rewritten(self, formula: Formula, site: Site) -> Formula:
        return Number(0)
