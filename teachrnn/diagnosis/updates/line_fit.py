"""The lines of an update, evaluated with the numbers of a student's training steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice, product

import numpy as np

from teachrnn.array import Array
from teachrnn.diagnosis.formula_value import FormulaValue, LetterValues, value_of
from teachrnn.diagnosis.updates.training_answer import TrainingAnswer
from teachrnn.diagnosis.updates.update_lines import (
    GREEK,
    NEW_THETA,
    UpdateLine,
    UpdateRule,
    hyper_letters,
)
from teachrnn.formulas.formula_error import UnreadableFormulaError
from teachrnn.formulas.tree import Formula
from teachrnn.optimizers import OPTIMIZERS

STEP = 1e-5
"""What a step leaves behind is right up to this, of its largest entry: where ε stands is a convention,
and so is a guard, such as `limit / (norm + 1e-6)`."""
MOST_VALUES = 300
"""How many combinations of unknown hyper-parameters are tried."""


class LineFit:
    """The letters of an optimizer, with the numbers of several steps.

    Every line is judged by itself: the new parameters, for example, are compared with what the formula
    makes of the student's own new memory, be that right or wrong.

    Parameters
    ----------
    answers : sequence of TrainingAnswer
        The steps.
    rule : UpdateRule
        The optimizer.
    order : sequence of str
        What the student calls the vectors of the rule's state, in the order of the rule.
    clipped : list of ndarray
        The gradients with which the steps are made, each as one vector.
    hyper : mapping
        The values that each hyper-parameter may have.
    tolerance : float
        A factor of what right code may differ by: larger in single precision.
    """

    def __init__(
        self,
        answers: Sequence[TrainingAnswer],
        rule: UpdateRule,
        order: Sequence[str],
        clipped: list[Array],
        hyper: Mapping[str, list[float]],
        tolerance: float,
    ) -> None:
        self.answers, self.hyper, self.tolerance = answers, hyper, tolerance
        self._names = dict(zip(rule.state, order, strict=True))
        self._letters = [self._of(a, g) for a, g in zip(answers, clipped, strict=True)]
        self._after = [a.flat(a.after) for a in answers]

    def of(
        self,
        line: UpdateLine,
        formula: Formula,
        known: Mapping[str, float] | None = None,
        *,
        only: str = "",
    ) -> tuple[float, dict[str, float]] | None:
        """Whether a formula gives the student's new values, and with which hyper-parameters.

        Parameters
        ----------
        line : UpdateLine
            The line.
        formula : Formula
            Its right side, or a wrong one.
        known : mapping, optional
            Hyper-parameters that are known from other lines.
        only : str
            Compare this parameter only.

        Returns
        -------
        tuple or None
            The error that is left, and the hyper-parameters with which; None if it does not fit.
        """
        names = hyper_letters(formula)
        values = [[known[n]] if known and n in known else self.hyper[n] for n in names]
        for chosen in islice(product(*values), MOST_VALUES):
            pairs = list(zip(names, chosen, strict=True))
            worst = 0.0
            for i in range(len(self.answers)):
                worst = max(worst, self._error(line, formula, dict(pairs), i, only))
                if not worst <= 1.0:
                    break
            if worst <= 1.0:
                return worst * STEP, dict(pairs)
        return None

    def numbers(
        self, line: UpdateLine, formula: Formula, hyper: Mapping[str, float], i: int = 0
    ) -> tuple[Array, Array]:
        """What a formula gives for a line, and what the student has.

        Parameters
        ----------
        line : UpdateLine
            The line.
        formula : Formula
            Its right side, or a wrong one.
        hyper : mapping
            The hyper-parameters.
        i : int
            On which of the steps.

        Returns
        -------
        ndarray, ndarray
            The new values of all parameters, as one vector each.

        Raises
        ------
        UnreadableFormulaError, ValueError, KeyError
            If the formula has no value.
        """
        own = {GREEK[n]: FormulaValue.of(np.array(v), 0, shared=True) for n, v in hyper.items()}
        letters = self._letters[i]
        with np.errstate(all="ignore"):
            found = value_of(formula, LetterValues({**letters, **own}, {}, {})).data.ravel()
        given = self._after[i] if line.left == NEW_THETA else letters[line.left].data.ravel()
        return np.broadcast_to(found, given.shape), given

    def letters_at(self, k: int, i: int = 0) -> dict[str, float]:
        """What each letter is in one entry of the vector of all parameters.

        Parameters
        ----------
        k : int
            The entry.
        i : int
            On which of the steps.

        Returns
        -------
        dict
            Without the hyper-parameters.
        """
        flat = {letter: value.data.ravel() for letter, value in self._letters[i].items()}
        return {letter: float(data[k if len(data) > 1 else 0]) for letter, data in flat.items()}

    def _of(self, answer: TrainingAnswer, g: Array) -> dict[str, FormulaValue]:
        letters = {"g": g, "θ[t-1]": answer.flat(answer.before)}
        for own, name in self._names.items():
            letters[f"{own}[t-1]"] = answer.flat(answer.memory[name])
            letters[f"{own}[t]"] = answer.flat(answer.memory_after[name])
        values = {n: FormulaValue.of(a, 0, shared=False) for n, a in letters.items()}
        values["t"] = FormulaValue.of(np.array(float(answer.t)), 0, shared=True)
        return values

    def _error(
        self,
        line: UpdateLine,
        formula: Formula,
        hyper: Mapping[str, float],
        i: int,
        only: str,
    ) -> float:
        """How far it is from what the student has, in units of what is allowed."""
        try:
            wanted, given = self.numbers(line, formula, hyper, i)
        except (UnreadableFormulaError, ValueError, KeyError):
            return np.inf
        if line.left == NEW_THETA:
            before = self._letters[i]["θ[t-1]"].data.ravel()
            step = max(_largest(wanted - before), _largest(given - before))
            allowed = STEP * step + 1e-12 * float(np.abs(before).max())
        else:
            allowed = STEP * max(_largest(given), _largest(wanted))
        # The root of a negative number is none, whoever takes it; what is left has to agree.
        none = np.isnan(wanted) & np.isnan(given)
        difference = np.where(none & ~none.all(), 0.0, np.abs(wanted - given))
        worst = float(
            (difference[self.answers[i].places[only]] if only else difference).max(initial=0.0)
        )
        if not np.isfinite(worst) or not allowed:
            return 0.0 if worst == 0 else np.inf
        return worst / (allowed * self.tolerance)


def _largest(array: Array) -> float:
    finite = array[np.isfinite(array)]
    return float(np.abs(finite).max(initial=0.0))


def likely_values(name: str, numbers: list[float]) -> list[float]:
    """The values that a hyper-parameter may have that has no name in the code.

    Parameters
    ----------
    name : str
        The hyper-parameter.
    numbers : list of float
        The numbers that occur in the code.

    Returns
    -------
    list of float
        Those among the numbers that are plausible, and the defaults of the optimizers.

    Examples
    --------
    >>> likely_values("mu", [0.6, 5.0])
    [0.9, 0.6]
    """
    defaults = {getattr(kind(), name) for kind in OPTIMIZERS.values() if hasattr(kind(), name)}
    if name == "epsilon":
        return sorted({*defaults, *(c for c in numbers if c < 1e-3)})[:6]
    if name in ("beta1", "beta2", "mu", "gamma"):
        return sorted({*(c for c in numbers if 0.3 < c < 1), *defaults}, reverse=True)[:6]
    if name == "weight_decay":
        return sorted({*(c for c in numbers if c < 0.5), *defaults})[:4]
    return sorted({*numbers, *defaults})[:12]
