"""Many backward sweeps at once, each with a mistake of its own.

The sweeps lie along a new first axis. Every edge is asked once, for all of them, and only the rows in
which it is changed are done one by one: two thousand sweeps of an LSTM take as long as fifty.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np

from teachrnn.array import Array
from teachrnn.diagnosis.changes.change import Change
from teachrnn.diagnosis.tape import Edge, Tape
from teachrnn.op import Op, Value

Changes = Mapping[tuple[str, str], Change]
"""What is changed in a sweep: by the name of the operation and that of its input."""


class Sweeps:
    """Backward sweeps of one trace.

    Parameters
    ----------
    tape : Tape
        The record.
    mutants : sequence of mapping
        For each sweep, what is changed in it; an empty one is the right sweep.
    seeds : sequence of sequence of float, optional
        For each sweep the weight of each loss; by default every loss counts once.

    Attributes
    ----------
    impossible : ndarray of bool, shape (M,)
        Sweeps whose change could not be made: a gradient was not there yet, or had another shape.
    sums : dict
        For each result, by index, the gradients that arrived in every sweep, shape (M, ...).
    """

    def __init__(
        self,
        tape: Tape,
        mutants: Sequence[Changes],
        *,
        seeds: Sequence[Sequence[float] | None] | None = None,
    ) -> None:
        self.tape, self.count = tape, len(mutants)
        self.impossible = np.zeros(self.count, dtype=bool)
        self.sums: dict[int, Array] = {}
        self.parts: dict[int, list[tuple[Edge, Array]]] = {}
        changed: dict[tuple[str, str], list[tuple[int, Change]]] = {}
        for row, changes in enumerate(mutants):
            for place, change in changes.items():
                changed.setdefault(place, []).append((row, change))
        self._start(seeds)
        with np.errstate(all="ignore"):
            for op, edges in tape.steps:
                if op.index in self.sums:
                    self._pass_on(op, edges, changed)

    def _start(self, seeds: Sequence[Sequence[float] | None] | None) -> None:
        losses = self.tape.trace.losses
        weights = np.ones((self.count, len(losses)))
        for row, own in enumerate(seeds or ()):
            if own is not None:
                weights[row] = own
        for column, loss in enumerate(losses):
            ones = np.ones((self.count, *loss.shape))
            self.sums[loss.index] = ones * weights[:, column].reshape(-1, *(1,) * len(loss.shape))

    def _pass_on(
        self, op: Op, edges: list[Edge], changed: dict[tuple[str, str], list[tuple[int, Change]]]
    ) -> None:
        dy = self.sums[op.index]
        wide = [
            a if name in op.shared else np.broadcast_to(a, (self.count, *a.shape))
            for name, a in zip(
                (*op.inputs, op.output), (*(v.data for v in op.operands), op.data), strict=True
            )
        ]
        for edge in edges:
            d = edge.gradient(dy, *wide)
            own = changed.get((edge.site.op, edge.site.input), ())
            if own:
                d = np.array(d)  # a derivative may hand on dy itself
            for row, change in own:
                sent = change.send(RowOfMany(self, row), edge)
                if sent is None:
                    self.impossible[row] = True
                else:
                    d[row] = sent
            index = edge.value.index
            self.sums[index] = self.sums[index] + d if index in self.sums else np.array(d)
            self.parts.setdefault(index, []).append((edge, d))

    def arrived(self, value: Value) -> Array:
        """The gradient that arrived at a value in every sweep; zeros where none did."""
        found = self.sums.get(value.index)
        return np.zeros((self.count, *value.shape)) if found is None else found


class Row(Protocol):
    """One sweep, as a change sees it while it goes on."""

    @property
    def tape(self) -> Tape:
        """The record."""

    def arrived(self, value: Value) -> Array | None:
        """The gradient that has arrived at a value so far."""

    def sent_along(self, edge: Edge) -> Array | None:
        """What an edge has sent."""


class RowOfMany(Row):
    """One of many sweeps at once."""

    __slots__ = ("number", "sweeps")

    def __init__(self, sweeps: Sweeps, number: int) -> None:
        self.sweeps, self.number = sweeps, number

    @property
    def tape(self) -> Tape:
        """The record."""
        return self.sweeps.tape

    def arrived(self, value: Value) -> Array | None:
        """The gradient that has arrived at a value so far."""
        found = self.sweeps.sums.get(value.index)
        return None if found is None else found[self.number]

    def sent_along(self, edge: Edge) -> Array | None:
        """What an edge has sent."""
        found = (d for e, d in self.sweeps.parts.get(edge.value.index, ()) if e is edge)
        d = next(found, None)
        return None if d is None else d[self.number]
