"""Slips in the lines of an update: the gradient is right, and what is made of it is not."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import fields
from functools import partial
from typing import Any

import numpy as np

from teachrnn.array import Array
from teachrnn.diagnosis.description import Description
from teachrnn.diagnosis.formula_value import FormulaValue, LetterValues, value_of
from teachrnn.diagnosis.updates.update_lines import GREEK, UpdateLine, UpdateRule, rules, slips_in
from teachrnn.formulas.text import text
from teachrnn.formulas.tree import Formula
from teachrnn.laboratory.planted_mistake import PlantedMistake
from teachrnn.optimizers import Optimizer
from teachrnn.training import Training

EXACT = 1e-12
"""What two ways to compute the same update may differ by, of parameters of about 1."""
UNSEEN = "no check of a gradient, which is right; a check of an update, or its diagnosis"


def slipped_updates(optimizer: Optimizer) -> dict[str, PlantedMistake]:
    """Every slip in one line of an optimizer's update, as a mistake to be planted.

    Parameters
    ----------
    optimizer : Optimizer
        The optimizer, with its settings.

    Returns
    -------
    dict
        By a sentence that says what is wrong; empty if the rule has no formula that gives its numbers.

    Examples
    --------
    >>> from teachrnn import AdaGrad
    >>> found = slipped_updates(AdaGrad(eta=0.1))
    >>> found["θ[t] is not divided by sqrt(m[t])"].described.wrong
    'θ[t] = θ[t-1] − η g'
    """
    rule = rule_of(optimizer)
    found: dict[str, PlantedMistake] = {}
    if rule is None:
        return found
    for line in rule.lines:
        for wrong in slips_in(rule, line):
            name = f"{line.left} {wrong.words}"
            said = Description(
                wrong.slip.name,
                f"in the update of {optimizer.name}, {name}",
                wrong.slip.why,
                UNSEEN,
                str(line),
                f"{line.left} = {text(wrong.formula)}",
            )
            slipped = UpdateLine(line.left, wrong.formula)
            lines = tuple(slipped if own is line else own for own in rule.lines)
            found.setdefault(
                name,
                PlantedMistake(name, said, around=partial(update_by, lines=lines), place="optimizer"),
            )
    return found


def update_by(training: Training, *, lines: tuple[UpdateLine, ...]) -> None:
    """Let the optimizer of a training loop update by these lines, with the state that it has.

    Parameters
    ----------
    training : Training
        The loop, new or restored.
    lines : tuple of UpdateLine
        Those of its state, in order, and that of the parameters.

    Examples
    --------
    >>> import numpy as np
    >>> from teachrnn import CharRNN, InOrder
    >>> model = CharRNN(hidden=4, symbols=3, rng=np.random.default_rng(0))
    >>> training = Training(model, InOrder(np.array([0, 1, 2] * 9), length=5), "sgd")
    >>> update_by(training, lines=rule_of(training.optimizer).lines)     # its own: nothing changes
    >>> training.optimizer.name
    'sgd'
    """
    right = training.optimizer
    kind = type(f"Slipped{type(right).__name__}", (_ByLines, type(right)), {}, register=False)
    twin: Any = object.__new__(kind)
    twin.__dict__.update(deepcopy(right.__dict__) | {"lines": lines})
    training.optimizer = twin


class _ByLines:
    """In front of an optimizer's class: its rule, by formulas in place of its own code."""

    lines: tuple[UpdateLine, ...]

    def rule(self, theta: Array, g: Array, tmp: Array, *state: Array) -> None:
        new = _computed(self, self.lines, theta, g, state)  # type: ignore[arg-type]  # an Optimizer
        for array, line in zip((*state, theta), self.lines, strict=True):
            array[...] = new[line.left]


def rule_of(optimizer: Optimizer) -> UpdateRule | None:
    """The lines that give the numbers of an optimizer: of several conventions, its own.

    Parameters
    ----------
    optimizer : Optimizer
        The optimizer; of one that has been used, its settings count.

    Returns
    -------
    UpdateRule or None
        None if none of the known rules does.

    Examples
    --------
    >>> from teachrnn import AdaGrad
    >>> str(rule_of(AdaGrad(epsilon_inside=False)).lines[-1])
    'θ[t] = θ[t-1] − (η / (sqrt(m[t]) + ε)) g'
    """
    rng = np.random.default_rng(0)
    theta, g = rng.normal(size=5), 1e-3 * rng.normal(size=5)  # small ones tell where ε stands
    hyper = {field.name: getattr(optimizer, field.name) for field in fields(optimizer)}
    own, after = type(optimizer)(**hyper), theta.copy()
    own.update(after, g)
    start = [np.full(5, own.start()[name]) for name in own.state]
    errors: list[tuple[float, UpdateRule]] = []
    for rule in rules():
        if rule.optimizer == optimizer.name and rule.state == own.state:
            with np.errstate(all="ignore"):
                new = _computed(own, rule.lines, theta, g, start)[rule.lines[-1].left]
            errors.append((float(np.abs(new - after).max()), rule))
    error, nearest = min(errors, key=lambda found: found[0], default=(np.inf, None))
    return nearest if error < EXACT else None


def _computed(
    optimizer: Optimizer, lines: tuple[UpdateLine, ...], theta: Array, g: Array, state: Any
) -> Mapping[str, Array]:
    """The new state and the new parameters, line by line."""
    hyper = {f.name: getattr(optimizer, f.name) for f in fields(optimizer)}
    letters = {GREEK.get(name, name): np.asarray(float(value)) for name, value in hyper.items()}
    values = {name: FormulaValue.of(number, 0, shared=True) for name, number in letters.items()}
    values["t"] = FormulaValue.of(np.asarray(float(optimizer.t)), 0, shared=True)
    given = dict(zip((f"{name}[t-1]" for name in optimizer.state), state, strict=True))
    for name, array in ({"g": g, "θ[t-1]": theta} | given).items():
        values[name] = FormulaValue.of(array, 0, shared=False)
    found: dict[str, Array] = {}
    for line in lines:
        new = _value(line.right, values, len(theta))
        found[line.left] = new
        values[line.left] = FormulaValue.of(new, 0, shared=False)
    return found


def _value(formula: Formula, values: Mapping[str, FormulaValue], size: int) -> Array:
    data = value_of(formula, LetterValues(values, {}, {})).data.ravel()
    return np.broadcast_to(data, (size,)) if data.size == 1 else data
