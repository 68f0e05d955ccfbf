"""Find out how a training step clips and updates, and with which slips."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice, permutations, product
from time import process_time

import numpy as np

from teachrnn.array import Array
from teachrnn.diagnosis.mistake import WrittenMistake
from teachrnn.diagnosis.slips import WrongFormula
from teachrnn.diagnosis.updates.clip import LARGE, NONE, NORM, VALUE, WRONG_CLIPS, Clip, all_but
from teachrnn.diagnosis.updates.line_fit import LineFit, likely_values
from teachrnn.diagnosis.updates.training_answer import TrainingAnswer
from teachrnn.diagnosis.updates.update_found import UpdateFound
from teachrnn.diagnosis.updates.update_lines import (
    GREEK,
    NEW_THETA,
    UpdateLine,
    UpdateRule,
    rules,
    slips_in,
    twice,
)

CLIPPING = "clipping"
"""Instead of an optimizer: the step is the clipped gradient itself, with which nothing else is done."""
NO_EFFECT = (
    "Clip before the update, and keep the result: a function that returns new arrays leaves the old ones"
    " as they are."
)
KEPT_BARE = "what is kept from step to step is updated with gradients that are not clipped yet"
MOVED_BARE = "the step is made with gradients that are not clipped yet"
MOST_DOUBLE = 4000


class UpdateMatch:
    """A student's training steps, matched against optimizers, ways to clip, and slips in both.

    Parameters
    ----------
    answers : sequence of TrainingAnswer
        What the step leaves behind on several instances; on at least one of them the gradients are
        beyond the limit.
    optimizer : str
        The optimizer, if the code names it.
    tolerance : float
        A factor of what right code may differ by: larger in single precision.
    """

    def __init__(
        self, answers: Sequence[TrainingAnswer], optimizer: str = "", tolerance: float = 1.0
    ) -> None:
        self.answers, self.tolerance = list(answers), tolerance
        first = answers[0]
        self.sets = list(first.memory)
        known = [rule for rule in rules() if len(rule.state) == len(self.sets)]
        self.only_clips = optimizer == CLIPPING
        said = [rule for rule in known if rule.optimizer == ("sgd" if self.only_clips else optimizer)]
        self.rules = said or known
        numbers = sorted({abs(c) for c in first.constants})
        self.hyper = {
            name: [first.hyper[name]] if name in first.hyper else likely_values(name, numbers)
            for name in GREEK
        }
        limits = [first.hyper["limit"]] if "limit" in first.hyper else [c for c in numbers if c > 0.01]
        self.limits = limits if first.clips else []
        self.known = sum(len(slips_in(r, line)) for r in self.rules for line in r.lines) + len(
            WRONG_CLIPS
        )

    def explanations(self, seconds: float) -> list[UpdateFound]:
        """Find the explanations with the fewest mistakes.

        Parameters
        ----------
        seconds : float
            Of the processor: after so long two slips in one line are not looked for any more.

        Returns
        -------
        list of UpdateFound
            At most five, the least far-fetched first; one alone, without mistakes, if the step is right.
        """
        began = process_time()
        found = [*self._with(self._right_clips(), slips=0)]
        right = [f for f in found if not f.mistakes]
        if right:
            return right[:1]
        found += self._with(self._wrong_clips(), slips=0)
        if not self.only_clips:
            found += self._with(self._right_clips(), slips=1)
        if not found:
            found += [*self._some_only(), *self._before_and_after()]
        if not self.only_clips:
            if not found:
                found += [*self._with(self._wrong_clips(), slips=1)]
            if not found and process_time() - began < seconds:
                found += [*self._with(self._right_clips(), slips=2)]
        fewest = min((len(f.mistakes) for f in found), default=0)
        unique: dict[tuple[str, ...], UpdateFound] = {}
        for one in sorted((f for f in found if len(f.mistakes) == fewest), key=lambda f: f.weight):
            # Where ε stands is a convention, and makes no other mistake.
            key = tuple(re.sub(r" \+ ε|[()]", "", m.title) for m in one.mistakes)
            unique.setdefault(key, one)
        least = min((f.weight[1] for f in unique.values()), default=0)
        return [f for f in unique.values() if f.weight[1] <= least + 1][:5]

    def nearest(self) -> UpdateFound | None:
        """The convention of the optimizer that the code names which has most lines right.

        None if the code names none: nobody knows then what its numbers should be.
        """
        if len({rule.optimizer for rule in self.rules}) != 1:
            return None
        best: tuple[int, UpdateFound] | None = None
        for rule in self.rules:
            for order, (clip, limit) in product(permutations(self.sets), self._right_clips()):
                fit = self._fit(rule, order, self._clipped(clip, limit))
                fits = [found for line in rule.lines if (found := fit.of(line, line.right)) is not None]
                hyper = {name: value for _, known in fits for name, value in known.items()}
                if best is None or len(fits) > best[0]:
                    best = len(fits), UpdateFound(rule, clip, limit, hyper=hyper, order=order)
        return best and best[1]

    def meant_clip(self, clip: Clip) -> Clip:
        """The right way to clip, where a way was found in the code.

        Parameters
        ----------
        clip : Clip
            What the code does.

        Returns
        -------
        Clip
            The same if it is right.
        """
        first = self.answers[0]
        expected = first.clips
        if expected == "somehow" and clip is NONE:
            expected = "norm" if first.speaks_of_norm else "value"
        called = {"norm": NORM, "value": VALUE}.get(expected)
        return clip.meant or (called if called is not None and clip is not called else clip)

    # Ways to clip ------------------------------------------------------------------------------

    def _right_clips(self) -> Iterator[tuple[Clip, float]]:
        expected = self.answers[0].clips
        order = [NORM, VALUE] if expected == "norm" else [VALUE, NORM]
        yield from ((clip, limit) for clip in order for limit in self.limits)
        yield NONE, np.inf

    def _wrong_clips(self) -> Iterator[tuple[Clip, float]]:
        """Those that do something else than a right one, on these numbers."""
        right = list(self._right_clips())
        for clip, limit in product(WRONG_CLIPS, self.limits):
            done = self._clipped(clip, limit)
            if not any(_alike(done, self._clipped(other, to)) for other, to in right):
                yield clip, limit

    def _clipped(self, clip: Clip, limit: float) -> list[Array]:
        return [answer.flat(clip.of(answer.own, limit)) for answer in self.answers]

    def _clip_mistakes(self, clip: Clip) -> tuple[WrittenMistake, ...]:
        expected = self.answers[0].clips
        if not clip.right:
            return (WrittenMistake(clip.words, clip.name, clip.why, LARGE),)
        if clip is NONE and expected:
            words = "the update uses the gradients as they were before they were clipped"
            return (WrittenMistake(words, "clipping without effect", NO_EFFECT, LARGE),)
        if expected in ("norm", "value") and clip is not {"norm": NORM, "value": VALUE}[expected]:
            words = f"{clip.words}, though it is called a clipping by {expected}"
            return (WrittenMistake(words, f"clipped {clip.name}", clip.words, LARGE),)
        return ()

    # Lines -------------------------------------------------------------------------------------

    def _with(self, clips: Iterator[tuple[Clip, float]], slips: int) -> Iterator[UpdateFound]:
        """Explanations with these ways to clip, and up to so many slips in the lines."""
        every = list(clips)
        for rule in self.rules:
            for order in permutations(self.sets):
                for clip, limit in every:
                    clipped = self._clipped(clip, limit)
                    yield from self._explained(rule, order, clip, limit, clipped, slips)

    def _explained(
        self,
        rule: UpdateRule,
        order: Sequence[str],
        clip: Clip,
        limit: float,
        clipped: list[Array],
        slips: int,
    ) -> Iterator[UpdateFound]:
        found: list[tuple[tuple[WrittenMistake, ...], float, dict[str, float]]] = [
            (self._clip_mistakes(clip), 0.0, {})
        ]
        left = slips
        fit = self._fit(rule, order, clipped)
        for line in rule.lines:
            known = found[0][2]
            right = fit.of(line, line.right, known)
            if right is not None:
                found = [(m, max(e, right[0]), {**h, **right[1]}) for m, e, h in found]
                continue
            ways: list[tuple[tuple[WrittenMistake, ...], float, dict[str, float]]] = []
            if left >= 1:
                ways = [
                    ((self._written(rule, line, wrong.words, wrong),), *fits)
                    for wrong in slips_in(rule, line)
                    if (fits := fit.of(line, wrong.formula, known)) is not None
                ]
                left -= 1
            if not ways and slips == 2:
                ways = [
                    (
                        (self._written(rule, line, a.words, a), self._written(rule, line, b.words, b)),
                        *fits,
                    )
                    for a, b in islice(twice(rule, line), MOST_DOUBLE)
                    if (fits := fit.of(line, b.formula, known)) is not None
                ]
            if not ways:
                return
            found = [
                ((*before, *mistakes), max(e, error), {**h, **hyper})
                for before, e, h in found
                for mistakes, error, hyper in ways[:6]
            ]
        for mistakes, error, hyper in found:
            yield UpdateFound(rule, clip, limit, mistakes, error, hyper, tuple(order))

    def _some_only(self) -> Iterator[UpdateFound]:
        """Some arrays clipped and others not; or some updated and others not."""
        for rule in self.rules:
            for order in permutations(self.sets):
                for clip, limit in self._right_clips():
                    names = self.answers[0].names
                    with_it = self._good_arrays(rule, order, clip, limit)
                    without = self._good_arrays(rule, order, NONE, np.inf)
                    if clip is not NONE and with_it and with_it | without == set(names) != with_it:
                        some = all_but(clip, frozenset(set(names) - with_it))
                        mistakes = self._clip_mistakes(some)
                        yield UpdateFound(rule, some, limit, mistakes, order=order)
                    still = {n for n in names if self._unchanged(n)}
                    if with_it and still and with_it | still == set(names):
                        verb = "is" if len(still) == 1 else "are"
                        words = f"{' and '.join(sorted(still))} {verb} not updated"
                        why = "Every parameter has a step to make: list all of them."
                        own = (*self._clip_mistakes(clip), WrittenMistake(words, "not updated", why))
                        yield UpdateFound(rule, clip, limit, own, order=order)

    def _before_and_after(self) -> Iterator[UpdateFound]:
        """The memory is made of gradients that are not clipped, the step of clipped ones; or so."""
        with_state = [rule for rule in self.rules if rule.state]
        clips = [(clip, limit) for clip, limit in self._right_clips() if clip is not NONE]
        for rule, order, (clip, limit) in product(with_state, permutations(self.sets), clips):
            bare, clipped = (
                self._fit(rule, order, self._clipped(*one)) for one in ((NONE, np.inf), (clip, limit))
            )
            *kept, moved = rule.lines
            for of_memory, of_step, words in ((bare, clipped, KEPT_BARE), (clipped, bare, MOVED_BARE)):
                fits = [of_memory.of(line, line.right) for line in kept]
                if None not in fits and of_step.of(moved, moved.right) is not None:
                    mistake = WrittenMistake(words, "clipped too late", NO_EFFECT, LARGE)
                    yield UpdateFound(rule, clip, limit, (mistake,), order=order)

    def _good_arrays(self, rule: UpdateRule, order: Sequence[str], clip: Clip, limit: float) -> set[str]:
        """The parameters of which all lines are right."""
        fit = self._fit(rule, order, self._clipped(clip, limit))
        good = set(self.answers[0].names)
        for line in rule.lines:
            for name in sorted(good):
                if fit.of(line, line.right, only=name) is None:
                    good.discard(name)
        return good

    def _unchanged(self, name: str) -> bool:
        return all(np.array_equal(a.before[name], a.after[name]) for a in self.answers)

    def _fit(self, rule: UpdateRule, order: Sequence[str], clipped: list[Array]) -> LineFit:
        return LineFit(self.answers, rule, order, clipped, self.hyper, self.tolerance)

    def _written(
        self, rule: UpdateRule, line: UpdateLine, words: str, wrong: WrongFormula
    ) -> WrittenMistake:
        slip = wrong.slip
        what = "θ" if line.left == NEW_THETA else line.left.partition("[")[0]
        return WrittenMistake(
            f"in {rule.optimizer}, the new {what} {words}",
            slip.name,
            slip.why,
            slip.seen,
            str(line),
            str(UpdateLine(line.left, wrong.formula)),
            wrong.weight,
        )


def _alike(one: list[Array], other: list[Array]) -> bool:
    return all(np.allclose(a, b, rtol=1e-9, atol=0) for a, b in zip(one, other, strict=True))
