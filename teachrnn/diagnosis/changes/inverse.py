"""The gradient is divided by the derivative."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from teachrnn.diagnosis.changes.change import Change
from teachrnn.formulas.tree import Formula

if TYPE_CHECKING:
    from teachrnn.array import Array
    from teachrnn.diagnosis.cell_map import CellMap
    from teachrnn.diagnosis.site import Site
    from teachrnn.diagnosis.tape import Edge, Tape


@dataclass(frozen=True)
class Inverse(Change):
    """The gradient is divided by the derivative, as if it belonged to the inverse."""

    name = "divided by the derivative"
    why = (
        "1 / (1 - h * h) is the derivative of artanh, the inverse of tanh; backwards the factor stays"
        " the same."
    )
    seen = "weights of a size of .3 or more"

    @classmethod
    def at(cls, site: Site, cell: CellMap) -> Iterator[Inverse]:
        """Where entries are multiplied by a derivative, one by one."""
        if site.flows and not site.matrices and cell.same_shape(site):
            yield cls()

    @property
    def weight(self) -> int:
        return 3

    def local(self, tape: Tape, edge: Edge) -> Callable[[Array], Array] | None:
        slope = edge.right(np.ones_like(edge.op.data))
        if not slope.all():
            return None
        return lambda dy: dy / slope

    def words(self, site: Site) -> str:
        return "is divided by the derivative instead of multiplied"

    def rewritten(self, formula: Formula, site: Site) -> Formula | None:
        return None
