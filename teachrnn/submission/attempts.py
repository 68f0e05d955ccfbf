"""Trying a program in one layout after another: the attempts, their results, the closest one."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from time import process_time
from typing import Any

import numpy as np

from teachrnn.errors import TeachrnnError
from teachrnn.submission.case import Case
from teachrnn.submission.findings import (
    Finding,
    find_loss,
    find_values,
    nearest_sum,
    scalars,
    steps_right,
)
from teachrnn.submission.layouts import Layout
from teachrnn.submission.limits import HopelessError, StudentError
from teachrnn.submission.needs import Needs
from teachrnn.submission.plan import Plan, Step
from teachrnn.submission.run import Arrangement, ProgramRun
from teachrnn.submission.sequence_form import BATCH_X, SINGLE_X, SequenceForm

SECONDS_FOR_AN_ATTEMPT = 1.0
MOST_NEAR = 30
"""So many layouts are kept in which a forward pass that is wrong ran."""
MOST_HOPELESS = 2
"""After so many attempts that came to no end, or left, no other is made."""


@dataclass
class Recognised:
    """How a program is called, and what was found when it was.

    Attributes
    ----------
    forward_right : bool
        Whether the forward pass gives our numbers; if not, this is the likeliest layout.
    loss_name : str
        How the loss is added up; "" where there is none.
    loss_step : Step or None
        The function that gives it, if another.
    states_right : int or None
        Where the forward pass is wrong: how many states, from the first on, are right all the same.
    """

    plan: Plan
    arrangement: Arrangement
    needs: Needs
    forward_right: bool
    loss_name: str = ""
    loss_step: Step | None = None
    found: dict[str, Finding] = field(default_factory=dict)
    backward: Step | None = None
    error: float = 0.0
    states_right: int | None = None
    score: tuple[float, ...] = ()


@dataclass
class Attempts:
    """All attempts so far, the time left, and those that came closest."""

    cell: str | None
    layout: Layout | None
    until: float
    tried: int = 0
    nearest: list[Recognised] = field(default_factory=list)
    complaints: dict[str, int] = field(default_factory=dict)
    cases: dict[Any, Case] = field(default_factory=dict)
    hopeless: int = 0
    returned: str = ""
    furthest: tuple[int, ProgramRun] | None = None

    def case(self, cell: str, needs: Needs, sizes: dict[str, int], seed: int = 1) -> Case:
        key = (cell, needs, tuple(sizes.items()), seed)
        if key not in self.cases:
            self.cases[key] = Case(needs.draw(cell, seed=seed, scale=0.6, start=0.8, **sizes))
        return self.cases[key]

    def over(self) -> bool:
        return process_time() > self.until or self.hopeless >= MOST_HOPELESS

    def failed(self, run: ProgramRun, error: StudentError) -> None:
        """Record a failure; the attempt that got furthest probably had the right layout."""
        self.hopeless += isinstance(error, HopelessError)
        text = str(error).split("\n")[0]
        self.complaints[text] = self.complaints.get(text, 0) + 1
        if isinstance(error, HopelessError) or self.furthest is None or error.line > self.furthest[0]:
            line = 10**9 if isinstance(error, HopelessError) else error.line
            self.furthest = line, run


def attempt(
    plan: Plan, arrangement: Arrangement, case: Case, needs: Needs, attempts: Attempts
) -> Recognised | None:
    """Run the forward pass once; None if it fails or returns nothing that could be ours."""
    attempts.tried += 1
    run = ProgramRun(plan, arrangement, case, brief=True, seconds=SECONDS_FOR_AN_ATTEMPT)
    try:
        run.start()
        run.forward()
    except StudentError as error:
        attempts.failed(run, error)
        return None
    except TeachrnnError:
        raise
    found = find_values(run)
    outcome = Recognised(plan, arrangement, needs, False, found=found)
    _with_loss(outcome, run)
    errors = [f.error for n, f in found.items() if n != "s"]
    whole = "V" not in {p for f in arrangement.forms.values() for p in f.parameters}
    if outcome.loss_name or (errors and (whole or not scalars(run))):
        outcome.forward_right = True
        outcome.error = max([outcome.error, *errors[:1]])
        return outcome
    understood = find_values(run, near=np.inf)
    numbers = [v for _, v in scalars(run) if np.isfinite(v).all()]
    if not understood and not numbers:
        attempts.returned = f"{plan.forward.function.name} returns {_kind_of(run.returned)}"
        return None
    apart = min((f.error for n, f in understood.items() if n in ("h", "s")), default=9.0)
    off = min((abs(float(np.ravel(v)[0]) / case.loss - 1) for v in numbers), default=9.0)
    outcome.score = (
        *(len(found), steps_right(run), len(understood), bool(numbers)),
        *(-round(min(apart, 9.0), 2), -round(min(off, 9.0), 2), -attempts.tried),
    )
    outcome.found = understood
    outcome.states_right = steps_right(run) if "h" in understood else None
    if numbers:
        outcome.loss_name = nearest_sum(numbers[0], case)
    attempts.nearest = sorted([*attempts.nearest, outcome], key=lambda o: o.score)[-MOST_NEAR:]
    return outcome


def _with_loss(outcome: Recognised, run: ProgramRun) -> None:
    """Take the loss from what was returned, or from another function of the program."""
    for _, value in scalars(run):
        as_ours = find_loss(value, run.case, run.arrangement.y)
        if as_ours is not None:
            outcome.loss_name, outcome.error = as_ours
            return
    if not outcome.found:
        return
    run.found = dict(outcome.found)
    arrangement = run.arrangement
    for step in outcome.plan.losses:
        for y in y_forms(outcome.plan, arrangement, run.case.B > 1):
            run.arrangement = replace(arrangement, y=y)
            try:
                value = run.then(step)
            except StudentError:
                continue
            as_ours = find_loss(value, run.case, run.arrangement.y)
            if as_ours is not None:
                outcome.loss_name, outcome.error = as_ours
                outcome.loss_step, outcome.arrangement = step, run.arrangement
                return


def y_forms(plan: Plan, arrangement: Arrangement, batch: bool) -> list[SequenceForm]:
    """Forms that the targets can have in what follows: all, unless the forward pass took them."""
    if any(fill.kind == "y" for fill in plan.forward.fills.values()):
        return [arrangement.y]
    return list(dict.fromkeys([arrangement.y, *(BATCH_X if batch else SINGLE_X)]))


def _kind_of(value: object) -> str:
    if isinstance(value, tuple):
        return f"({', '.join(type(part).__name__ for part in value)})"
    return "None" if value is None else type(value).__name__
