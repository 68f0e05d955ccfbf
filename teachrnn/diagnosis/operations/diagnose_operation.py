"""Compare a student's operation with ours, and find out what is wrong with its gradient."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import DTypeLike

from teachrnn.array import Array
from teachrnn.diagnosis.description import describe
from teachrnn.diagnosis.diagnosis import Diagnosis
from teachrnn.diagnosis.entry import entry_of
from teachrnn.diagnosis.match import Explanation
from teachrnn.diagnosis.operations.match_operation import OperationMatch
from teachrnn.diagnosis.operations.operation_case import OperationCase
from teachrnn.diagnosis.operations.slips_of_operation import slips, slips_forward
from teachrnn.diagnosis.rounding import TOLERANCE
from teachrnn.diagnosis.smallest import Smallest
from teachrnn.diagnosis.verdict import Compared, verdict_of
from teachrnn.op import Op

DrawOperation = Callable[..., OperationCase]
"""From N, sizes and a seed to a case that the code can answer."""

PROBES = ((1, (2, 2, 2, 2), 1), (2, (4, 3, 5, 6), 2), (5, (3, 2, 4, 5), 3), (3, (3, 3, 3, 3), 4))
"""N, lengths of axes, seed: one row, several, more rows than symbols, square matrices."""
FURTHER = tuple((N, (N + 1, N + 2, N + 3, N + 4), 50 + N) for N in (1, 2, 3, 4, 6))
SMALLEST = ((1, (1, 1, 2, 2), 1), (1, (2, 2, 2, 2), 2), (2, (1, 1, 2, 2), 3), (2, (2, 2, 2, 2), 4))
SAME_VALUE = {np.dtype(np.float64): 1e-9, np.dtype(np.float32): 1e-4}
"""What a right value may differ by, relative to the largest entry; some add 1e-12 under a logarithm."""


@dataclass(frozen=True)
class OperationAnswer:
    """What a student's operation gives on one case.

    Attributes
    ----------
    gradients : dict
        By our names of the inputs, in our axes: those that are returned.
    value : ndarray or None
        What goes forward; None where there is no forward function.
    remarks : list of str
        What was noticed on this call, a sentence each.
    """

    gradients: dict[str, Array]
    value: Array | None = None
    remarks: list[str] = field(default_factory=list)


def diagnose_operation(
    answer: Callable[[OperationCase], OperationAnswer],
    op: type[Op],
    *,
    draw: DrawOperation | None = None,
    dtype: DTypeLike = np.float64,
    seconds: float = 2.0,
    seed: int = 0,
) -> Diagnosis:
    """Find out whether the gradients of an operation are right, and which mistake is in them.

    Parameters
    ----------
    answer : callable
        Runs the student's code on an `OperationCase`.
    op : type of Op
        Which operation it is.
    draw : callable, optional
        Draws a case that the code can answer; by default any.
    dtype : dtype
        In which precision it computes.
    seconds : float
        How long to look for two slips in one formula.
    seed : int
        Of the numbers.

    Returns
    -------
    Diagnosis
        The verdict, and what it rests on.

    Examples
    --------
    >>> from teachrnn import Tanh
    >>> def without_the_square(case):
    ...     return OperationAnswer({"x": case.dy * (1 - case.y)})
    >>> found = diagnose_operation(without_the_square, Tanh)
    >>> found.mistakes[0].title, found.mistakes[0].wrong
    ('dx has y in place of y^2', 'dx = dy ⊙ (1 − y)')
    """
    draw = draw or (lambda **settings: OperationCase.draw(op, **settings))
    cases = [draw(N=N, sizes=sizes, seed=seed + s) for N, sizes, s in PROBES]
    answers = [answer(case) for case in cases]
    tolerance = TOLERANCE[np.dtype(dtype)]
    match = OperationMatch(cases, [a.gradients for a in answers], tolerance)
    compared = []
    for name in match.names:
        errors = match.errors(name)
        compared.append(Compared(name, sum(not e <= tolerance for e in errors), len(cases), max(errors)))
    wrong = [c.name for c in compared if c.wrong]
    forward = _forward(cases, answers, SAME_VALUE[np.dtype(dtype)])
    known = sum(len(slips(op, name)) for name in match.names)
    noticed = list(dict.fromkeys(remark for a in answers for remark in a.remarks))
    found = Diagnosis(
        op.__name__,
        "forward pass differs" if forward else "unknown mistake" if wrong else "right",
        compared,
        cases,
        known=known,
        remarks=[*forward, *_missing(op, match.names), *noticed],
        tolerance=tolerance,
    )
    smallest = _smallest(draw, answer, tolerance, seed, SAME_VALUE[np.dtype(dtype)] if forward else None)
    if not wrong:
        return replace(found, smallest=smallest)
    explanations = match.explanations(wrong, seconds)
    more = [draw(N=N, sizes=sizes, seed=seed + s) for N, sizes, s in FURTHER] if explanations else []
    if more:  # the same must hold on other numbers
        again = OperationMatch(more, [answer(case).gradients for case in more], tolerance)
        off = [n for n in wrong if any(not e <= tolerance for e in again.errors(n))]
        others = {_titles(e) for e in again.explanations(off, 0.0 if _single(explanations) else seconds)}
        explanations = [e for e in explanations if _titles(e) in others or not off]
    said = [] if explanations else _said(cases, answers, wrong)
    return Diagnosis(
        found.cell,
        verdict_of(explanations, found.verdict),
        compared,
        cases,
        explanations=explanations,
        confirmed=len(more) if explanations else 0,
        known=known,
        smallest=smallest,
        remarks=[*found.remarks, *said],
        tolerance=tolerance,
    )


def _titles(explanation: Explanation) -> tuple[str, ...]:
    return tuple(describe(mistake).title for mistake in explanation.mistakes)


def _single(explanations: Sequence[Explanation]) -> bool:
    return all(len(e.mistakes) == 1 for e in explanations)


def _forward(
    cases: Sequence[OperationCase], answers: Sequence[OperationAnswer], tolerance: float
) -> list[str]:
    """What is wrong with the value, in sentences."""
    pairs = [(c, a.value) for c, a in zip(cases, answers, strict=True) if a.value is not None]
    wrong = [c for c, value in pairs if not _same(c.y, value, tolerance)]
    if not wrong:
        return []
    case, op = wrong[0], cases[0].op
    said = [f"the value of {op.__name__} differs, on {case.said_sizes}."]
    for slip in slips_forward(op):
        values = [(case.value(slip.formula, case.y, shared=False), value) for case, value in pairs]
        if all(ours is not None and _same(ours, value, tolerance) for ours, value in values):
            return [*said, f"it is what comes of this: {op.output} {slip.words}."]
    return said


def _same(ours: Array, value: Array | None, tolerance: float) -> bool:
    if value is None or value.shape != ours.shape or not np.isfinite(value).all():
        return False
    size = float(np.abs(ours).max(initial=0.0)) or 1.0
    return bool(np.abs(value - ours).max(initial=0.0) <= tolerance * size)


def _missing(op: type[Op], names: Sequence[str]) -> list[str]:
    missing = [f"d{n}" for n, d in op.gradient_methods.items() if d is not None and n not in names]
    return [f"not compared, as the code does not return them: {', '.join(missing)}."] if missing else []


def _said(
    cases: Sequence[OperationCase], answers: Sequence[OperationAnswer], wrong: Sequence[str]
) -> list[str]:
    """What can be said of a gradient that no slip explains, on the largest case."""
    found = []
    i = max(range(len(cases)), key=lambda i: cases[i].N)
    for name in wrong:
        own, right = np.asarray(answers[i].gradients[name], dtype=float), cases[i].gradients[name]
        if np.isnan(own).all():  # of another shape, as is said
            continue
        if not np.isfinite(own).all():
            found.append(f"d{name} holds {int((~np.isfinite(own)).sum())} numbers that are not finite.")
            continue
        off = np.abs(own - right) > 1e-6 * np.abs(right).max(initial=0.0)
        if off.any() and not off.all():
            found.append(
                f"d{name} is wrong in {int(off.sum())} of {off.size} entries, and right elsewhere."
            )
        if len(own) > 1 and off.any() and name not in cases[i].op.shared:
            rows = [n for n in range(len(own)) if off[n].any()]
            if len(rows) < len(own):
                found.append(f"d{name} is wrong only in the rows {rows} of the batch (counted from 0).")
        factor = float(np.vdot(right, own) / np.vdot(right, right)) if right.any() else 0.0
        if off.any() and np.abs(own - factor * right).max() <= 1e-6 * np.abs(own).max(initial=0.0):
            found.append(f"d{name} is {factor:.4g} times the right one, on {cases[i].said_sizes}.")
            continue
        norms = float(np.linalg.norm(own) * np.linalg.norm(right))
        if norms:
            cosine = float(np.vdot(own, right)) / norms
            found.append(f"the cosine of the angle between d{name} and the right one is {cosine:.3f}.")
    return found


def _smallest(
    draw: DrawOperation,
    answer: Callable[[OperationCase], OperationAnswer],
    tolerance: float,
    seed: int,
    forward: float | None,
) -> Smallest | None:
    """The smallest case that fails: in its value, if `forward` says what it may differ by, or after."""
    passed = False
    for N, sizes, s in SMALLEST:
        case = draw(N=N, sizes=sizes, seed=seed + s)
        given = answer(case)
        own = dict(given.gradients)
        pairs = [
            (f"d{n}", d, own[n], tolerance * case.units[n])
            for n, d in case.gradients.items()
            if n in own
        ]
        if forward is not None and given.value is not None and given.value.shape == case.y.shape:
            allowed = forward * (float(np.abs(case.y).max(initial=0.0)) or 1.0)
            pairs.insert(0, (case.op.output, case.y, given.value, allowed))
        for name, right, array, allowed in pairs:
            difference = np.abs(np.asarray(array, dtype=float) - right)
            difference[~np.isfinite(difference)] = np.inf
            if not float(difference.max(initial=0.0)) <= allowed:
                place = np.unravel_index(int(difference.argmax()), difference.shape)
                where = tuple(int(i) for i in place)
                passes = ["a single row"] if passed and N > 1 else []
                numbers = float(right[where]), float(np.asarray(array, dtype=float)[where])
                return Smallest(case, passes, entry_of(name, where), *numbers)
        passed = passed or N == 1
    return None
