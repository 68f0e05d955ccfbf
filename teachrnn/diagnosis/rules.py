"""With the gradients of intermediate values at hand: every rule of the backward pass judged by itself.

Code that shows its da, dh, do can be judged rule by rule: what it should have computed from *its own*
numbers. A mistake early on the way back then makes nothing else wrong, and any number of mistakes are
told apart, one search each.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from teachrnn.array import Array
from teachrnn.diagnosis.catalogue import Catalogue
from teachrnn.diagnosis.description import Description, describe
from teachrnn.diagnosis.instance import Instance
from teachrnn.diagnosis.mistake import SweepMistake
from teachrnn.diagnosis.site import timeless
from teachrnn.diagnosis.sweeps import RowOfMany, Sweeps
from teachrnn.diagnosis.tape import Edge
from teachrnn.op import Value


@dataclass(frozen=True)
class WrongRule:
    """A rule of the backward pass that code does not follow.

    Attributes
    ----------
    value : str
        Whose gradient is wrong, without the time: ``a``.
    steps : list of int
        At which time steps.
    expected, given : ndarray
        At the first of them on the way back: what follows from the code's own numbers, and what it has.
    mistakes : list of Description
        The known mistakes that give the code's numbers at every step, the least far-fetched first.
    """

    value: str
    steps: list[int]
    expected: Array
    given: Array
    mistakes: list[Description]

    def __str__(self) -> str:
        steps = ", ".join(map(str, self.steps))
        most = (
            f" {self.mistakes[0].title[0].upper()}{self.mistakes[0].title[1:]}." if self.mistakes else ""
        )
        return f"d{self.value} is wrong by itself at t = {steps}.{most}"


def wrong_rules(
    instance: Instance,
    given: Mapping[str, Array],
    catalogue: Catalogue,
    tolerance: float,
) -> list[WrongRule]:
    """Judge the gradient of every value that the code shows, from its own numbers.

    Parameters
    ----------
    instance : Instance
        On which numbers it was run.
    given : mapping
        Its gradients by the name of the value, time first: ``{"a": (T, m), "h": ..., "o": ...}``.
    catalogue : Catalogue
        The mistakes to look for.
    tolerance : float
        What right code may differ by, relative to the largest number in the rule.

    Returns
    -------
    list of WrongRule
        In the order in which the backward pass comes to them; empty if every rule is followed.
    """
    forced = _Forced(instance, given)
    wrong = {name: forced.wrong_steps(name, tolerance) for name in given}
    names = sorted((n for n in wrong if wrong[n]), key=lambda n: forced.order(n))
    return [
        WrongRule(
            name,
            sorted(wrong[name]),
            forced.expected[name, max(wrong[name])],
            np.asarray(given[name][max(wrong[name]) - 1], dtype=float),
            [describe(m) for m in forced.explaining(name, catalogue, tolerance)],
        )
        for name in names
    ]


class _Forced(Sweeps):
    """A backward sweep in which the code's gradients replace ours as soon as both are known."""

    def __init__(self, instance: Instance, given: Mapping[str, Array]) -> None:
        self.given = {name: np.asarray(d, dtype=float) for name, d in given.items()}
        self.expected: dict[tuple[str, int], Array] = {}
        super().__init__(instance.tape, [{}])

    def _pass_on(self, op, edges, changed):  # type: ignore[no-untyped-def]
        name, t = timeless(op), op.t
        if name in self.given and t is not None:
            self.expected[name, t] = self.sums[op.index][0]
            self.sums[op.index] = self.given[name][t - 1][None]
        super()._pass_on(op, edges, changed)

    def order(self, name: str) -> int:
        """When the backward pass comes to a value."""
        return next(i for i, (op, _) in enumerate(self.tape.steps) if timeless(op) == name)

    def wrong_steps(self, name: str, tolerance: float) -> set[int]:
        """Time steps at which the code's gradient does not follow from its own numbers."""
        return {
            t
            for (n, t), d in self.expected.items()
            if n == name and not self._same(d, self.given[name][t - 1], tolerance)
        }

    def _same(self, a: Array, b: Array, tolerance: float) -> bool:
        size = max(np.abs(a).max(initial=0.0), np.abs(b).max(initial=0.0), 1e-300)
        return bool(np.abs(a - b).max(initial=0.0) <= 100 * tolerance * size)

    def explaining(self, name: str, catalogue: Catalogue, tolerance: float) -> Iterator[SweepMistake]:
        """Mistakes at the edges into a value that give the code's gradient at every step."""
        into: dict[int, list[tuple[Edge, Array]]] = {
            i: parts for i, parts in self.parts.items() if timeless(self.tape.trace[i]) == name
        }
        for mistake in sorted(catalogue.sweep, key=lambda m: m.weight):
            here = mistake.changes and all(site.of == name for site, _ in mistake.changes)
            if here and all(self._explains(mistake, i, parts, tolerance) for i, parts in into.items()):
                yield mistake

    def _explains(
        self, mistake: SweepMistake, index: int, parts: list[tuple[Edge, Array]], tolerance: float
    ) -> bool:
        value: Value = self.tape.trace[index]
        t = value.t
        if not t or timeless(value) not in self.given:
            return True
        sent = []
        for edge, part in parts:
            change = mistake.edges.get((edge.site.op, edge.site.input))
            wrong = part[0] if change is None else change.send(RowOfMany(self, 0), edge)
            if wrong is None:
                return False
            sent.append(wrong)
        total: Array = sum(sent[1:], start=sent[0])
        return self._same(total, self.given[timeless(value)][t - 1], tolerance)
