"""Find out what is wrong with a training step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from teachrnn.array import Array
from teachrnn.diagnosis.diagnosis import Diagnosis
from teachrnn.diagnosis.match import Explanation
from teachrnn.diagnosis.mistake import WrittenMistake
from teachrnn.diagnosis.updates.line_fit import STEP
from teachrnn.diagnosis.updates.match_update import CLIPPING, UpdateMatch
from teachrnn.diagnosis.updates.smallest_step import UNLIMITED, AskStep, DrawStep, smallest_step
from teachrnn.diagnosis.updates.training_answer import TrainingAnswer
from teachrnn.diagnosis.updates.update_found import UpdateFound
from teachrnn.diagnosis.verdict import Compared, verdict_of

PROBES: tuple[dict[str, Any], ...] = (
    {"T": 2, "hidden": 3, "symbols": 5, "scale": 0.1},
    {"T": 4, "hidden": 3, "symbols": 6, "batch": 2},
    {"T": 30, "hidden": 4, "symbols": 6, "batch": 2, "scale": 3.0},
    {"T": 3, "hidden": 4, "symbols": 5, "batch": 3},
    {"T": 25, "hidden": 3, "symbols": 7, "batch": 2, "scale": 3.0},
)
"""Instances with small gradients, with usual ones, and with some that are beyond a limit."""
LOSS = 1e-9
WHY_STATE = "The next sequence starts where this one ended: with the state of step T."
WHY_LOSS = "The loss of a step is that of the parameters with which its gradients were computed."

STATE_AFTER, LOSS_AFTER = "state after the update", "loss after the update"


def diagnose_training(
    answer: AskStep,
    *,
    draw: DrawStep,
    optimizer: str = "",
    dtype: DTypeLike = np.float64,
    seconds: float = 2.0,
    seed: int = 0,
) -> Diagnosis:
    """Find out whether a training step is right, and what is wrong with its clipping or update.

    Its gradients are taken as they are: a mistake in the backward pass is the business of `diagnose`.

    Parameters
    ----------
    answer : callable
        Runs a step on what ``draw`` makes; it also takes ``seed`` and ``limit``, to which to clip.
    draw : callable
        Draws an `Instance` that the code can answer, or for an update without a network other numbers.
    optimizer : str
        The name of the optimizer, if the code says it.
    dtype : dtype
        In which precision it computes.
    seconds : float
        How long to look for two slips in one line.
    seed : int
        Of the numbers.

    Returns
    -------
    Diagnosis
        The verdict, and what it rests on.

    Examples
    --------
    >>> from teachrnn.diagnosis.instance import Instance
    >>> from teachrnn.diagnosis.updates import TrainingAnswer
    >>> def ascent(instance, *, seed, limit):
    ...     p, g = dict(instance.model.parameters), instance.gradients
    ...     after = {name: p[name] + 0.1 * g[name] for name in g}
    ...     return TrainingAnswer(g, p, after, hyper={"eta": 0.1})
    >>> found = diagnose_training(ascent, draw=lambda **k: Instance.draw("vanilla", **k))
    >>> found.mistakes[0].title, found.mistakes[0].right
    ('in sgd, the new θ adds η g, which should be subtracted', 'θ[t] = θ[t-1] − η g')
    """
    instances = [draw(**probe, seed=seed + i) for i, probe in enumerate(PROBES)]
    limit = _limit([answer(instance, seed=seed, limit=UNLIMITED) for instance in instances])
    answers = [answer(one, seed=seed + i, limit=limit) for i, one in enumerate(instances)]
    single = 1e3 if np.dtype(dtype) == np.float32 else 1.0
    match = UpdateMatch(answers, optimizer, single)
    held = match.explanations(seconds)
    beside = _beside([*_state(answers, single), *_loss(answers, single)])
    made = [Explanation((*f.mistakes, *beside), f.error) for f in held]
    update_right = bool(held) and not held[0].mistakes
    wrong = beside or not update_right
    found = Diagnosis(
        held[0].rule.optimizer if held and optimizer != CLIPPING else optimizer or "an optimizer",
        "right",
        _compared(answers, update_right, beside, optimizer),
        instances,
        known=match.known,
        tolerance=STEP,
        remarks=_remarks(answers),
    )
    if not wrong:
        return replace(found, read_as=_read(held[0], optimizer))
    explained = made if held else []
    said = [] if held else [*_said(answers), *(m.title + "." for m in beside)]
    handed_on = {word for word in ("state", "loss") for m in beside if word in m.name}
    update = held[0] if held else None
    smallest = smallest_step(answer, draw, match, update, beside=handed_on, seed=seed)
    return replace(
        found,
        verdict=verdict_of(explained, "unknown mistake"),
        explanations=explained,
        smallest=smallest,
        remarks=[*found.remarks, *said],
        read_as=_read(held[0], optimizer) if held else [],
    )


def _limit(answers: Sequence[TrainingAnswer]) -> float:
    """Below some gradients' norm, and above others'; below an entry where that is possible."""
    norms = [float(np.linalg.norm(a.flat(a.own))) for a in answers]
    entry = max(float(np.abs(a.flat(a.own)).max(initial=0.0)) for a in answers)
    return float(f"{np.sqrt(min(norms) * max(entry, min(norms) * 1.01)):.3g}")


def _state(answers: Sequence[TrainingAnswer], tolerance: float) -> list[WrittenMistake]:
    """What is wrong with the state that is handed on."""
    asked = [a for a in answers if a.state is not None and a.states is not None]
    if not asked or all(_same(a.state, a.states[-1], tolerance) for a in asked):  # type: ignore[index]
        return []
    long = [a for a in asked if len(a.states) > 3]  # type: ignore[arg-type]
    for t, name in ((0, "the initial state h[0]"), (1, "h[1]"), (-2, "h[T-1]")):
        if all(_same(a.state, a.states[t], tolerance) for a in long):  # type: ignore[index]
            title = f"the state that is handed on is {name}, not h[T]"
            return [WrittenMistake(title, "wrong state handed on", WHY_STATE, "T of at least 2")]
    new = [a for a in asked if a.new_state is not None]
    if new and all(_same(a.state, a.new_state, tolerance) for a in new):
        title = "the state that is handed on is that of the new parameters"
        return [WrittenMistake(title, STATE_AFTER, WHY_LOSS)]
    return [
        WrittenMistake("the state that is handed on is not h[T]", "wrong state handed on", WHY_STATE)
    ]


def _loss(answers: Sequence[TrainingAnswer], tolerance: float) -> list[WrittenMistake]:
    """What is wrong with the loss that is returned."""
    asked = [(a.loss, a.losses) for a in answers if a.loss is not None and a.losses is not None]
    if all(_near(loss, before, tolerance) for loss, (before, _) in asked):
        return []
    if all(_near(loss, after, tolerance) for loss, (_, after) in asked):
        title = "the loss that is returned is that after the update"
        return [WrittenMistake(title, LOSS_AFTER, WHY_LOSS)]
    return []  # another unit, such as a smoothed or a mean loss


def _beside(found: list[WrittenMistake]) -> list[WrittenMistake]:
    """Loss and state of the new parameters come of one line."""
    if [m.name for m in found] != [STATE_AFTER, LOSS_AFTER]:
        return found
    title = "the loss and the state are those of the new parameters: the forward pass is run again"
    return [WrittenMistake(title, "loss and state after the update", WHY_LOSS)]


def _same(one: Array | None, other: Array | None, tolerance: float) -> bool:
    if one is None or other is None:
        return False
    return bool(np.abs(one - other).max(initial=0.0) <= 1e-9 * tolerance)


def _near(one: float, other: float, tolerance: float) -> bool:
    return bool(abs(one - other) <= LOSS * tolerance * max(abs(other), 1e-300))


def _compared(
    answers: Sequence[TrainingAnswer],
    right: bool,
    beside: Sequence[WrittenMistake],
    optimizer: str,
) -> list[Compared]:
    """What a step leaves behind, and whether it is right."""
    count = len(answers)
    titles = " ".join(m.name for m in beside)
    what = "the clipped gradients" if optimizer == CLIPPING else "the update"
    rows = [Compared(what, 0 if right else count, count, 0.0, gradient=False)]
    if any(a.state is not None and a.states is not None for a in answers):
        wrong = count if "state" in titles else 0
        rows.append(Compared("the state handed on", wrong, count, 0.0, gradient=False))
    if any(a.loss is not None and a.losses is not None for a in answers):
        wrong = count if "loss" in titles else 0
        rows.append(Compared("the loss", wrong, count, 0.0, gradient=False))
    return rows


def _remarks(answers: Sequence[TrainingAnswer]) -> list[str]:
    found = dict.fromkeys(remark for a in answers for remark in a.remarks)
    for answer in answers:
        if not np.isfinite(answer.flat(answer.after)).all():
            found["the new parameters hold numbers that are not finite."] = None
    return list(found)


def _read(found: UpdateFound, optimizer: str) -> list[str]:
    """How the update was understood."""
    said = f", where {found.rule.said}" if found.rule.said else ""
    hyper = ", ".join(f"{name} = {value:g}" for name, value in found.hyper.items() if name != "epsilon")
    limit = f" (limit {found.limit:g})" if np.isfinite(found.limit) else ""
    clipped = f"{found.clip.words}{limit}" if found.clip.right else ""
    how = [f"{clipped[:1].upper()}{clipped[1:]}."] if clipped else []
    if optimizer == CLIPPING:
        return how
    return [
        f"The update is that of {found.rule.optimizer}{said}{f' ({hyper})' if hyper else ''}.",
        *([f"Before it, {clipped}."] if clipped else []),
    ]


def _said(answers: Sequence[TrainingAnswer]) -> list[str]:
    """What can be said of an update that nothing explains."""
    answer = answers[1]
    moved = {n: answer.after[n] - answer.before[n] for n in answer.names}
    still = [n for n, d in moved.items() if not d.any()]
    said = [f"{', '.join(still)} did not change."] if still else []
    cosines = []
    for name, d in moved.items():
        norms = float(np.linalg.norm(d) * np.linalg.norm(answer.own[name]))
        if norms:
            cosines.append(f"{float(np.vdot(d, -answer.own[name])) / norms:.2f} for {name}")
    if cosines:
        said.append(f"the cosine of the angle between the step and -g is {', '.join(cosines)}.")
    return said
