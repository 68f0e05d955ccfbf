"""Compare a student's backward pass with ours, and find out what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache, partial

import numpy as np
from numpy.typing import DTypeLike

from teachrnn.array import Array
from teachrnn.diagnosis.answer import Answer
from teachrnn.diagnosis.catalogue import Catalogue
from teachrnn.diagnosis.diagnosis import Diagnosis
from teachrnn.diagnosis.first_wrong import first_wrong
from teachrnn.diagnosis.initial_states import (
    state_error,
    states_explained,
    states_follow,
    states_returned,
)
from teachrnn.diagnosis.instance import Instance
from teachrnn.diagnosis.match import Explanation, Match
from teachrnn.diagnosis.mistake import Mistake, ParameterMistake, WholeMistake
from teachrnn.diagnosis.mistaken import mistaken_gradients
from teachrnn.diagnosis.probes import DrawInstance, other_instances, probes
from teachrnn.diagnosis.relations import relations
from teachrnn.diagnosis.rounding import TOLERANCE
from teachrnn.diagnosis.smallest import smallest_failing
from teachrnn.diagnosis.verdict import Compared, verdict_of
from teachrnn.diagnosis.whole import CONSTANT_FACTOR, clipped_at, whole_mistakes
from teachrnn.diagnosis.wrong_forward import wrong_forward
from teachrnn.diagnosis.wrong_sum import WrongSum

LONG = 10
"""An instance with so many steps is for clipping, not for reading."""
CONFIRM = 12
"""On how many further instances an explanation must hold."""
SECONDS_IF_FORWARD_DIFFERS = 0.5
"""To look for two mistakes: where the states differ too, no backward pass gives the numbers of any."""
SAME_LOSS = {np.dtype(np.float64): 1e-9, np.dtype(np.float32): 1e-4}
"""What the loss of a right forward pass may differ by, relative to ours."""


def diagnose(
    answer: Callable[[Instance], Answer],
    *,
    cell: str = "vanilla",
    draw: DrawInstance | None = None,
    dtype: DTypeLike = np.float64,
    seconds: float = 4.0,
    seed: int = 0,
) -> Diagnosis:
    """Find out whether a backward pass is right, and which mistake it most likely holds.

    Parameters
    ----------
    answer : callable
        Runs the student's code on an `Instance` and returns an `Answer` in our names and shapes.
    cell : str
        Which cell it is.
    draw : callable, optional
        Draws an instance that the code can answer; by default any that `Instance.draw` makes. Code
        that takes one sequence, or no initial state, has a check that sees less.
    dtype : dtype
        In which precision it computes.
    seconds : float
        How long to look for two mistakes at once.
    seed : int
        Of the instances' numbers.

    Returns
    -------
    Diagnosis
        The verdict, and what it rests on.

    Examples
    --------
    >>> from teachrnn.diagnosis.answer import Answer
    >>> def forgetful(instance):
    ...     return Answer({**instance.gradients, "b": 0 * instance.gradients["b"]})
    >>> found = diagnose(forgetful)
    >>> found.mistakes[0].title
    'db is zero'
    """
    draw = draw or partial(Instance.draw, cell)
    instances = probes(draw, seed=seed)
    answers = [answer(instance) for instance in instances]
    found = diagnose_answers(instances, answers, cell=cell, dtype=dtype, seconds=seconds)
    if found.right:
        return found

    def gradients(instance: Instance) -> dict[str, Array]:
        return answer(instance).gradients

    tolerance = found.tolerance
    pairs = list(zip(instances, (a.gradients for a in answers), strict=True))
    states = states_returned(pairs)
    names = [c.name for c in found.compared if c.name not in states]
    if found.explanations and not states_follow(
        found.explanations[0].mistakes, pairs, states, tolerance
    ):
        states = []
    further = other_instances(draw, CONFIRM, seed=seed + 100)
    held, confirmed = _confirmed(found.explanations, gradients, (names, states), tolerance, further)
    if found.explanations and not held:
        said = [*found.relations, *_relations(instances, answers, found)]
        found = replace(found, verdict=verdict_of(held, found.verdict), relations=said)
    forward = SAME_LOSS[np.dtype(dtype)] if found.verdict == "forward pass differs" else None
    smallest = smallest_failing(draw, answer, tolerance, forward=forward)
    return replace(found, explanations=held, confirmed=confirmed, smallest=smallest)


def diagnose_answers(
    instances: Sequence[Instance],
    answers: Sequence[Answer],
    *,
    cell: str = "vanilla",
    dtype: DTypeLike = np.float64,
    seconds: float = 4.0,
) -> Diagnosis:
    """The same from answers that are there already, such as those of a program in another language.

    Parameters
    ----------
    instances : sequence of Instance
        On which numbers.
    answers : sequence of Answer
        What the program gave for each.
    cell : str
        Which cell it is.
    dtype : dtype
        In which precision it computes.
    seconds : float
        How long to look for two mistakes at once.

    Returns
    -------
    Diagnosis
        Without a smallest case, and not confirmed on further instances.

    Examples
    --------
    >>> instances = [Instance.draw("vanilla", T=T, hidden=2, symbols=5, seed=T) for T in (2, 4)]
    >>> answers = [Answer({**i.gradients, "W": i.gradients["W"].T}) for i in instances]
    >>> diagnose_answers(instances, answers).mistakes[0].title
    'dW is transposed'
    """
    tolerance = TOLERANCE[np.dtype(dtype)]
    catalogue = catalogue_of(cell)
    given = [a.gradients for a in answers]
    pairs = list(zip(instances, given, strict=True))
    match = Match(catalogue, instances, given, tolerance)
    states = states_returned(pairs)
    compared = [
        Compared(
            name,
            sum(errors[name] > tolerance for errors in match.errors),
            len(instances),
            max(errors[name] for errors in match.errors),
        )
        for name in instances[0].tape.uses
        if name in match.names
    ]
    for name in states:
        errors = [state_error(instance, own, name) for instance, own in pairs]
        wrong = sum(not error <= tolerance for error in errors)
        compared.append(Compared(name, wrong, len(instances), max(errors)))
    right = not any(c.wrong for c in compared)
    forward = _forward(instances, answers, SAME_LOSS[np.dtype(dtype)])
    found = Diagnosis(
        cell,
        "forward pass differs" if forward else "right" if right else "unknown mistake",
        compared,
        list(instances),
        known=len(catalogue.sweep) + len(catalogue.parameter),
        remarks=[*forward, *_missing(instances[0], match.names)],
        tolerance=tolerance,
        answers=list(answers),
    )
    if right:
        return found
    if forward:
        seconds = min(seconds, SECONDS_IF_FORWARD_DIFFERS)
    if match.right:
        explanations = states_explained(catalogue, pairs, states, tolerance)
    else:
        explanations = _explained(match, instances, given, tolerance, seconds)
        following = [e for e in explanations if states_follow(e.mistakes, pairs, states, tolerance)]
        if explanations and not following:
            said = f"{' and '.join(f'd{name}' for name in states)}: wrong in some other way, too"
            found = replace(found, relations=[f"{said}; look there when the rest is right."])
        explanations = following or explanations
    if forward:  # how the loss is scaled is then a guess, and so is a factor of its gradients
        explanations = [e for e in explanations if not any(_scales(m, match.names) for m in e.mistakes)]
    firsts = (first_wrong(i, own, tolerance) for i, own in zip(instances, given, strict=True))
    found = replace(
        found,
        verdict=verdict_of(explanations, found.verdict),
        explanations=explanations,
        every_pair=match.every_pair and not match.right,
        first=max((f for f in firsts if f), key=lambda f: f.t + f.right_after, default=None),
    )
    if not explanations:
        found = replace(found, relations=_relations(instances, answers, found))
    return found


def _relations(instances: Sequence[Instance], answers: Sequence[Answer], found: Diagnosis) -> list[str]:
    """What can be said of the wrong gradients, on the longest single sequence where they are wrong."""
    wrong = [c.name for c in found.compared if c.wrong]

    def telling(i: int) -> tuple[bool, bool, int]:
        own, right, units = answers[i].gradients, instances[i].gradients, instances[i].units
        off = any(
            not np.abs(own[n] - right[n]).max(initial=0.0) <= found.tolerance * units[n]
            for n in wrong
            if n in right
        )
        return off, instances[i].B == 1 and instances[i].T < LONG, instances[i].T

    i = max(range(len(instances)), key=telling)
    return relations(instances[i], answers[i].gradients, wrong)


def _scales(mistake: Mistake, names: Sequence[str]) -> bool:
    """Whether a mistake is a factor of all gradients."""
    if isinstance(mistake, ParameterMistake):
        alike = {spec for _, spec in mistake.specs}
        one = alike.pop() if len(alike) == 1 else None
        return isinstance(one, WrongSum) and one.scales and mistake.parameters >= set(names)
    return isinstance(mistake, WholeMistake) and mistake.name == CONSTANT_FACTOR


@lru_cache
def catalogue_of(cell: str) -> Catalogue:
    """The mistakes of a cell, derived once."""
    return Catalogue.of(Instance.draw(cell, T=4, hidden=3, symbols=7, distinct=True).tape)


def _explained(
    match: Match,
    instances: Sequence[Instance],
    given: Sequence[dict[str, Array]],
    tolerance: float,
    seconds: float,
) -> list[Explanation]:
    found = match.explanations()
    if not found or len(found[0].mistakes) > 1:
        pairs = list(zip(instances, given, strict=True))
        whole = whole_mistakes(pairs, match.names, tolerance)
        if whole:
            return [Explanation((mistake,), error) for mistake, error in whole]
        clipped = found or _beside_clipping(match, pairs, tolerance, seconds)
        if clipped:
            return clipped
    return found or match.pairs_of_sweep_mistakes(seconds)


def _beside_clipping(
    match: Match,
    pairs: Sequence[tuple[Instance, dict[str, Array]]],
    tolerance: float,
    seconds: float,
) -> list[Explanation]:
    """What explains the instances in which clipping does nothing, and with it those in which it does."""
    clipping = clipped_at(pairs, match.names)
    if clipping is None:
        return []
    mistake, limit = clipping
    free: list[tuple[Instance, dict[str, Array]]] = []
    bound: list[tuple[Instance, dict[str, Array]]] = []
    for pair in pairs:
        reached = any(np.abs(pair[1][name]).max(initial=0.0) >= limit for name in match.names)
        (bound if reached else free).append(pair)
    if not free:
        return []
    rest = Match(match.catalogue, [i for i, _ in free], [own for _, own in free], tolerance)
    if rest.right:
        return []
    found = []
    for explanation in rest.explanations() or rest.pairs_of_sweep_mistakes(seconds):
        mistakes = (*explanation.mistakes, mistake)
        given = [(mistaken_gradients(mistakes, instance), own, instance) for instance, own in bound]
        if all(w is None or _same(w, own, match.names, i, tolerance) for w, own, i in given):
            found.append(Explanation(mistakes, explanation.error))
    return found


def _confirmed(
    found: list[Explanation],
    gradients: Callable[[Instance], dict[str, Array]],
    names: tuple[Sequence[str], Sequence[str]],
    tolerance: float,
    further: Sequence[Instance],
) -> tuple[list[Explanation], int]:
    """The explanations that hold on further instances too, and on how many.

    The names are those of parameters, and of initial states, whose gradients are compared.
    """
    parameters, states = names
    confirmed = 0
    for instance in further if found else ():
        own = gradients(instance)
        held = []
        for explanation in found:
            wrong = mistaken_gradients(explanation.mistakes, instance)
            if wrong is None:
                held.append(explanation)  # cannot be made with these sizes: nothing is said either way
            elif _same(wrong, own, parameters, instance, tolerance) and states_follow(
                explanation.mistakes, [(instance, own)], states, tolerance
            ):
                held.append(explanation)
        found, confirmed = held, confirmed + 1
    return found, confirmed


def _same(
    wrong: dict[str, Array],
    own: dict[str, Array],
    names: Sequence[str],
    instance: Instance,
    tolerance: float,
) -> bool:
    return all(
        np.abs(wrong[n] - own[n]).max(initial=0.0)
        <= 10 * tolerance * max(instance.units[n], float(np.abs(wrong[n]).max(initial=0.0)))
        for n in names
    )


def _forward(instances: Sequence[Instance], answers: Sequence[Answer], tolerance: float) -> list[str]:
    """What is wrong with the forward pass, in sentences."""
    for instance, answer in zip(instances, answers, strict=True):
        wrong = wrong_forward(instance, answer, tolerance)
        if wrong is not None:
            return [wrong.said(instance, answer)]
    return []


def _missing(instance: Instance, names: Sequence[str]) -> list[str]:
    missing = [f"d{name}" for name in instance.tape.uses if name not in names]
    return [f"not compared, as the code does not return them: {', '.join(missing)}."] if missing else []
