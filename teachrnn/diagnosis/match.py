"""Find the mistakes that give a student's gradients: one alone, or the fewest together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from time import process_time

import numpy as np

from teachrnn.array import Array
from teachrnn.diagnosis.catalogue import Catalogue
from teachrnn.diagnosis.instance import GradientsByName, Instance
from teachrnn.diagnosis.mistake import Mistake, SweepMistake
from teachrnn.diagnosis.reading import Spec
from teachrnn.diagnosis.sweeps import Sweeps

RIGHT = SweepMistake("nothing is wrong with the sweep", ())
MOST = 2
"""Of mistakes in single parameters, so many are looked for beside one of the sweep."""


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

    @property
    def right(self) -> bool:
        """Whether every gradient is right on every instance."""
        return all(error <= self.tolerance for errors in self.errors for error in errors.values())

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
        self, instance: Instance, own: GradientsByName, name: str, spec: Spec | None, sweeps: Sweeps
    ) -> Array:
        """How far every sweep is from the student's gradient, in units of rounding."""
        reading = instance.reading(name, spec)
        if reading is None:
            return np.full(sweeps.count, np.inf)
        with np.errstate(all="ignore"):
            d, size = reading.with_size(sweeps)
            difference = np.abs(d - np.asarray(own[name], dtype=float).ravel()).max(axis=1, initial=0.0)
            error = difference / np.maximum(size, instance.units[name])
        return np.where(np.isfinite(error), error, np.inf)

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

        The first is tried in the order of how much of the student's numbers it explains; all others are
        then tried beside it at once.

        Parameters
        ----------
        seconds : float
            When to give up. The mistakes that come first in the order are tried first.
        """
        began = process_time()
        instance, own = self._telling()
        rows = self._distinct(instance, own)
        for first in rows:
            beside = [m for m in rows if not set(m.edges) & set(first.edges) and m.losses == "all"]
            joined = [SweepMistake("", (*first.changes, *m.changes), first.losses) for m in beside]
            found = [beside[i] for i in self._explaining(instance, own, joined)]
            proven = [e for second in found if (e := self._proven(first, second)) is not None]
            if proven:
                return sorted(proven, key=lambda e: e.weight)
            if process_time() - began > seconds:
                break
        return []

    def _telling(self) -> tuple[Instance, GradientsByName]:
        """The smallest instance in which time steps can be told apart, if there is one."""
        long = [pair for pair in self.pairs if pair[0].T > 2]
        return min(long or self.pairs, key=lambda pair: (pair[0].B, pair[0].T))

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

    def _explaining(
        self, instance: Instance, own: GradientsByName, rows: Sequence[SweepMistake]
    ) -> list[int]:
        sweeps = _sweeps(instance, rows)
        left = np.flatnonzero(~sweeps.impossible)
        for name in self.names:
            if left.size:
                errors = self._errors(instance, own, name, None, sweeps)
                left = left[errors[left] <= self.tolerance]
        return [int(i) for i in left]

    def _proven(self, first: SweepMistake, second: SweepMistake) -> Explanation | None:
        """The two together, if they explain every instance."""
        joined = SweepMistake("", (*first.changes, *second.changes), first.losses)
        found = self._with_right_sums([joined])
        return Explanation((first, second), found[0].error) if found else None


def _sweeps(instance: Instance, rows: Sequence[SweepMistake]) -> Sweeps:
    count = len(instance.trace.losses)
    return Sweeps(instance.tape, [row.edges for row in rows], seeds=[row.seeds(count) for row in rows])
