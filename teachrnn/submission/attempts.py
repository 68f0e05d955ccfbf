"""Trying a program in one layout after another: the attempts, their results, the closest one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from time import process_time
from typing import Any

import numpy as np

from teachrnn.errors import TeachrnnError
from teachrnn.submission.case import Case
from teachrnn.submission.findings import (
    Finding,
    find_loss,
    found_again,
    nearest_sum,
    scalars,
    understand,
)
from teachrnn.submission.gate_names import order_of_gates
from teachrnn.submission.layouts import Layout
from teachrnn.submission.limits import HopelessError, StudentError
from teachrnn.submission.needs import Needs
from teachrnn.submission.parameter_names import NameReading
from teachrnn.submission.plan import Plan, Step
from teachrnn.submission.run import Arrangement, ProgramRun
from teachrnn.submission.sequence_form import BATCH_X, SINGLE_X, SequenceForm
from teachrnn.submission.styles import Style

SECONDS_FOR_AN_ATTEMPT = 1.0
SECONDS_AFTER_A_RUN = 1.5
"""Once a forward pass has run without giving our numbers: if it is wrong, it is wrong in every layout.

Of the programs in the tests none was recognised more than half a second after it first ran."""
MOST_NEAR = 12
"""So many layouts in which a wrong forward pass ran are handed on, to try the backward pass in."""
LOSS_TELLS = 0.5
"""A loss is one number: nearer to ours than this, as a logarithm, it does not say which layout it is."""
NEARLY = np.log(1.3)
"""Distances within this factor do not say which of two layouts it is."""
MOST_HOPELESS = 2
"""After so many attempts that came to no end, or left, no other is made."""
SIZES = {
    False: {"T": 3, "hidden": 5, "symbols": 7},
    True: {"T": 3, "hidden": 5, "symbols": 7, "batch": 2},
}


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
    wrong_readout : dict of str to Finding
        Where the states are right and there is no loss: what is called scores or probabilities, and is
        not ours.
    states_right : int or None
        Where the forward pass is wrong: how many states, from the first on, are right all the same.
    values_right : int
        Where it is wrong: how many of h, s, o and p are right all the same.
    distance : float
        Where it is wrong: how far from ours, relative to their size, the values are that can be read.
    loss_off : float
        Where it is wrong: how far the loss is from ours, as a logarithm.
    tried : int
        Where it is wrong: as which attempt it was tried.
    orders : list of float
        Where it is wrong: the distances in all orders of the gates that were tried, smallest first.
    laid_out : tuple, optional
        Where it is wrong: the reading of its names, the style and the shapes that it was made of.
    """

    plan: Plan
    arrangement: Arrangement
    needs: Needs
    forward_right: bool
    loss_name: str = ""
    loss_step: Step | None = None
    wrong_readout: dict[str, Finding] = field(default_factory=dict)
    found: dict[str, Finding] = field(default_factory=dict)
    backward: Step | None = None
    error: float = 0.0
    states_right: int | None = None
    values_right: int = 0
    distance: float = 0.0
    loss_off: float = 0.0
    tried: int = 0
    orders: list[float] = field(default_factory=list)
    laid_out: tuple[NameReading, Style, dict[str, tuple[int, ...]]] | None = None

    @property
    def kind(self) -> tuple[object, ...]:
        """What is alike in layouts of the same shapes, which differ in the order of gates, say."""
        a, plan = self.arrangement, self.plan
        names = tuple(sorted((n, f.parameters[0][:1]) for n, f in a.forms.items()))
        return plan.said, str(plan.forward.fills), a.cell, names, a.x, a.y, a.state

    @property
    def against_names(self) -> bool:
        """Whether gates are stacked in another order, or z has another sense, than the code says."""
        function = self.plan.forward.function
        named, sense = order_of_gates(self.arrangement.cell, function.parts), function.sense_of_z
        gru = self.arrangement.cell.startswith("gru")
        if gru and sense is not None and sense.keeps == is_flipped(self.arrangement):
            return True
        return named is not None and any(order != named for order in stacked_orders(self.arrangement))

    @property
    def rank(self) -> tuple[float, ...]:
        """Smaller is likelier; an order of gates against the names has to be three times as near."""
        # Nearly the same distances decide nothing; that a bias or a state is lacking is unlikely.
        distance = min(self.distance, 99.0) + 0.25 * len(self.needs.zero)
        near = round(np.log(distance + 0.02) / NEARLY) + 4 * self.against_names
        unlike = round(4 * min(self.loss_off, 2.0))
        return (
            *(-self.values_right, -(self.states_right or 0), near, unlike),
            *(self.arrangement.y.residual, self.distance, self.tried),
        )


def stacked_orders(arrangement: Arrangement) -> list[tuple[str, ...]]:
    """The order of the gates in each array that has several."""
    blocks = [form.blocks for form in arrangement.forms.values() if len(form.blocks) > 1]
    return [tuple(row[0].parameter.partition("_")[2] for row in block) for block in blocks]


def is_flipped(arrangement: Arrangement) -> bool:
    """Whether z has the sense that is not ours."""
    parts = (p for form in arrangement.forms.values() for row in form.blocks for p in row)
    return any(part.parameter.endswith("_z") and part.factor < 0 for part in parts)


@dataclass
class Attempts:
    """All attempts so far, the time left, and those that came closest."""

    cell: str | None
    layout: Layout | None
    until: float
    tried: int = 0
    ran: dict[Any, Recognised] = field(default_factory=dict)
    """Wrong forward passes that ran: of layouts with the same shapes the one nearest to our numbers."""
    orders: dict[Any, dict[Any, float]] = field(default_factory=dict)
    """How near they came in every order of the gates, of [x; h], in both senses of z."""
    complaints: dict[str, int] = field(default_factory=dict)
    cases: dict[Any, Case] = field(default_factory=dict)
    laid_out: tuple[NameReading, Style, dict[str, tuple[int, ...]]] | None = None
    """How what is tried now was laid out."""
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

    def near(self, outcome: Recognised) -> None:
        """Note a forward pass that ran and gave other numbers; without parameters it is none."""
        plan = outcome.plan
        passed = any(fill.kind in ("slot", "container") for fill in plan.forward.fills.values())
        if not passed and plan.make is None and not plan.globals:
            return
        if not self.ran:
            self.until = min(self.until, process_time() + SECONDS_AFTER_A_RUN)
        key = outcome.kind
        order = order_in(outcome.arrangement)
        known = self.orders.setdefault(key, {})
        known[order] = min(outcome.distance, known.get(order, np.inf))
        if key not in self.ran or self.ran[key].rank > outcome.rank:
            self.ran[key] = replace(outcome, laid_out=self.laid_out)

    def nearest(self) -> list[Recognised]:
        """The likeliest first; before them what takes several sequences and keeps them apart."""
        ranked = sorted(self.ran.values(), key=lambda o: o.rank)
        several = [o for o in ranked if o.needs.batches][:MOST_NEAR]
        one_alone = [o for o in ranked if not o.needs.batches]
        apart = [o for o in several if self._each_alone(o)]
        found = [*apart, *one_alone][:MOST_NEAR]
        for outcome in found:
            outcome.orders = sorted(self.orders[outcome.kind].values())
        return found

    def _each_alone(self, outcome: Recognised) -> bool:
        """Whether what it gives for a sequence, right or wrong, is the same without the others."""
        case = self.case(outcome.arrangement.cell, outcome.needs, SIZES[True])
        runs = [_ran(outcome, one) for one in (case, *case.alone())]
        if None in runs:
            return False
        (values, loss), *parts = [given for given in runs if given is not None]
        for name in values:
            if name in ("h", "s", "o", "p"):
                alone = [part.get(name) for part, _ in parts]
                return all(
                    part is not None and np.allclose(part.array[:, 0], values[name].array[:, b])
                    for b, part in enumerate(alone)
                )
        total = sum(part for _, part in parts)
        return bool(np.isclose(loss, total) or np.isclose(loss, total / case.B))

    def failed(self, run: ProgramRun, error: StudentError) -> None:
        """Record a failure; the attempt that got furthest probably had the right layout."""
        self.hopeless += isinstance(error, HopelessError)
        text = str(error).split("\n")[0]
        self.complaints[text] = self.complaints.get(text, 0) + 1
        if isinstance(error, HopelessError) or self.furthest is None or error.line > self.furthest[0]:
            line = 10**9 if isinstance(error, HopelessError) else error.line
            self.furthest = line, run


def order_in(arrangement: Arrangement) -> tuple[object, ...]:
    """The blocks of every array: in which order gates, or x and h, are joined."""
    return tuple((name, form.blocks) for name, form in arrangement.forms.items())


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
    understood = understand(run)
    found = understood.right
    outcome = Recognised(plan, arrangement, needs, False, found=found)
    _with_loss(outcome, run)
    errors = [f.error for n, f in found.items() if n != "s"]
    whole = "V" not in {p for f in arrangement.forms.values() for p in f.parameters}
    if outcome.loss_name or (errors and (whole or not scalars(run))):
        outcome.forward_right = True
        outcome.error = max([outcome.error, *errors[:1]])
        if not outcome.loss_name and not whole:
            outcome.wrong_readout = understood.said
            outcome.found = {**understood.said, **found}
        return outcome
    numbers = [v for _, v in scalars(run) if np.isfinite(v).all()]
    if not understood.values and not numbers:
        attempts.returned = f"{plan.forward.function.name} returns {_kind_of(run.returned)}"
        return None
    outcome.found = understood.values
    outcome.states_right = understood.steps_right if "h" in understood.values else None
    outcome.values_right = len(found)
    outcome.tried = attempts.tried
    if numbers:
        outcome.loss_name, outcome.loss_off = nearest_sum(numbers[0], case, arrangement.y)
    outcome.distance = _distance(understood.values, case) or max(LOSS_TELLS, outcome.loss_off)
    attempts.near(outcome)
    return outcome


def _distance(values: Mapping[str, Finding], case: Case) -> float:
    """How far a forward pass is from ours, by its states or else by its scores; 0 without them."""
    for name in ("h", "s", "o", "p"):
        if name in values:
            ours = case.right[name]
            return float(np.linalg.norm(values[name].array - ours) / np.linalg.norm(ours))
    return 0.0


def _ran(outcome: Recognised, case: Case) -> tuple[dict[str, Finding], float] | None:
    """The values and the loss at the same places on another case; None if it does not run."""
    run = ProgramRun(outcome.plan, outcome.arrangement, case, brief=True, seconds=SECONDS_FOR_AN_ATTEMPT)
    try:
        run.start()
        run.forward()
    except StudentError:
        return None
    loss = next((float(np.ravel(value)[0]) for _, value in scalars(run)), np.nan)
    return found_again(run, outcome.found), loss


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
