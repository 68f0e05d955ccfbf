"""The smallest numbers on which code is wrong: small enough to be done by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from teachrnn.diagnosis.answer import Answer
from teachrnn.diagnosis.entry import entry_of
from teachrnn.diagnosis.instance import Instance
from teachrnn.diagnosis.wrong_forward import wrong_forward

SIZES = (
    (1, 1, 2, None),
    (1, 2, 3, None),
    (2, 1, 3, None),
    (2, 2, 3, None),
    (3, 1, 4, None),
    (3, 2, 4, None),
    (2, 2, 3, 2),
    (4, 3, 5, 2),
)
"""T, m, K, B: one step before two, one unit before two, one sequence before several."""


class HasSizes(Protocol):
    """A set of numbers that says how many it is made of."""

    @property
    def said_sizes(self) -> str:
        """Its sizes in words."""


@dataclass(frozen=True)
class Smallest:
    """A case of few numbers, and one entry in which the code is wrong there.

    Attributes
    ----------
    instance : Instance, OperationCase or UpdateCase
        The numbers.
    passes : list of str
        Smaller cases that are right, such as "T = 1".
    entry : str
        Which number is wrong, counted from 0: "dW[0, 1]", "the new W[0, 1]", "the loss". Of an array,
        it is the entry with the largest error.
    expected, given : float
        What it should be, and what it is.
    made_of : dict of str to float
        The numbers that the entry is made of, where these are few, by their letters.
    """

    instance: HasSizes
    passes: list[str]
    entry: str
    expected: float
    given: float
    made_of: dict[str, float] = field(default_factory=dict)

    @property
    def sizes(self) -> str:
        """Its sizes in words."""
        return self.instance.said_sizes

    def __str__(self) -> str:
        right = f"; {' and '.join(self.passes)} {'is' if len(self.passes) == 1 else 'are'} right"
        letters = ", ".join(f"{letter} = {number:.6g}" for letter, number in self.made_of.items())
        return (
            f"smallest failing case: {self.sizes}{right if self.passes else ''}. There"
            f"{f', with {letters},' if letters else ''} {self.entry} should be {self.expected:.6g} "
            f"and is {self.given:.6g}."
        )


def smallest_failing(
    draw: Callable[..., Instance],
    answer: Callable[[Instance], Answer],
    tolerance: float,
    *,
    forward: float | None = None,
) -> Smallest | None:
    """Try small sizes, in order, until the code is wrong.

    Parameters
    ----------
    draw : callable
        Draws an instance that the code can answer.
    answer : callable
        The student's answer on an instance.
    tolerance : float
        What right code may differ by, in units of rounding.
    forward : float, optional
        If the forward pass is to be compared, before the gradients: what its values may differ by.

    Returns
    -------
    Smallest or None
        None if all are right.
    """
    passes: list[Instance] = []
    for T, m, K, B in SIZES:
        instance = draw(T=T, hidden=m, symbols=K, batch=B, seed=T + m)
        given = answer(instance)
        value = None if forward is None else wrong_forward(instance, given, forward)
        if value is not None:
            return Smallest(instance, [], value.entry, value.expected, value.given)
        own = given.gradients
        worst, found = tolerance, None
        right = {**instance.gradients, **instance.state_gradients}
        units = {**instance.units, **instance.state_units}
        for name in (name for name in right if name in own):
            difference = np.abs(np.asarray(own[name], dtype=float) - right[name])
            difference[~np.isfinite(difference)] = np.inf
            error = float(difference.max(initial=0.0)) / units[name]
            if error > worst:
                worst, place = error, np.unravel_index(int(difference.argmax()), difference.shape)
                found = (name, tuple(int(i) for i in place))
        if found is not None:
            name, where = found
            expected, is_now = (float(np.asarray(d[name])[where]) for d in (right, own))
            entry = entry_of(f"d{name}", where)
            return Smallest(instance, _telling(passes, instance), entry, expected, is_now)
        passes.append(instance)
    return None


def _telling(passes: list[Instance], failing: Instance) -> list[str]:
    """Of the cases that are right, those that differ from the failing one in one size only."""
    found = []
    if failing.T > 1 and any(p.T == 1 for p in passes):
        found.append("T = 1")
    if failing.model.hidden > 1 and any(p.T == failing.T and p.model.hidden == 1 for p in passes):
        found.append(f"T = {failing.T} with m = 1")
    if failing.B > 1 and any(p.B == 1 and p.T >= failing.T for p in passes):
        found.append("B = 1")
    return found
