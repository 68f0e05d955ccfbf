"""The laws that a backward pass must obey, checked on one instance."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

import numpy as np

from teachrnn.array import Array
from teachrnn.backprop import backpropagate
from teachrnn.diagnosis.answer import Answer
from teachrnn.diagnosis.diagnose import SAME_LOSS
from teachrnn.diagnosis.instance import Instance
from teachrnn.diagnosis.rounding import TOLERANCE, gradient_units
from teachrnn.errors import SubmissionError
from teachrnn.models import CharRNN
from teachrnn.submission.manners import DIFFERS, WRITES
from teachrnn.testing.held_code import AnswerError, HeldCode, answer_of, own_copy, touched
from teachrnn.testing.instances import DrawnCase

LEAST = 1e-3
"""The smallest unit of rounding, as a fraction of the largest of all gradients."""


@dataclass(frozen=True)
class LawFinding:
    """Whether a law holds on one case.

    Attributes
    ----------
    state : str
        "holds", "broken", or "open": nothing was returned that the law applies to.
    reason : str
        Why it does not hold, in a sentence.
    """

    state: Literal["holds", "broken", "open"]
    reason: str = ""


HOLDS = LawFinding("holds")
RUNS, UNTOUCHED, TWICE = MANNERS = ("runs", "inputs untouched", "same twice")
"""Laws about how the code behaves; the others are about its numbers."""


class CalledTwice:
    """Two calls of the user's code on the same numbers.

    Attributes
    ----------
    instance : Instance
        The numbers, with the right gradients.
    first, again : Answer
        What the two calls returned.
    touched : list of str
        The arrays that the code wrote into.
    """

    def __init__(self, code: HeldCode, instance: Instance) -> None:
        self.code, self.instance, self.dtype = code, instance, code.dtype
        handed = own_copy(instance)
        self.first: Answer = answer_of(code.answer(handed))
        self.touched = touched(instance, handed)
        # A submission calls the code twice itself, and reports differences as remarks.
        again = self.first if code.recognised else code.answer(own_copy(instance))
        self.again: Answer = answer_of(again)

    @cached_property
    def right(self) -> dict[str, Array]:
        """The right gradients, including those of the initial state."""
        sweep = backpropagate(self.instance.trace)
        initial = {f"{name}[0]": vectors for name, vectors in self.instance.state.items()}
        right = {}
        for name, array in {**self.instance.model.parameters, **initial}.items():
            d = sweep.gradient(name)
            right[name] = np.zeros_like(array) if d is None else d
        return right

    def allowed(self, name: str) -> float:
        """The error that rounding may cause in an entry of a gradient.

        Where round numbers happen to cancel in the forward pass, as in 0.1 - 0.9 + 0.8, the result
        depends on the order in which they are added, so such a difference is not counted as an error.
        """
        return TOLERANCE[self.dtype] * max(self.units.get(name, 0.0), LEAST * max(self.units.values()))

    @cached_property
    def units(self) -> dict[str, float]:
        """The unit of rounding of every gradient."""
        return gradient_units(self.instance.trace)


@dataclass(frozen=True)
class BackwardLaw:
    """One law; its name says which part of the code breaks it."""

    name: str
    on: Callable[[CalledTwice], LawFinding]


def laws_of(cell: str) -> list[BackwardLaw]:
    """The laws for a cell, in the order in which the code computes: the loss before the gradients."""
    model = CharRNN(hidden=1, symbols=2, cell=cell, rng=np.random.default_rng(0))
    gradients = [*model.shapes(), *(f"{name}[0]" for name in model.state_names())]
    return [
        BackwardLaw(RUNS, lambda called: HOLDS),  # the call returned, so it ran
        BackwardLaw(UNTOUCHED, inputs_are_left_alone),
        BackwardLaw(TWICE, a_second_call_gives_the_same),
        BackwardLaw("values", values_are_the_models),
        BackwardLaw("loss", loss_is_the_models),
        *(BackwardLaw(f"d{name}", _gradient_law(name)) for name in gradients),
    ]


class Judge:
    """Checks the user's code against every law, case by case; a case is run only once.

    Parameters
    ----------
    code : HeldCode
        The code.
    """

    def __init__(self, code: HeldCode) -> None:
        self.code = code
        self.laws = {law.name: law for law in laws_of(code.cell)}
        self._known: dict[DrawnCase, Mapping[str, LawFinding]] = {}

    def on(self, case: DrawnCase) -> Mapping[str, LawFinding]:
        """The finding of each law on a case."""
        if case not in self._known:
            self._known[case] = self._findings(case)
        return self._known[case]

    def _findings(self, case: DrawnCase) -> Mapping[str, LawFinding]:
        try:
            called = CalledTwice(self.code, case.instance(self.code.draw))
        except Exception as error:
            findings = {name: LawFinding("open", f"see the law {RUNS!r}") for name in self.laws}
            return {**findings, RUNS: LawFinding("broken", _where_it_failed(error))}
        return {law.name: law.on(called) for law in self.laws.values()}

    def open(self, law: str) -> str:
        """Why a law could not be checked on any case so far; empty if it was checked."""
        found = [findings[law] for findings in self._known.values()]
        return found[-1].reason if found and all(f.state == "open" for f in found) else ""


def inputs_are_left_alone(called: CalledTwice) -> LawFinding:
    """Parameters, symbols and the initial state are unchanged."""
    if called.touched:
        return LawFinding("broken", f"it writes into {', '.join(called.touched)}: work on a copy.")
    for remark in called.first.remarks:
        if remark.startswith(WRITES):
            return LawFinding("broken", f"{remark} Work on a copy.")
    return HOLDS


def a_second_call_gives_the_same(called: CalledTwice) -> LawFinding:
    """Called again with the same numbers, the code returns the same."""
    first, again = called.first, called.again
    for remark in first.remarks:
        if remark.startswith(DIFFERS):
            return LawFinding("broken", remark)
    for name, d in first.gradients.items():
        one, other = _numbers(d), _numbers(again.gradients.get(name))
        if name not in called.right or one is None or other is None or one.shape != other.shape:
            continue  # the law of that gradient reports what is wrong with it
        if (np.abs(one - other) > called.allowed(name)).any():
            return LawFinding(
                "broken",
                f"called again with the same numbers, it returns a different d{name}: something is kept "
                "from one call to the next.",
            )
    return HOLDS


def values_are_the_models(called: CalledTwice) -> LawFinding:
    """Values of the forward pass that are returned, such as h, are those of the model."""
    compared = False
    for name, values in called.first.values.items():
        for t, given in enumerate(values, start=1):
            if f"{name}[{t}]" not in called.instance.trace:
                continue
            compared = True
            right = called.instance.trace[f"{name}[{t}]"].data
            shape = _misshapen(f"{name}[{t}]", given, right)
            if shape:
                return LawFinding("broken", shape)
            if not np.allclose(given, right, rtol=0, atol=10 * TOLERANCE[called.dtype]):
                return LawFinding("broken", _number(f"{name}[{t}]", np.asarray(given), right))
    return HOLDS if compared else LawFinding("open", "no values of the forward pass are returned")


def loss_is_the_models(called: CalledTwice) -> LawFinding:
    """The loss is the sum of -log p[y] over steps and sequences."""
    if called.first.loss is None:
        return LawFinding("open", "no loss is returned")
    right, given = float(called.instance.trace.total_loss), called.first.loss
    if abs(given - right) <= SAME_LOSS[called.dtype] * abs(right):
        return HOLDS
    reason = f"the loss should be {right:.6g} nats, summed over steps and sequences, but is {given:.6g}."
    return LawFinding("broken", reason)


def _gradient_law(name: str) -> Callable[[CalledTwice], LawFinding]:
    def gradient_is_the_derivative(called: CalledTwice) -> LawFinding:
        given, right = called.first.gradients, called.right[name]
        if name not in given:
            if name.endswith("[0]") or called.code.recognised:
                return LawFinding("open", f"no gradient of {name} is returned")
            there = ", ".join(map(str, given)) or "nothing"
            return LawFinding("broken", f"there is no gradient of {name}; what it returned: {there}.")
        misshapen = _misshapen(f"d{name}", given[name], right)
        if misshapen:
            return LawFinding("broken", misshapen)
        own = np.asarray(given[name], dtype=float)
        if (np.abs(own - right) <= called.allowed(name)).all():
            return HOLDS
        return LawFinding("broken", _number(f"d{name}", own, right))

    return gradient_is_the_derivative


def _misshapen(name: str, given: object, right: Array) -> str:
    """What is wrong if an array has the wrong shape, or is not an array of numbers."""
    numbers = _numbers(given)
    if numbers is None:
        return f"{name} should be an array of shape {right.shape}, but is not an array of numbers."
    shape = numbers.shape
    return "" if shape == right.shape else f"{name} should have shape {right.shape}, but has {shape}."


def _number(name: str, given: Array, right: Array) -> str:
    """The entry with the largest error: what it should be, and what it is."""
    difference = np.abs(given - right)
    difference[~np.isfinite(difference)] = np.inf
    place = np.unravel_index(int(difference.argmax()), difference.shape)
    entry = f"{name}[{', '.join(str(int(i)) for i in place)}]"
    return f"{entry} should be {right[place]:.6g}, but is {given[place]:.6g}."


def _where_it_failed(error: Exception) -> str:
    """The exception, and the last line of the user's own code that led to it."""
    if isinstance(error, AnswerError | SubmissionError):
        return str(error)
    reason = f"it raises {type(error).__name__}: {error}"
    own = [f for f in traceback.extract_tb(error.__traceback__) if not _of_a_library(Path(f.filename))]
    if own:
        reason += f"\n  {Path(own[-1].filename).name}, line {own[-1].lineno}: {own[-1].line}"
    return reason


def _of_a_library(file: Path) -> bool:
    return Path(__file__).parents[1] in file.parents or "site-packages" in file.parts


def _numbers(given: object) -> Array | None:
    """An array of numbers, or None if it cannot be converted to one."""
    try:
        return np.asarray(given, dtype=float)
    except (TypeError, ValueError):
        return None
