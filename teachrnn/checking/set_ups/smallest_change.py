"""What to change in a check, one thing at a time, so that it sees what it does not see."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from teachrnn.checking.set_ups.set_up import CheckSetUp, Circumstances
from teachrnn.checking.set_ups.tally import Tally, refused_always
from teachrnn.diagnosis.mistake import Mistake

LARGE = Circumstances(T=20, m=3, K=4, scale=2.0, start=0.8)
"""Numbers with gradients that training would clip."""


@dataclass(frozen=True)
class SuggestedChange:
    """One thing changed, and what is gained.

    Attributes
    ----------
    words : str
        What to do.
    set_up : CheckSetUp
        The check with this change, and those that were suggested before it.
    shows : tuple of Mistake
        The mistakes that it then sees, and did not see before.
    """

    words: str
    set_up: CheckSetUp
    shows: tuple[Mistake, ...]


def smallest_changes(
    set_up: CheckSetUp,
    unseen: Sequence[Mistake],
    cell: str,
    tally: Tally,
    *,
    draws: int,
    seed: int,
    most: int,
) -> list[SuggestedChange]:
    """Change one thing after the other, each time that which shows most of what is not seen.

    Parameters
    ----------
    set_up : CheckSetUp
        The check.
    unseen : sequence of Mistake
        What it does not see.
    cell : str
        Name of the cell.
    tally : Tally
        How the check did: a change must not refuse right code more often.
    draws, seed : int
        How often each change is tried, and with which random numbers.
    most : int
        How many changes at most.

    Returns
    -------
    list of SuggestedChange
        The changes, the first by itself, each other one on top of those before it.
    """
    found: list[SuggestedChange] = []
    left = list(unseen)
    alarms = tally.false_alarms / tally.draws
    while left and len(found) < most:
        best: SuggestedChange | None = None
        for words, changed in _changes(set_up):
            if best is not None and (len(best.shows) == len(left) or len(changed.at) > len(set_up.at)):
                break  # nothing is left; and a second run is more than a change of the first
            shows = refused_always(
                changed,
                left,
                cell,
                draws=draws,
                seed=seed,
                more_than=len(best.shows) if best else 0,
                max_alarms=alarms * draws,
            )
            if shows is not None:
                best = SuggestedChange(words, changed, tuple(shows))
        if best is None:
            break
        found.append(best)
        set_up, left = best.set_up, [m for m in left if m not in best.shows]
    return found


def _changes(set_up: CheckSetUp) -> Iterator[tuple[str, CheckSetUp]]:
    """Single changes that make sense for it, the easy ones first."""
    if all(one.start == 0 for one in set_up.at):
        yield "draw h0 at random, in place of h0 = 0", set_up.changed(start=0.8)
    if set_up.entries is not None:
        yield "compare every entry", set_up.changed(entries=None)
    if set_up.parameters is not None:
        yield "compare the gradients of all parameters", set_up.changed(parameters=None)
    if all(one.T < 4 for one in set_up.at):
        yield "take T = 4 steps", set_up.changed(T=4)
    if all(one.m == 1 for one in set_up.at):
        yield "take m = 3 units", set_up.changed(m=3)
    if all(one.scale < 0.3 for one in set_up.at):
        yield "draw weights of size 0.5", set_up.changed(scale=0.5)
    if not any(one.biases for one in set_up.at):
        yield "draw the biases too", set_up.changed(biases=True)
    if set_up.takes_batches and all((one.B or 1) == 1 for one in set_up.at):
        at = tuple(replace(one, B=3 if one.T == 2 else 2) for one in set_up.at)
        yield "take B = 2 sequences at once", set_up.changed(at=at)
    if set_up.dtype != "float64":
        yield "compute in float64", set_up.changed(dtype="float64")
    for factor in (100.0, 1e4):
        yield f"divide the tolerance by {factor:,.0f}", set_up.changed(rule=set_up.rule.tighter(factor))
    if set_up.differs_by_steps:
        yield (
            "take the complex step, and divide the tolerance by 10,000",
            set_up.changed(against="complex", step=None, rule=set_up.rule.tighter(1e4)),
        )
    if not any(one.scale >= 1.5 and one.T >= 10 for one in set_up.at):
        yield (
            "check a second time, at numbers with large gradients (T = 20, weights of size 2)",
            set_up.changed(at=(*set_up.at, replace(LARGE, B=set_up.at[0].B))),
        )


def unseen_of(mistakes: Sequence[Mistake], tally: Tally) -> list[Mistake]:
    """Those that passed at least once, or of which nothing can be said."""
    return [m for m, share in zip(mistakes, tally.accepted, strict=True) if np.isnan(share) or share > 0]
