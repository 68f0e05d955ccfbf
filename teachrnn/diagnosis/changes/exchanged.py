"""A value receives what belongs to the other input of the same operation."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from teachrnn.diagnosis.changes.change import Change
from teachrnn.formulas.equation import gradient_formula
from teachrnn.formulas.formula_error import UnreadableFormulaError
from teachrnn.formulas.tree import Formula

if TYPE_CHECKING:
    from teachrnn.array import Array
    from teachrnn.diagnosis.cell_map import CellMap
    from teachrnn.diagnosis.site import Site
    from teachrnn.diagnosis.tape import Edge, Tape


@dataclass(frozen=True)
class Exchanged(Change):
    """Receives the gradient of another input of the operation: di and dg swapped."""

    input: str
    """Whose gradient it receives."""

    name = "gradients of two inputs exchanged"
    why = "In a product each factor's gradient is made of the *other* factor."
    seen = "any weights"

    @classmethod
    def at(cls, site: Site, cell: CellMap) -> Iterator[Exchanged]:
        """For each other input with a gradient of the same shape."""
        shapes = dict(zip(site.kind.inputs, site.kind.shape_rule.inputs, strict=True))
        for _, name, _ in site.kind.differentiable:
            if site.flows and name != site.input and shapes[name] == shapes[site.input]:
                yield cls(name)

    @property
    def weight(self) -> int:
        return 2

    def local(self, tape: Tape, edge: Edge) -> Callable[[Array], Array] | None:
        gradient = type(edge.op).gradient_methods[self.input]
        return None if gradient is None else lambda dy: gradient(dy, *edge.arrays)

    def words(self, site: Site) -> str:
        return f"is the one that belongs to {site.names[self.input]}"

    def rewritten(self, formula: Formula, site: Site) -> Formula | None:
        try:
            return gradient_formula(site.kind, self.input)
        except UnreadableFormulaError:
            return None
