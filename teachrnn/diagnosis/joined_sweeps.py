"""Backward sweeps with two mistakes each, half a million of them in a second.

A mistake changes a few edges, and what it sends there is linear in gradients that are known by then. So
each is made into matrices once, and all pairs are then sent back through the graph together. Where the
gradient of an operation can be read out of a student's numbers, pairs that give another one are dropped
on the spot: few of them get beyond the last time step.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from teachrnn.array import Array
from teachrnn.diagnosis.changes.change import Change
from teachrnn.diagnosis.mistake import SweepMistake
from teachrnn.diagnosis.tape import Edge, Tape
from teachrnn.op import Value

SLACK = 2.0
"""What is read out of a gradient may be off by so many tolerances; who is kept is compared again."""


@dataclass(frozen=True, eq=False)
class Known:
    """The gradient of an operation that can be read out of a student's numbers.

    Attributes
    ----------
    data : ndarray
        The gradient, flat.
    near : float
        What may be off by rounding, where it is not larger than the gradients themselves.
    tolerance : float
        The same, relative to them.
    """

    data: Array
    near: float
    tolerance: float

    def same(self, found: Array) -> Array:
        """Which rows of an array are this gradient."""
        off = np.abs(found - self.data).max(axis=1, initial=0.0)
        size = np.abs(found).max(axis=1, initial=0.0)
        kept: Array = off <= SLACK * np.maximum(self.near, self.tolerance * size)
        return kept


class PairsSwept:
    """The gradients that arrived in the sweeps of the pairs that are left.

    Attributes
    ----------
    first, second : ndarray of int, shape (M,)
        The pairs, by the numbers of their mistakes.
    """

    def __init__(self, first: Array, second: Array) -> None:
        self.first, self.second = first, second
        self.sums: dict[int, Array] = {}
        self.sent: dict[Edge, Array] = {}

    @property
    def count(self) -> int:
        """How many sweeps there are."""
        return len(self.first)

    def arrived(self, value: Value) -> Array:
        """The gradient that arrived at a value in every sweep; zeros where none did."""
        found = self.sums.get(value.index)
        return np.zeros((self.count, value.data.size)) if found is None else found

    def keep(self, kept: Array) -> None:
        """Go on with some of the sweeps."""
        self.first, self.second = self.first[kept], self.second[kept]
        self.sums = {index: d[kept] for index, d in self.sums.items()}
        self.sent = {edge: d[kept] for edge, d in self.sent.items()}


class JoinedSweeps:
    """Mistakes of the sweep as matrices, for any two of them at once.

    Parameters
    ----------
    tape : Tape
        The record.
    mistakes : sequence of SweepMistake
        Any two are made together by their numbers in this sequence.
    known : mapping
        By the index of an operation, its gradient in the student's numbers.
    """

    def __init__(self, tape: Tape, mistakes: Sequence[SweepMistake], known: Mapping[int, Known]) -> None:
        self.tape, self.known = tape, known
        count = len(tape.trace.losses)
        self._losses = np.array([m.seeds(count) or [1.0] * count for m in mistakes])
        at: dict[tuple[str, str], list[tuple[int, Change]]] = {}
        for number, mistake in enumerate(mistakes):
            for place, change in mistake.edges.items():
                at.setdefault(place, []).append((number, change))
        self._ways: dict[Edge, _Ways] = {}
        arrived = {loss.index for loss in tape.trace.losses}
        with np.errstate(all="ignore"):
            for op, edges in tape.steps:
                for edge in edges if op.index in arrived else ():
                    own = at.get((edge.site.op, edge.site.input), [])
                    self._ways[edge] = _Ways(tape, edge, own, len(mistakes), arrived)
                    arrived.add(edge.value.index)
        self._remembered = {
            origin for ways in self._ways.values() for origin in ways.origins if isinstance(origin, Edge)
        }
        places = np.zeros((len(mistakes), len(at) + 1))
        for column, changed in enumerate(at.values()):
            places[[number for number, _ in changed], column] = 1
        places[[m.losses != "all" for m in mistakes], -1] = 1
        self.apart = places @ places.T == 0
        """Which two mistakes are in different places."""

    def run(self, first: Array, second: Array) -> PairsSwept:
        """Go back through the graph with two mistakes in each sweep.

        Parameters
        ----------
        first, second : ndarray of int, shape (M,)
            The mistakes of each sweep, by their numbers, which are in different places.

        Returns
        -------
        PairsSwept
            What arrived in the sweeps that can be made and give what is known.
        """
        found = PairsSwept(first, second)
        for column, loss in enumerate(self.tape.trace.losses):
            weights = self._losses[first, column] * self._losses[second, column]
            found.sums[loss.index] = np.repeat(weights[:, None], loss.data.size, axis=1)
        with np.errstate(all="ignore"):
            for op, edges in self.tape.steps:
                if op.index in self.known and op.index in found.sums:
                    found.keep(np.flatnonzero(self.known[op.index].same(found.sums[op.index])))
                for edge in edges:
                    if edge in self._ways:
                        self._send(found, edge, self._ways[edge])
        return found

    def _send(self, found: PairsSwept, edge: Edge, ways: _Ways) -> None:
        impossible = ways.impossible[found.first] | ways.impossible[found.second]
        if impossible.any():
            found.keep(np.flatnonzero(~impossible))
        d = found.sums[edge.op.index] @ ways.right
        for mistakes in (found.first, found.second):
            ways.change(d, mistakes, found)
        if edge in self._remembered:
            found.sent[edge] = d
        index = edge.value.index
        found.sums[index] = found.sums[index] + d if index in found.sums else d


class _Ways:
    """What an edge sends, rightly and with every mistake that changes it, as matrices.

    Attributes
    ----------
    right : ndarray
        From the gradient of the operation to what belongs there.
    impossible : ndarray of bool
        The mistakes that cannot be made there.
    origins : list of Value or Edge
        Where wrong terms take a gradient from.
    """

    def __init__(
        self,
        tape: Tape,
        edge: Edge,
        changed: Sequence[tuple[int, Change]],
        count: int,
        arrived: set[int],
    ) -> None:
        matrix = _matrix(edge.right, edge.op, edge.value)
        assert matrix is not None
        self.right = matrix
        self.impossible = np.zeros(count, dtype=bool)
        self._changed = np.zeros(count, dtype=bool)
        self._of: list[tuple[Value | Edge, Array, Array]] = []
        self.origins: list[Value | Edge] = []
        by: dict[Value | Edge, list[tuple[int, Array]]] = {}
        for number, change in changed:
            self._changed[number] = True
            portions = change.portions(tape, edge)
            if portions is None or (portions and not _there(portions[0][0], arrived)):
                self.impossible[number] = True
                continue
            for origin, local in portions:
                if not _there(origin, arrived):
                    continue
                matrix = (
                    self.right if local == edge.right else _matrix(local, _source(origin), edge.value)
                )
                if matrix is None:
                    self.impossible[number] = True
                    break
                by.setdefault(origin, []).append((number, matrix))
        for origin, several in by.items():
            place = np.full(count, -1)
            place[[number for number, _ in several]] = np.arange(len(several))
            self._of.append((origin, place, np.array([m for _, m in several])))
            self.origins.append(origin)

    def change(self, d: Array, mistakes: Array, found: PairsSwept) -> None:
        """Put what wrong sweeps send in the place of what is right."""
        wrong = np.flatnonzero(self._changed[mistakes])
        if not wrong.size:
            return
        own = mistakes[wrong]
        sent = np.zeros((len(wrong), d.shape[1]))
        for origin, place, matrices in self._of:
            which = place[own]
            here = np.flatnonzero(which >= 0)
            if here.size:
                dy = found.sent[origin] if isinstance(origin, Edge) else found.sums[origin.index]
                sent[here] += np.matmul(dy[wrong[here], None, :], matrices[which[here]])[:, 0]
        d[wrong] = sent


def _there(origin: Value | Edge, arrived: set[int]) -> bool:
    """Whether something has arrived, or has been sent, when the sweep comes to an edge."""
    return (origin.op if isinstance(origin, Edge) else origin).index in arrived


def _source(origin: Value | Edge) -> Value:
    return origin.value if isinstance(origin, Edge) else origin


def _matrix(local: Callable[[Array], Array], source: Value, value: Value) -> Array | None:
    """A linear function as a matrix; None where what it gives has another shape than the value."""
    units = np.eye(source.data.size).reshape(-1, *source.shape)
    rows = [local(unit) for unit in units]
    if any(row.shape != value.shape for row in rows):
        return None
    return np.array(rows).reshape(len(rows), -1)
