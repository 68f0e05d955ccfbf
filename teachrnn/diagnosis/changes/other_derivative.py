"""The derivative of another squashing function."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from teachrnn.diagnosis.changes.change import Change
from teachrnn.diagnosis.site import is_squashing
from teachrnn.formulas.equation import gradient_formula
from teachrnn.formulas.formula_error import UnreadableFormulaError
from teachrnn.formulas.tree import Formula
from teachrnn.op import Op
from teachrnn.ops import OPS

if TYPE_CHECKING:
    from teachrnn.array import Array
    from teachrnn.diagnosis.cell_map import CellMap
    from teachrnn.diagnosis.site import Site
    from teachrnn.diagnosis.tape import Edge, Tape


@dataclass(frozen=True)
class OtherDerivative(Change):
    """The derivative belongs to another function: that of the logistic function for tanh."""

    kind: type[Op]
    """Whose derivative it is."""

    name = "derivative of another function"
    why = (
        "h * (1 - h) belongs to the logistic function, 1 - h * h to tanh: look which one made this"
        " value."
    )
    seen = "any weights"

    @classmethod
    def at(cls, site: Site, cell: CellMap) -> Iterator[OtherDerivative]:
        """At squashing functions."""
        if site.squashes:
            for kind in OPS.values():
                if kind is not site.kind and is_squashing(kind):  # type: ignore[arg-type]  # hashable
                    yield cls(kind)

    @property
    def weight(self) -> int:
        return 2

    def local(self, tape: Tape, edge: Edge) -> Callable[[Array], Array] | None:
        _, _, gradient = self.kind.differentiable[0]
        return lambda dy: gradient(dy, edge.arrays[0], edge.op.data)

    def words(self, site: Site) -> str:
        return f"has the derivative of {self.kind.__name__.lower()} in it"

    def rewritten(self, formula: Formula, site: Site) -> Formula | None:
        own = {self.kind.inputs[0]: site.input, self.kind.output: site.kind.output}
        try:
            return gradient_formula(self.kind, self.kind.inputs[0]).renamed(own)
        except UnreadableFormulaError:
            return None
