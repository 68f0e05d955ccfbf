"""A symbol that occurs several times adds once: += with an array of indices."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from teachrnn.diagnosis.changes.change import Change

if TYPE_CHECKING:
    from teachrnn.array import Array
    from teachrnn.diagnosis.cell_map import CellMap
    from teachrnn.diagnosis.site import Site
    from teachrnn.diagnosis.tape import Edge, Tape


WITHIN = {
    "step": "a time step",
    "T B": "the inputs of all time steps, (T, B)",
    "B T": "the inputs of all time steps, (B, T)",
}


@dataclass(frozen=True)
class CountedOnce(Change):
    """Of several equal indices only the last one adds its term, as in NumPy's ``dU[:, x] += d``."""

    within: str
    """Which indices are in one array, and in which order: a key of `WITHIN`."""

    name = "repeated indices counted once"
    why = (
        "With an array of indices, `dU[:, x] += d` reads all columns first and then writes them: of a"
        " symbol that occurs several times only the last term is kept. `np.add.at(dU.T, x, d)` adds"
        " every one, and so does the product with one-hot vectors."
    )
    seen = "a symbol that occurs more than once, in a batch or in a sequence"
    shows_on_every_input = False

    @classmethod
    def at(cls, site: Site, cell: CellMap) -> Iterator[CountedOnce]:
        """At a matrix of which columns are looked up by number."""
        if not site.flows and any(_is_index(a) for a in cell.tape.example(site).arrays[:-1]):
            for within in WITHIN:
                yield cls(within)

    @property
    def weight(self) -> int:
        return 1 + (self.within != "step")

    def local(self, tape: Tape, edge: Edge) -> Callable[[Array], Array]:
        place = next(i for i, array in enumerate(edge.arrays) if _is_index(array))
        counts = self._counts(tape, edge, place)
        return lambda dy: edge.right(dy * counts[..., None])

    def _counts(self, tape: Tape, edge: Edge, place: int) -> Array:
        """1 where the index is the last of its kind, else 0."""
        own = edge.arrays[place]
        if self.within == "step" or edge.op.t is None:
            steps, here = [own], 0
        else:
            edges = [e for e in tape.edges() if e.site == edge.site]
            edges.sort(key=lambda e: e.op.t or 0)
            steps, here = [e.arrays[place] for e in edges], edges.index(edge)
        indices = np.stack(steps)
        order = indices.T if self.within == "B T" else indices
        flat = order.ravel()
        last = np.array([i not in flat[n + 1 :] for n, i in enumerate(flat)], dtype=float)
        last = last.reshape(order.shape)
        return np.asarray((last.T if self.within == "B T" else last)[here])

    def words(self, site: Site) -> str:
        return f"counts a symbol once that occurs several times in {WITHIN[self.within]}"


def _is_index(array: Array) -> bool:
    return array.dtype.kind in "iu"
