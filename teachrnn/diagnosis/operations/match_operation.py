"""Find the slips that give a student's gradient of an operation: one for each input, or two."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from time import process_time

import numpy as np

from teachrnn.array import Array
from teachrnn.diagnosis.description import describe
from teachrnn.diagnosis.match import Explanation
from teachrnn.diagnosis.mistake import WrittenMistake
from teachrnn.diagnosis.operations.done_to_it import EXCHANGED, ways
from teachrnn.diagnosis.operations.operation_case import OperationCase
from teachrnn.diagnosis.operations.slips_of_operation import gradient_of_input, letters_of, slips
from teachrnn.diagnosis.slips import WrongFormula, wrong_formulas
from teachrnn.formulas.text import text

OperationGradients = Mapping[str, Array]
MOST_TIES = 5
"""So many explanations are listed."""


@dataclass(frozen=True)
class Found:
    """A mistake in one gradient, or two, and what error they leave."""

    mistakes: tuple[WrittenMistake, ...]
    error: float


class OperationMatch:
    """A student's gradients of an operation against the slips in its formulas.

    Parameters
    ----------
    cases : sequence of OperationCase
        On which numbers.
    given : sequence of mapping
        The student's gradients on each, by our names of the inputs.
    tolerance : float
        What right code may differ by, in units of rounding.
    """

    def __init__(
        self, cases: Sequence[OperationCase], given: Sequence[OperationGradients], tolerance: float
    ) -> None:
        self.cases, self.given, self.tolerance = list(cases), list(given), tolerance
        self.op = cases[0].op
        own = set.intersection(*(set(g) for g in given))
        self.names = [name for name in cases[0].gradients if name in own]

    def errors(self, name: str) -> list[float]:
        """How far the student's gradient is from the right one on every case."""
        return [
            _error(case.gradients[name], own[name], case.units[name])
            for case, own in zip(self.cases, self.given, strict=True)
        ]

    def explanations(self, wrong: Sequence[str], seconds: float) -> list[Explanation]:
        """What explains the gradients of these inputs; none if one of them stays unexplained.

        Parameters
        ----------
        wrong : sequence of str
            The inputs whose gradients are wrong.
        seconds : float
            How long to look for two slips in one formula.
        """
        single = {name: sorted(self._singles(name), key=_weight) for name in wrong}
        for name in wrong:
            single[name] = single[name] or sorted(self._doubles(name, seconds), key=_weight)
        if not all(single.values()):
            return []
        first = {name: found[0] for name, found in single.items()}
        every = [first]
        for name, found in single.items():
            every += [{**first, name: other} for other in found[1:]]
        of_others = {
            name: [f for f in found if f.mistakes[0].name == EXCHANGED] for name, found in single.items()
        }
        if len(wrong) == 2 and all(of_others.values()):
            every.insert(0, {name: found[0] for name, found in of_others.items()})
        made = sorted((Explanation(*_together(one)) for one in every), key=lambda e: len(e.mistakes))
        unique = {tuple(describe(m).title for m in e.mistakes): e for e in reversed(made)}
        near = made[0].weight[1] + 1
        alike = [e for e in reversed(unique.values()) if len(e.mistakes) == len(made[0].mistakes)]
        return [e for e in alike if e.weight[1] <= near][:MOST_TIES]

    def _singles(self, name: str) -> Iterator[Found]:
        for wrong in slips(self.op, name):
            error = self._left(name, lambda case, w=wrong: self._value(case, name, w))  # type: ignore[misc]
            if error is not None:
                yield Found((self._written(name, wrong),), error)
        yield from self._done_to_it(name)

    def _doubles(self, name: str, seconds: float) -> Iterator[Found]:
        began = process_time()
        letters = letters_of(self.op, name)
        seen = set()
        for first in slips(self.op, name):
            for second in wrong_formulas(first.formula, letters):
                if second.formula in seen or (first.slip is second.slip and second.weight > 1):
                    continue
                seen.add(second.formula)
                error = self._left(name, lambda case, w=second: self._value(case, name, w))  # type: ignore[misc]
                if error is not None:
                    line = f"d{name} = {text(second.formula)}"
                    one, two = (self._written(name, w, line) for w in (first, second))
                    yield Found((one, two), error)
            if process_time() - began > seconds:
                return

    def _done_to_it(self, name: str) -> Iterator[Found]:
        given = [own[name] for own in self.given]
        for way in ways(self.cases, given, name):
            error = self._left(name, way.of)
            if error is not None:
                mistake = WrittenMistake(f"d{name} {way.words}", way.name, way.why, weight=way.weight)
                yield Found((mistake,), error)

    def _value(self, case: OperationCase, name: str, wrong: WrongFormula) -> Array | None:
        return case.value(wrong.formula, case.gradients[name], shared=name in self.op.shared)

    def _left(self, name: str, of: Callable[[OperationCase], Array | None]) -> float | None:
        """The largest error that an explanation leaves; None if it does not explain some case."""
        worst = 0.0
        for case, own in sorted(
            zip(self.cases, self.given, strict=True), key=lambda pair: pair[0].N == 1
        ):
            wrong = of(case)
            if wrong is None:
                return None
            size = float(np.abs(wrong).max(initial=0.0))
            if not np.isfinite(size):
                return None
            error = _error(wrong, own[name], max(case.units[name], size))
            if not error <= self.tolerance:
                return None
            worst = max(worst, error)
        return worst

    def _written(self, name: str, wrong: WrongFormula, line: str = "") -> WrittenMistake:
        right = gradient_of_input(self.op, name)
        assert right is not None
        slip = wrong.slip
        return WrittenMistake(
            f"d{name} {wrong.words}",
            slip.name,
            slip.why,
            slip.seen,
            f"d{name} = {text(right)}",
            line or f"d{name} = {text(wrong.formula)}",
            wrong.weight,
        )


def _weight(found: Found) -> int:
    return sum(m.weight for m in found.mistakes)


def _together(found: Mapping[str, Found]) -> tuple[tuple[WrittenMistake, ...], float]:
    """The mistakes of all inputs; one that is made in several of them is one mistake."""
    by_words: dict[str, list[tuple[str, WrittenMistake]]] = {}
    for name, one in found.items():
        for mistake in one.mistakes:
            by_words.setdefault(mistake.title.removeprefix(f"d{name} "), []).append((name, mistake))
    mistakes = []
    for words, several in by_words.items():
        names = [name for name, _ in several]
        mistake = several[0][1]
        if len(names) > 1:
            joined = ", ".join(f"d{n}" for n in names[:-1]) + f" and d{names[-1]}"
            mistake = WrittenMistake(
                f"each of {joined} {words}",
                mistake.name,
                mistake.why,
                mistake.seen,
                weight=mistake.weight,
            )
        mistakes.append(mistake)
    exchanged = [m for m in mistakes if m.name == EXCHANGED]
    if len(exchanged) == 2:
        a, b = (m.title.split()[0] for m in exchanged)
        both = WrittenMistake(f"{a} and {b} are exchanged", exchanged[0].name, exchanged[0].why)
        mistakes = [both, *(m for m in mistakes if m not in exchanged)]
    return tuple(mistakes), max(one.error for one in found.values())


def _error(expected: Array, own: Array, unit: float) -> float:
    difference = float(np.abs(np.asarray(own, dtype=float) - expected).max(initial=0.0))
    return difference / unit if np.isfinite(difference) else np.inf
