"""Find our numbers among a student's results: the loss up to a factor, states, scores."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from teachrnn.array import Array
from teachrnn.submission import lexicon
from teachrnn.submission.case import Case
from teachrnn.submission.graph import walk
from teachrnn.submission.run import ProgramRun
from teachrnn.submission.sequence_form import SequenceForm, layouts_of

EXACT, NEAR = 1e-9, 5e-4
"""Relative differences: of float64; and of float32, or of a guard such as ``log(p + 1e-8)``."""


@dataclass(frozen=True)
class Finding:
    """A value of ours among the student's results.

    Attributes
    ----------
    name : str
        What the student calls it.
    raw : object
        It, as the student has it.
    form : SequenceForm or None
    array : ndarray, shape (T, B, .)
    error : float
        The largest difference from ours, relative to the largest entry.
    """

    name: str
    raw: Any
    form: SequenceForm | None
    array: Array
    error: float


SUMS = {
    "sum": "",
    "mean over T": "T",
    "mean over B": "B",
    "mean over T and B": "TB",
    "mean over T, B and K": "TBK",
    "mean over T and K": "TK",
    "mean over B and K": "BK",
}
"""How a loss can be added up, and what it is then divided by."""


def factor_of(how: str, case: Case) -> float:
    """What our loss, the sum, is multiplied by: a key of `SUMS`."""
    return 1 / math.prod(getattr(case, size) for size in SUMS[how])


def find_loss(
    value: Any, case: Case, y: SequenceForm | None = None, near: float = NEAR
) -> tuple[str, float] | None:
    """Which entry of `SUMS` makes a number our loss, and the remaining error."""
    try:
        number = float(np.asarray(value, dtype=float).reshape(()))
    except (TypeError, ValueError):
        try:
            array = np.asarray(value, dtype=float)
        except (TypeError, ValueError):
            return None
        if array.size != 1:
            return None
        number = float(array.ravel()[0])
    best: tuple[str, float] | None = None
    for name in SUMS:
        ours = case.loss_for(y) * factor_of(name, case)
        error = abs(number - ours) / (abs(ours) or 1.0)  # where every p[y] is 1
        if error < near and (best is None or error < best[1] / 10):
            best = name, error
    return best


def nearest_sum(value: Any, case: Case, y: SequenceForm | None = None) -> tuple[str, float]:
    """How a loss that is not ours seems to be added up, and how far from that it is, as a logarithm."""
    number = abs(float(np.ravel(value)[0]))
    if not np.isfinite(number) or number == 0:
        return "sum", math.inf
    ours = case.loss_for(y) or np.finfo(np.float64).tiny
    off = {how: abs(math.log(number / (ours * factor_of(how, case)))) for how in list(SUMS)[:4]}
    nearest = min(off, key=lambda how: off[how])
    return nearest, off[nearest]


def scalars(run: ProgramRun) -> list[tuple[str, Any]]:
    """The numbers among the return values, those named like a loss first."""
    found = []
    for path, value in walk(run.returned):
        if len(path.steps) > 1:
            break
        name = path.leaf
        for bound, other in run.bound.items():
            if other is value:
                name = bound
        array = value if isinstance(value, np.ndarray | np.generic) else None
        if isinstance(value, float) or (
            array is not None and array.size == 1 and array.dtype.kind == "f"
        ):
            found.append((name, value))
    return sorted(found, key=lambda pair: not lexicon.is_loss(pair[0]))


def sequences(run: ProgramRun, *, attributes: bool = True) -> list[tuple[str, Any]]:
    """Everything that could be a sequence, among the return values and in the object."""
    found: list[tuple[str, Any]] = list(run.bound.items())
    known = {id(v) for _, v in found}
    roots = [run.returned, run.target] if attributes else [run.returned]
    for root in roots:
        if root is None:
            continue
        for path, value in walk(root):
            if id(value) in known or not isinstance(value, np.ndarray | list | tuple | Mapping):
                continue
            known.add(id(value))
            found.append((path.leaf or "what is returned", value))
    return found


@dataclass(frozen=True)
class Understood:
    """What a run left, read as our values.

    Attributes
    ----------
    values : dict of str to Finding
        h, s, o and p, each where it is nearest to ours, however far that is.
    steps_right : int
        How many states from the first on are ours, in the reading that has most of them right.
    said : dict of str to Finding
        What is called scores or probabilities and is neither: by "o" or "p".
    """

    values: dict[str, Finding]
    steps_right: int
    said: dict[str, Finding] = field(default_factory=dict)

    @property
    def right(self) -> dict[str, Finding]:
        """Those that are ours."""
        return {name: finding for name, finding in self.values.items() if finding.error < NEAR}


def understand(run: ProgramRun) -> Understood:
    """Find our h, s, o and p in what a run left."""
    case, right = run.case, run.case.right
    sizes = {name: np.abs(ours).max() for name, ours in right.items()}
    found: dict[str, Finding] = {}
    said: dict[tuple[str, str], Finding] = {}
    steps = 0
    for name, value in sequences(run):
        for D, of_that_size in ((case.m, ("h", "s")), (case.K, ("o", "p"))):
            for form, array in layouts_of(value, case.T, case.B, D):
                if case.m == D:
                    steps = max(steps, _steps_right(array, right["h"], sizes["h"]))
                if lexicon.gradient_of(name) or not np.isfinite(array).all():
                    continue
                for ours in of_that_size:
                    if ours not in right:
                        continue
                    error = float(np.abs(array - right[ours]).max() / sizes[ours])
                    if error < (found[ours].error if ours in found else np.inf):
                        found[ours] = Finding(name, value, form, array, error)
                    called = lexicon.readout(name)
                    if called and error < (
                        said[called, ours].error if (called, ours) in said else np.inf
                    ):
                        said[called, ours] = Finding(name, value, form, array, error)
    return Understood(found, steps, _wrong(found, said, case))


def _wrong(
    found: Mapping[str, Finding], said: Mapping[tuple[str, str], Finding], case: Case
) -> dict[str, Finding]:
    """What is called scores or probabilities, and is not; targets may have such names, too."""
    right = {name for name, finding in found.items() if finding.error < NEAR}
    handed = [np.eye(case.K)[symbols] for symbols in (case.x, case.y)]
    wrong = {}
    for (called, name), finding in said.items():
        claims = name == called or (called == "either" and name == "p" and not right & {"o", "p"})
        if claims and name not in right and not any(np.array_equal(finding.array, a) for a in handed):
            wrong[name] = finding
    return wrong


def _steps_right(array: Array, h: Array, size: float) -> int:
    right = np.abs(array - h).reshape(len(h), -1).max(axis=1) < NEAR * size
    return len(h) if right.all() else int(np.argmin(right))


def found_again(run: ProgramRun, found: Mapping[str, Finding]) -> dict[str, Finding]:
    """The values that were found before, at the same places on another case, right or not."""
    there, again = dict(reversed(sequences(run))), {}
    for name, before in found.items():
        if before.form is None or before.name not in there:
            continue
        try:
            array = before.form.decode(there[before.name], run.case.T)
        except (ValueError, TypeError, IndexError):
            continue
        right = run.case.right[name]
        if array.shape == right.shape:
            size = float(np.abs(right).max()) or 1.0  # h[t] = 0 is right, too
            error = float(np.abs(array - right).max()) / size
            again[name] = Finding(before.name, there[before.name], before.form, array, error)
    return again
