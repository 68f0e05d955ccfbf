"""Find the mistakes that give a student's gradients: one alone, or the fewest together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from time import process_time

import numpy as np

from teachrnn.array import Array
from teachrnn.diagnosis.catalogue import Catalogue
from teachrnn.diagnosis.columns import columns
from teachrnn.diagnosis.instance import GradientsByName, Instance
from teachrnn.diagnosis.joined_sweeps import JoinedSweeps, Known, PairsSwept
from teachrnn.diagnosis.mistake import Mistake, SweepMistake
from teachrnn.diagnosis.reading import Spec, SweepsDone
from teachrnn.diagnosis.sweeps import Sweeps

RIGHT = SweepMistake("nothing is wrong with the sweep", ())
MOST = 2
"""Of mistakes in single parameters, so many are looked for beside one of the sweep."""
FEWEST, MOST_AT_ONCE = 1_000, 16_000
"""Pairs that are tried together: few at first, as the first are the likeliest."""


@dataclass(frozen=True)
class Explanation:
    """Mistakes that together give the student's numbers.

    Attributes
    ----------
    mistakes : tuple of Mistake
        None for right code.
    error : float
        The largest difference that is left, in units of rounding.
    """

    mistakes: tuple[Mistake, ...]
    error: float

    @property
    def weight(self) -> tuple[int, int]:
        """How far-fetched it is: fewer mistakes first."""
        return len(self.mistakes), sum(m.weight for m in self.mistakes)


class Match:
    """A student's gradients on several instances against the mistakes of the cell.

    Parameters
    ----------
    catalogue : Catalogue
        The mistakes.
    instances : sequence of Instance
        What the student's code was run on, small ones first.
    given : sequence of mapping
        The student's gradients on each, by the names of the parameters; of some, or of all.
    tolerance : float
        What right code may differ by, in units of `Instance.units`.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        instances: Sequence[Instance],
        given: Sequence[GradientsByName],
        tolerance: float,
    ) -> None:
        self.catalogue, self.tolerance = catalogue, tolerance
        self.names = sorted(set.intersection(*(set(g) for g in given)) & set(instances[0].tape.uses))
        pairs = list(zip(instances, given, strict=True))
        self.errors = [self._errors_of_right(instance, own) for instance, own in pairs]
        wrong_first = sorted(range(len(pairs)), key=lambda i: max(self.errors[i].values()) <= tolerance)
        self.pairs = [pairs[i] for i in wrong_first]
        self.every_pair = True
        """Whether no search for two mistakes was given up."""

    @property
    def right(self) -> bool:
        """Whether every gradient is right on every instance."""
        return all(error <= self.tolerance for errors in self.errors for error in errors.values())

    @cached_property
    def _right_names(self) -> set[str]:
        """The parameters whose gradients are right on every instance."""
        return {n for n in self.names if all(errors[n] <= self.tolerance for errors in self.errors)}

    def _errors_of_right(self, instance: Instance, own: GradientsByName) -> dict[str, float]:
        found = {}
        for name in self.names:
            difference = np.abs(np.asarray(own[name], dtype=float) - instance.gradients[name])
            largest = float(difference.max(initial=0.0))
            found[name] = largest / instance.units[name] if np.isfinite(largest) else np.inf
        return found

    # One mistake of the sweep, or none, and what is left in single parameters -------------------

    def explanations(self) -> list[Explanation]:
        """The explanations with the fewest mistakes, the least far-fetched first."""
        if self.right:
            return [Explanation((), max(max(e.values()) for e in self.errors))]
        rows = [RIGHT, *self.catalogue.sweep]
        found = [*self._with_right_sums(rows), *self._with_wrong_sums([RIGHT])]
        if min((len(e.mistakes) for e in found), default=3) > 1:
            found += self._with_wrong_sums(self.catalogue.sweep)
        fewest = min((len(e.mistakes) for e in found), default=0)
        return sorted((e for e in found if len(e.mistakes) == fewest), key=lambda e: e.weight)

    def _with_right_sums(self, rows: Sequence[SweepMistake]) -> list[Explanation]:
        """Mistakes of the sweep that explain everything."""
        rows, errors = list(rows), np.zeros(len(rows))
        for instance, own in self.pairs:
            sweeps = _sweeps(instance, rows)
            worst = np.where(sweeps.impossible, np.inf, 0.0)
            for name in self.names:
                worst = np.maximum(worst, self._errors(instance, own, name, None, sweeps))
            errors = np.maximum(errors, worst)
            kept = np.flatnonzero(errors <= self.tolerance)
            rows, errors = [rows[i] for i in kept], errors[kept]
            if not rows:
                return []
        return [
            Explanation((row,), float(e)) for row, e in zip(rows, errors, strict=True) if row != RIGHT
        ]

    def _errors(
        self, instance: Instance, own: GradientsByName, name: str, spec: Spec | None, sweeps: SweepsDone
    ) -> Array:
        """How far every sweep is from the student's gradient, in units of rounding, if it is near."""
        reading = instance.reading(name, spec)
        if reading is None:
            return np.full(sweeps.count, np.inf)
        given = np.asarray(own[name], dtype=float).ravel()
        return reading.errors(sweeps, given, instance.units[name], self.tolerance)

    def _with_wrong_sums(self, rows: Sequence[SweepMistake]) -> list[Explanation]:
        """For each sweep, the fewest wrong sums that explain the rest."""
        specs: set[tuple[str, Spec | None]] = {(name, None) for name in self.names}
        specs |= {pair for m in self.catalogue.parameter for pair in m.specs if pair[0] in self.names}
        live: dict[tuple[str, Spec | None], Array] = {pair: np.zeros(len(rows)) for pair in specs}
        rows = list(rows)
        for instance, own in self.pairs:
            sweeps = _sweeps(instance, rows)
            for (name, spec), so_far in live.items():
                if (so_far <= self.tolerance).any():
                    now = self._errors(instance, own, name, spec, sweeps)
                    live[name, spec] = np.maximum(so_far, now)
            possible = ~sweeps.impossible
            for name in self.names:
                of_name = [errors for (n, _), errors in live.items() if n == name]
                possible &= np.min(of_name, axis=0) <= self.tolerance
            kept = np.flatnonzero(possible)
            rows = [rows[i] for i in kept]
            live = {
                pair: errors[kept]
                for pair, errors in live.items()
                if (errors[kept] <= self.tolerance).any() or pair[1] is None
            }
            if not rows:
                return []
        return [e for i, row in enumerate(rows) for e in self._covers(row, i, live)]

    def _covers(
        self, row: SweepMistake, i: int, live: dict[tuple[str, Spec | None], Array]
    ) -> Iterator[Explanation]:
        """Wrong sums that explain every parameter that the sweep alone does not."""
        matches = {
            pair: float(errors[i]) for pair, errors in live.items() if errors[i] <= self.tolerance
        }
        wrong = {name for name in self.names if (name, None) not in matches}
        swept = () if row == RIGHT else (row,)
        if swept and wrong & self._right_names:  # a second mistake would have to undo the first
            return
        fitting = [
            m
            for m in self.catalogue.parameter
            if m.parameters & wrong and all(pair in matches for pair in m.specs if pair[0] in self.names)
        ]
        for many in range(1, MOST + 1):
            found = False
            for some in combinations(fitting, many):
                together: set[str] = set().union(*(m.parameters for m in some))
                if wrong <= together and sum(len(m.parameters) for m in some) == len(together):
                    found = True
                    error = max([matches[p] for m in some for p in m.specs if p in matches], default=0.0)
                    yield Explanation((*swept, *some), error)
            if found:
                return

    # Two mistakes of the sweep ------------------------------------------------------------------

    def pairs_of_sweep_mistakes(self, seconds: float) -> list[Explanation]:
        """Two mistakes of the sweep that explain everything together.

        They are tried in the order of how much of the student's numbers one of them explains. Whether
        all were tried is in `every_pair` then.

        Parameters
        ----------
        seconds : float
            When to give up, in seconds of the processor.
        """
        began = process_time()
        instance, own = self._telling()
        rows = self._distinct(instance, own)
        joined = JoinedSweeps(instance.tape, rows, self._known(instance, own))
        for first, second in _in_portions(joined.apart):
            proven = self._proven_of(joined.run(first, second), instance, own, rows)
            if proven:
                return sorted(proven, key=lambda e: e.weight)
            if process_time() - began > seconds:
                self.every_pair = False
                break
        return []

    def _telling(self) -> tuple[Instance, GradientsByName]:
        """The smallest instance in which steps, and units, can be told apart, if there is one."""

        def worth(pair: tuple[Instance, GradientsByName]) -> tuple[bool, int, int]:
            instance, _ = pair
            return instance.T > 2 and instance.model.hidden > 1, -instance.B, -instance.T

        return max(self.pairs, key=worth)

    def _known(self, instance: Instance, own: GradientsByName) -> dict[int, Known]:
        """The gradients of operations that can be read out of the student's."""
        found = {}
        for op, column in columns(instance, {name: own[name] for name in self.names}):
            near = self.tolerance * instance.units[column.table]
            found[op.index] = Known(column.data, near, self.tolerance)
        return found

    def _distinct(self, instance: Instance, own: GradientsByName) -> list[SweepMistake]:
        """The mistakes of the sweep, those that explain most first, and of like numbers one."""
        rows = self.catalogue.sweep
        sweeps = _sweeps(instance, rows)
        explained, numbers = np.zeros(len(rows)), []
        base = _sweeps(instance, [RIGHT])
        for name in self.names:
            reading = instance.reading(name, None)
            assert reading is not None
            target = np.asarray(own[name], dtype=float).ravel()
            near = self.tolerance * instance.units[name]
            d = reading.of(sweeps)
            already = np.abs(reading.of(base) - target) <= near
            hits = np.abs(d - target) <= near
            explained += (hits & ~already).sum(axis=1) - (~hits & already).sum(axis=1)
            numbers.append(np.round(d / instance.units[name], 9))
        flat = np.concatenate(numbers, axis=1)
        seen: set[bytes] = {
            np.concatenate(
                [np.round(instance.gradients[n].ravel() / instance.units[n], 9) for n in self.names]
            ).tobytes()
        }
        found = []
        for i in sorted(range(len(rows)), key=lambda i: (-explained[i], rows[i].weight)):
            key = (flat[i] + 0.0).tobytes()
            if not sweeps.impossible[i] and np.isfinite(flat[i]).all() and key not in seen:
                seen.add(key)
                found.append(rows[i])
        return found

    def _proven_of(
        self, found: PairsSwept, instance: Instance, own: GradientsByName, rows: Sequence[SweepMistake]
    ) -> list[Explanation]:
        """Of pairs on an instance, those that explain all of them, with the first mistake in common."""
        if not found.count:
            return []
        errors = [self._errors(instance, own, name, None, found) for name in self.names]
        proven: list[Explanation] = []
        before = -1
        for i in np.flatnonzero(np.max(errors, axis=0) <= self.tolerance):
            if proven and found.first[i] != before:
                break
            before = found.first[i]
            proven += self._proven(rows[before], rows[found.second[i]])
        return proven

    def _proven(self, first: SweepMistake, second: SweepMistake) -> list[Explanation]:
        """The two together, if they explain every instance."""
        losses = second.losses if first.losses == "all" else first.losses
        joined = SweepMistake("", (*first.changes, *second.changes), losses)
        return [Explanation((first, second), e.error) for e in self._with_right_sums([joined])]


def _sweeps(instance: Instance, rows: Sequence[SweepMistake]) -> Sweeps:
    count = len(instance.trace.losses)
    return Sweeps(instance.tape, [row.edges for row in rows], seeds=[row.seeds(count) for row in rows])


def _in_portions(apart: Array) -> Iterator[tuple[Array, Array]]:
    """All pairs of mistakes that are in different places, in their order: few at first, then many."""
    firsts, seconds, count, most = [], [], 0, FEWEST
    for first, others in enumerate(apart):
        second = first + 1 + np.flatnonzero(others[first + 1 :])
        firsts.append(np.full(len(second), first))
        seconds.append(second)
        count += len(second)
        if count >= most or first == len(apart) - 1:
            yield np.concatenate(firsts), np.concatenate(seconds)
            firsts, seconds, count, most = [], [], 0, min(2 * most, MOST_AT_ONCE)
