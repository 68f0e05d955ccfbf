"""What a failing case says about the mistake: in which similar cases it does not show."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from teachrnn.testing.backward_laws import Judge
from teachrnn.testing.instances import DrawnCase, Limits

TRIED = 12
"""How many cases of each kind are tried."""
MOST = 9
"""If fewer of the cases at least as large fail, the failure depends on the numbers, not on the sizes."""


@dataclass(frozen=True)
class Clue:
    """A kind of case in which the law holds, and where to look because it does.

    Attributes
    ----------
    passes : str
        The kind: "at T = 1".
    look : str
        Where to look.
    """

    passes: str
    look: str

    def __str__(self) -> str:
        return f"{self.passes}: {self.look}"


@dataclass(frozen=True)
class Clues:
    """The results of trying other cases.

    Attributes
    ----------
    fail : int
        How many of the cases at least as large as the failing one fail too.
    kinds : list of Clue
        Kinds of similar case in which none fails.
    """

    fail: int
    kinds: list[Clue]

    def __str__(self) -> str:
        tried = f"It fails in {self.fail} of {TRIED} cases of this size or larger"
        if self.fail < MOST:
            return (
                f"{tried}: that depends on the numbers, not on the sizes. Look for code that treats "
                "some numbers differently, such as clipping, a maximum or a condition."
            )
        if not self.kinds:
            return f"{tried}."
        kinds = ";\n".join(f"  {kind}" for kind in self.kinds)
        return f"{tried}, and passes in {TRIED} of {TRIED}\n{kinds}."


def clues(judge: Judge, law: str, case: DrawnCase, limits: Limits) -> Clues:
    """Try larger cases, and variants of them that differ in one respect.

    Parameters
    ----------
    judge : Judge
        The judge of the code.
    law : str
        Name of the broken law.
    case : DrawnCase
        The smallest case in which it is broken.
    limits : Limits
        The limits within which cases are drawn.
    """
    others = list(_as_large(case, limits))
    fail = sum(judge.on(other)[law].state == "broken" for other in others)
    if fail < MOST:
        return Clues(fail, [])
    kinds = [
        clue
        for clue, changed in _kinds(case, limits)
        if all(judge.on(changed(other))[law].state == "holds" for other in others)
    ]
    return Clues(fail, kinds)


def _as_large(case: DrawnCase, limits: Limits) -> Iterator[DrawnCase]:
    """Cases of the same form, at least as large."""
    rng = np.random.default_rng(0)
    for seed in range(TRIED):
        T = int(rng.integers(case.T, max(case.T, limits.max_T), endpoint=True))
        hidden = int(rng.integers(case.hidden, max(case.hidden, limits.max_hidden), endpoint=True))
        distinct = case.distinct and case.symbols >= T
        yield replace(case, T=T, hidden=hidden, distinct=distinct, seed=seed)


def _kinds(case: DrawnCase, limits: Limits) -> Iterator[tuple[Clue, Callable[[DrawnCase], DrawnCase]]]:
    """Kinds that the failing case does not belong to, each with the change that makes a case of it."""
    T, B = case.T, case.batch
    if T > 1:
        carry = "look at what you carry back from each step to the one before"
        yield (
            Clue("at T = 1" if T == 2 else f"at T < {T}", carry),
            lambda other: replace(other, T=1 + other.seed % (T - 1)),
        )
    if case.hidden > 1:
        transpose = "look for a transpose, or an outer product the wrong way round"
        yield Clue("at m = 1", transpose), lambda other: replace(other, hidden=1)
    if case.hidden != case.symbols:
        shapes = "look for a matrix used in place of its transpose: only there the shapes are the same"
        yield Clue("where m = K", shapes), lambda other: replace(other, hidden=case.symbols)
    if B == 1:
        axis = "look at which axis is time and which is the batch"
        yield Clue("without a batch axis", axis), lambda other: replace(other, batch=None)
    elif B is not None:
        sums = "look at sums over the batch"
        yield Clue("at B = 1", sums), lambda other: replace(other, batch=1)
    if case.start:
        first = "look at the first step, and at h[t-1] there"
        yield Clue("with h[0] = 0", first), lambda other: replace(other, start=0.0)
    if not case.distinct and "distinct" in limits.tokens and _repeats(case):
        columns = "look at whether the columns of dU are added to (+=) or overwritten (=)"
        yield (
            Clue("where no symbol occurs twice", columns),
            lambda other: replace(other, distinct=True, symbols=max(other.T, other.symbols)),
        )
    if case.scale > 1:
        large = "look for code that only affects large numbers, such as clipping"
        yield Clue("with smaller weights", large), lambda other: replace(other, scale=0.1)


def _repeats(case: DrawnCase) -> bool:
    x = case.instance().x
    return any(len(set(column.tolist())) < case.T for column in x.reshape(case.T, -1).T)
