"""The gradient of the scores under softmax and cross-entropy is not p - y."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from teachrnn.diagnosis.changes.change import Change
from teachrnn.ops import Softmax, SoftmaxCrossEntropy

if TYPE_CHECKING:
    from teachrnn.array import Array
    from teachrnn.diagnosis.cell_map import CellMap
    from teachrnn.diagnosis.site import Site
    from teachrnn.diagnosis.tape import Edge, Tape


HOW = {
    "p": "is p: the target is not subtracted",
    "-y": "is -y: the probabilities are left out",
    "p-1": "is p - 1 in every entry, where 1 belongs in that of the target",
    "softmax": "is multiplied by p (1 - p) as if softmax were not in p - y already",
    "y-p": "is y - p: the sign is wrong",
}


@dataclass(frozen=True)
class Scores(Change):
    """A wrong gradient of the scores; the right one is p - y, with y one-hot."""

    how: str

    name = "wrong gradient of the scores"
    why = (
        "Of softmax and cross-entropy together the gradient is p - y: 1 is subtracted from the target's"
        " entry alone."
    )
    seen = "any weights"

    @classmethod
    def at(cls, site: Site, cell: CellMap) -> Iterator[Scores]:
        """At softmax cross-entropy."""
        if site.kind is SoftmaxCrossEntropy and site.input == "o":
            for how in HOW:
                yield cls(how)

    def local(self, tape: Tape, edge: Edge) -> Callable[[Array], Array]:
        p = Softmax.forward(edge.arrays[0])
        wrong: dict[str, Callable[[Array, Array], Array]] = {
            "p": lambda dy, d: dy * p,
            "-y": lambda dy, d: d - dy * p,
            "p-1": lambda dy, d: dy * (p - 1),
            "softmax": lambda dy, d: d * p * (1 - p),
            "y-p": lambda dy, d: -d,
        }
        return lambda dy: wrong[self.how](np.expand_dims(dy, -1), edge.right(dy))

    def words(self, site: Site) -> str:
        return HOW[self.how]
