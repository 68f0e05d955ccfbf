"""The ladder of hints: what is told of a diagnosis, step by step."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import IntEnum
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from teachrnn.diagnosis.diagnosis import Diagnosis


class Hint(IntEnum):
    """How much is told: each step says more than the one before."""

    VERDICT = 1
    """Whether it is right."""
    WHERE = 2
    """Which gradients are wrong, and from which step on."""
    CASE = 3
    """The smallest case that fails, with the expected and the given number."""
    FORMULA = 4
    """The line of the backward pass that is violated, as it should be."""
    MISTAKE = 5
    """What the mistake is, why, and how to see it."""


def hint_lines(found: Diagnosis, hint: Hint | int = Hint.MISTAKE) -> Iterator[str]:
    """What is known, no further than to a step of the ladder.

    Parameters
    ----------
    found : Diagnosis
        What is known.
    hint : Hint or int
        The last step.

    Yields
    ------
    str
        A line of text.
    """
    for step in list(Hint)[: int(hint)]:
        yield from hint_step(found, step)


def hint_step(found: Diagnosis, hint: Hint) -> Iterator[str]:
    """What a single step of the ladder says.

    Parameters
    ----------
    found : Diagnosis
        What is known.
    hint : Hint
        Which step.

    Yields
    ------
    str
        A line of text.
    """
    yield from (_verdict, _where, _case, _formula, _mistake)[hint - 1](found)


def _verdict(found: Diagnosis) -> Iterator[str]:
    count = len(found.instances)
    if found.right:
        worst = max((c.error for c in found.compared), default=0.0)
        if all(c.gradient for c in found.compared):
            how_well = f"to {worst:.0e}" if worst else "to the last bit"
            yield f"Right: every gradient agrees on {count} of {count} instances, {how_well}."
        else:
            what = _listed([c.name for c in found.compared])
            yield f"Right: {what}, on {count} of {count} instances."
    elif found.verdict == "forward pass differs":
        yield "The forward pass differs from the model's: look at it before the gradients."
    elif found.only_clipped:
        yield "Clipped: every gradient agrees where it is not clipped."
    elif not all(c.gradient for c in found.compared):
        yield f"Wrong: {_listed([c.name for c in found.compared if c.wrong])}."
    else:
        wrong = sum(c.wrong > 0 for c in found.compared)
        yield f"Wrong: {wrong} of {len(found.compared)} gradients differ from the loss's derivatives."
    yield from (f"  {remark}" for remark in found.remarks)


def _where(found: Diagnosis) -> Iterator[str]:
    if found.right:
        return
    for c in found.compared:
        is_so = "clipped" if found.only_clipped else "wrong"
        state = f"{is_so} on {c.wrong} of {c.of} instances" if c.wrong else "right"
        yield f"  {c.said:<7} {state}" if c.gradient else f"  {c.name}: {state}"
    yield from (f"  {relation}" for relation in found.relations)
    if found.first is not None:
        first = found.first
        names = ", ".join(f"d{name}" for name in first.values)
        before = "; at the later steps it is right" if first.right_after else ""
        yield f"  On the way back {names} is first wrong at t = {first.t}{before}."


def _case(found: Diagnosis) -> Iterator[str]:
    if found.smallest is not None:
        yield f"  {str(found.smallest)[0].upper()}{str(found.smallest)[1:]}"
    if found.first is not None:
        expected, given = (
            np.array2string(a, precision=5) for a in (found.first.expected, found.first.given)
        )
        yield f"  d{found.first.values[0]}[{found.first.t}] should be {expected} and is {given}."


def _formula(found: Diagnosis) -> Iterator[str]:
    lines = [m.right for m in found.mistakes if m.right]
    if lines:
        yield "  Look at the line that should say: " + "; ".join(lines)


def _mistake(found: Diagnosis) -> Iterator[str]:
    if found.right:
        return
    if not found.explanations:
        if found.verdict == "unknown mistake":
            pair = ", nor two of them," if found.every_pair else ""
            yield f"None of {found.known} known mistakes{pair} gives these numbers."
        return
    for m in found.mistakes:
        yield f"Most likely: {m.title}."
        if m.wrong:
            yield f"  yours:  {m.wrong}"
            yield f"  right:  {m.right}"
        yield f"  {m.why}"
        if m.seen.startswith("any "):
            yield f"  {m.seen.capitalize()} show it."
        else:
            yield f"  To see it, a check needs {m.seen}."
    e, count = found.explanations[0], len(found.instances) + found.confirmed
    numbers = "gradients" if all(c.gradient for c in found.compared) else "numbers"
    alone = "and no other known mistake does" if len(found.explanations) == 1 else ""
    yield (
        f"Evidence: your {numbers} equal, to {e.error:.0e}, what this gives, on {count} of {count} "
        f"instances{', ' if alone else ''}{alone} (of {found.known})."
    )
    if found.ties:
        yield "No number can tell it from:"
        yield from (f"  {' and '.join(m.title for m in tie)}" for tie in found.ties)


def _listed(names: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]])) if names else ""
