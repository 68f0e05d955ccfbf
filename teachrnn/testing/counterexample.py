"""The smallest case in which a law of a backward pass does not hold: finding and describing it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from hypothesis import Phase, find, settings
from hypothesis.errors import NoSuchExample

from teachrnn.diagnosis.hint import Hint
from teachrnn.diagnosis.instance import Instance
from teachrnn.testing.backward_laws import MANNERS, Judge
from teachrnn.testing.clues import Clues, clues
from teachrnn.testing.instances import DrawnCase, Limits, cases
from teachrnn.testing.profiles import ON_ANY_MACHINE

MAX_NUMBERS = 60
"""Maximum number of parameter entries that are shown."""


@dataclass(frozen=True)
class Counterexample:
    """A law that does not hold, with the smallest case found; its text describes the case.

    Attributes
    ----------
    law : str
        Its name: "dW", "loss".
    case : DrawnCase
        What the case was drawn from.
    message : str
        The expected and the actual value.
    clues : Clues
        In which other cases the law holds, and in which it does not.
    also, right : list of str
        The other laws that are broken on this case, and those that hold.
    instance : Instance
        The numbers of the case.
    draw : str
        The Python expression that draws them.
    """

    law: str
    case: DrawnCase
    message: str
    clues: Clues
    also: Sequence[str]
    right: Sequence[str]
    instance: Instance
    draw: str

    def __str__(self) -> str:
        return self.hints()

    def hints(self, hint: Hint | int = Hint.MISTAKE) -> str:
        """What is known, up to one of the five hints.

        Parameters
        ----------
        hint : Hint or int
            The last hint: up to 2, which law is broken; 3, the smallest case too; from 4, where to look.

        Returns
        -------
        str
            Lines of text.
        """
        if hint < Hint.CASE:
            return f"The law {self.law!r} does not hold."
        lines = [f"{self.law}: {self.message}", *self._case()]
        if hint >= Hint.FORMULA:
            lines += self._where_to_look()
        return "\n".join([*lines, f"The same numbers in Python: {self.draw}{self.case.arguments})"])

    def _case(self) -> Iterator[str]:
        yield f"The smallest case that fails is {self._sizes()}:"
        yield from (f"  {line}" for line in self._numbers())
        if self.also:
            yield f"In this case {_listed(self.also)} fail{'s' if len(self.also) == 1 else ''} too."
        if self.right:
            yield f"In this case {_listed(self.right)} {'is' if len(self.right) == 1 else 'are'} right."

    def _where_to_look(self) -> Iterator[str]:
        yield str(self.clues)
        if self.case.T == 1 and self.law not in MANNERS:
            yield "It already fails at T = 1: look at a single step."

    def _sizes(self) -> str:
        case = self.case
        batch = "one sequence" if case.batch is None else f"B = {case.batch}"
        return f"T = {case.T}, m = {case.hidden}, K = {case.symbols}, {batch} ({case.cell})"

    def _numbers(self) -> Iterator[str]:
        instance = self.instance
        yield f"x = {_written(instance.x)}, y = {_written(instance.y)}"
        if not self.case.start:
            yield ", ".join(f"{name}[0] = 0" for name in instance.state)
        parameters = instance.model.parameters
        if sum(p.size for p in parameters.values()) <= MAX_NUMBERS:
            states = {f"{n}[0]": a for n, a in instance.state.items()} if self.case.start else {}
            for name, array in {**states, **parameters}.items():
                yield f"{name} = {_written(array)}"


class Search:
    """Searches for cases in which laws do not hold, and makes them smaller.

    The cases are the same each time, so whether code passes does not depend on chance.

    Parameters
    ----------
    judge : Judge
        The judge of the code.
    limits : Limits
        How large cases may be.
    examples : int, optional
        How many are tried; by default, the number in Hypothesis's profile.
    """

    def __init__(self, judge: Judge, limits: Limits, examples: int | None = None) -> None:
        self.judge, self.limits = judge, limits
        self._wanted: dict[str, Any] = {} if examples is None else {"max_examples": examples}

    @cached_property
    def tried(self) -> list[DrawnCase]:
        """The cases, before any is made smaller."""
        tried: list[DrawnCase] = []

        def is_wanted(case: DrawnCase) -> bool:
            tried.append(case)
            return False  # so that all cases are drawn

        self._find(is_wanted)
        return tried

    def counterexample(self, law: str) -> Counterexample | None:
        """The smallest case in which a law does not hold; None if it holds in all of them."""

        def breaks(case: DrawnCase) -> bool:
            return self.judge.on(case)[law].state == "broken"

        if not any(map(breaks, self.tried)):
            return None
        case = self._find(breaks)
        if case is None:
            return None
        code, findings = self.judge.code, self.judge.on(case)
        others = {name: f.state for name, f in findings.items() if name != law}
        return Counterexample(
            law,
            case,
            findings[law].reason,
            clues(self.judge, law, case, self.limits),
            [name for name, state in others.items() if state == "broken"],
            [name for name, state in others.items() if state == "holds" and name not in MANNERS],
            case.instance(code.draw),
            "submission.draw(" if code.recognised else f"Instance.draw({code.cell!r}, ",
        )

    def _find(self, condition: Callable[[DrawnCase], bool]) -> DrawnCase | None:
        """The smallest case that Hypothesis finds; the order of cases is always the same."""
        phases = (Phase.generate, Phase.shrink)
        try:
            return find(
                cases(self.judge.code.cell, self.limits),
                condition,
                settings=settings(
                    **self._wanted, derandomize=True, database=None, phases=phases, **ON_ANY_MACHINE
                ),
            )
        except NoSuchExample:
            return None


def _written(array: np.ndarray[Any, Any]) -> str:
    plain: Any = {"float_kind": lambda number: f"{number:g}"}
    text = np.array2string(array, separator=", ", max_line_width=10_000, formatter=plain)
    return " ".join(text.split())


def _listed(names: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))
