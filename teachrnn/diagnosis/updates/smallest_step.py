"""The smallest training step in which something is wrong: one entry of it, to be done by hand."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

import numpy as np

from teachrnn.array import Array
from teachrnn.diagnosis.entry import entry_of
from teachrnn.diagnosis.smallest import HasSizes, Smallest
from teachrnn.diagnosis.updates.clip import NONE, NORM, Clip
from teachrnn.diagnosis.updates.line_fit import LineFit
from teachrnn.diagnosis.updates.match_update import UpdateMatch
from teachrnn.diagnosis.updates.training_answer import TrainingAnswer
from teachrnn.diagnosis.updates.update_found import UpdateFound
from teachrnn.diagnosis.updates.update_lines import (
    GREEK,
    NEW_THETA,
    UpdateLine,
    hyper_letters,
)
from teachrnn.errors import SubmissionError
from teachrnn.formulas.tree import Letter, walk

UNLIMITED = 1e9
"""A limit that no gradient reaches."""
SHARES = (0.5, 5.0)
"""Of the largest entry: where the limit can be chosen, it is first below the gradients, then above."""
SIZES = ((2, 1, 2), (2, 2, 3), (4, 2, 3), (8, 2, 3), (30, 3, 5))
SCALES = (0.7, 3.0)
"""T, m, K, and of each the scale of the weights: one unit before two, small gradients before large."""

DrawStep = Callable[..., Any]
AskStep = Callable[..., TrainingAnswer]
"""From an instance, seed= and limit= to what a step leaves behind."""


def smallest_step(
    ask: AskStep,
    draw: DrawStep,
    match: UpdateMatch,
    found: UpdateFound | None,
    *,
    beside: Collection[str] = (),
    seed: int = 0,
) -> Smallest | None:
    """Make small steps until one of them is wrong.

    Parameters
    ----------
    ask : callable
        Runs a step, as `diagnose_training` has it.
    draw : callable
        Draws an instance that the code can answer.
    match : UpdateMatch
        What the step was compared with.
    found : UpdateFound or None
        What explains it; None if nothing does: then what is nearest to it is taken for what is meant.
    beside : collection of str
        What else is wrong: "state", "loss".
    seed : int
        Of the numbers.

    Returns
    -------
    Smallest or None
        None if it cannot be said what the numbers should be: no optimizer or limit is known. Sizes at
        which the code fails are left out.
    """
    meant = _Meant.of(match, found or match.nearest())
    for T, m, K in SIZES:
        for scale in SCALES:
            instance = draw(T=T, hidden=m, symbols=K, scale=scale, digits=2, seed=seed + T + m)
            try:
                wrong = meant and meant.first_wrong(ask, instance, seed)
                wrong = wrong or _handed_on(ask(instance, seed=seed, limit=UNLIMITED), instance, beside)
            except SubmissionError:  # it fails at this size: that is said of its network
                continue
            if wrong is not None:
                return wrong
    return None


class _Meant:
    """What a step is meant to do."""

    def __init__(self, match: UpdateMatch, found: UpdateFound, clip: Clip, limit: float) -> None:
        self._match, self._found, self._clip, self._limit = match, found, clip, limit

    @classmethod
    def of(cls, match: UpdateMatch, found: UpdateFound | None) -> _Meant | None:
        """What is meant, as far as it is known."""
        if found is None:
            return None
        clip, limit = match.meant_clip(found.clip), found.limit
        if clip is not NONE and not np.isfinite(limit):
            # What is below 1 in the code is hardly a limit: a learning rate, a decay.
            likely = match.limits if len(match.limits) == 1 else [c for c in match.limits if c >= 1]
            if len(likely) != 1:
                return None
            limit = likely[0]
        return cls(match, found, clip, limit)

    def first_wrong(self, ask: AskStep, instance: HasSizes, seed: int) -> Smallest | None:
        """The first line that is wrong, in the entry with the largest error."""
        free = ask(instance, seed=seed, limit=UNLIMITED)
        if self._clip is self._found.clip:  # clipping is right, and would be in the way
            return self._first_wrong(free, instance, clips=False)
        largest = float(np.abs(free.flat(free.own)).max(initial=0.0))
        for share in SHARES:
            step = ask(instance, seed=seed, limit=float(f"{share * largest:.1g}"))
            found = self._first_wrong(step, instance, clips=True)
            if found is not None:
                return found
        return None

    def _first_wrong(self, step: TrainingAnswer, instance: HasSizes, *, clips: bool) -> Smallest | None:
        limit = step.hyper.get("limit", self._limit)
        clipped = step.flat(self._clip.of(step.own, limit))
        hyper = {name: [value] for name, value in self._hyper(step).items()}
        rule = self._found.rule
        fit = LineFit([step], rule, self._found.order, [clipped], hyper, self._match.tolerance)
        for line in rule.lines:
            if any(name not in hyper for name in hyper_letters(line.right)):
                return None
            if fit.of(line, line.right) is None:
                return self._wrong(fit, line, step, instance, limit if clips else None)
        return None

    def _hyper(self, step: TrainingAnswer) -> dict[str, float]:
        """Hyper-parameters: found, named in the code, or the only ones that they can be."""
        only = {name: values[0] for name, values in self._match.hyper.items() if len(values) == 1}
        return {**only, **self._found.hyper, **{n: v for n, v in step.hyper.items() if n in GREEK}}

    def _wrong(
        self,
        fit: LineFit,
        line: UpdateLine,
        step: TrainingAnswer,
        instance: HasSizes,
        limit: float | None,
    ) -> Smallest:
        hyper = self._hyper(step)
        expected, given = fit.numbers(line, line.right, hyper)
        k = _worst(expected, given)
        name, place = _entry(step, k)
        letters = fit.letters_at(k) | {GREEK[n]: value for n, value in hyper.items() if n in GREEK}
        inside = {node.name for node in walk(line.right) if isinstance(node, Letter)}
        made_of = {letter: letters[letter] for letter in letters if letter in inside}
        if limit is not None:
            flat = step.flat(step.own)
            made_of["g"] = float(flat[k])
            if self._clip is NORM:
                made_of["the norm of all gradients"] = float(np.linalg.norm(flat))
            made_of["the limit"] = limit
        sign = 1.0
        if self._match.only_clips:  # the step is the clipped gradient itself, subtracted from zero
            what, sign = f"the clipped d{name}", -1.0
            made_of = {n: v for n, v in made_of.items() if n not in ("θ[t-1]", "η")}
        elif line.left == NEW_THETA:
            what = f"the new {name}"
        else:
            what = f"the new {line.left.partition('[')[0]} of {name}"
        right, own = sign * float(expected[k]), sign * float(given[k])
        return Smallest(instance, [], entry_of(what, place), right, own, made_of)


def _handed_on(step: TrainingAnswer, instance: HasSizes, beside: Collection[str]) -> Smallest | None:
    """A loss or a state that is wrong."""
    if "state" in beside and step.state is not None and step.states is not None:
        right, own = np.asarray(step.states[-1]), np.asarray(step.state)
        k = _worst(right.ravel(), own.ravel())
        place = np.unravel_index(k, right.shape)
        entry = f"{entry_of('entry ', place)} of the state handed on"
        return Smallest(instance, [], entry, float(right[place]), float(own[place]))
    if "loss" in beside and step.loss is not None and step.losses is not None:
        return Smallest(instance, [], "the loss", step.losses[0], step.loss)
    return None


def _worst(expected: Array, given: Array) -> int:
    with np.errstate(invalid="ignore"):
        off = np.abs(expected - given)
    off[~np.isfinite(off)] = np.inf
    return int(off.argmax())


def _entry(step: TrainingAnswer, k: int) -> tuple[str, tuple[int, ...]]:
    """The parameter in which an entry of the whole vector is, and its place there."""
    name, inside = next((n, s) for n, s in step.places.items() if s.start <= k < s.stop)
    place = np.unravel_index(k - inside.start, step.own[name].shape)
    return name, tuple(int(i) for i in place)
