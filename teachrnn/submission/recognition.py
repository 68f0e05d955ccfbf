"""Find how a program is called and laid out, by trying: what gives our loss or states is it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from time import process_time
from typing import Any

import numpy as np

from teachrnn.cells import Cell
from teachrnn.errors import SubmissionError, TeachrnnError
from teachrnn.submission import lexicon
from teachrnn.submission.case import Case
from teachrnn.submission.findings import (
    Finding,
    find_loss,
    find_values,
    nearest_sum,
    scalars,
    steps_right,
)
from teachrnn.submission.form import Form
from teachrnn.submission.layouts import Layout
from teachrnn.submission.limits import HopelessError, Paper, StudentError
from teachrnn.submission.needs import Needs
from teachrnn.submission.parameter_names import CELL_GATES, Meaning, NameReading, forms, readings
from teachrnn.submission.plan import HandedIn, Plan, Step
from teachrnn.submission.run import Arrangement, ProgramRun, parameter_places, standing
from teachrnn.submission.sequence_form import BATCH_X, SINGLE_X, STATES, SequenceForm
from teachrnn.submission.styles import Style, gate_orders, sequence_pairs, styles
from teachrnn.submission.turned import orders_of, turned_forms

SECONDS = 5.0
"""Of the processor, for all attempts together: another program must not decide what is found."""
SECONDS_FOR_AN_ATTEMPT = 1.0
MOST_NEAR = 30
"""So many layouts are kept in which a forward pass that is wrong ran."""
MOST_HOPELESS = 2
"""After so many attempts that came to no end, or left, no other is made."""
MOST_OF_A_PLAN = 8
"""Layouts in which a forward pass is right are taken so far; the backward pass may run in some only."""
FAR_FETCHED = 8
"""Readings of names that are so much less likely than the first wait until all plans were tried."""
SIZES = {
    False: {"T": 3, "hidden": 5, "symbols": 7},
    True: {"T": 3, "hidden": 5, "symbols": 7, "batch": 2},
}
OTHER_SIZES = {
    False: {"T": 4, "hidden": 6, "symbols": 9},
    True: {"T": 4, "hidden": 6, "symbols": 9, "batch": 3},
}


_OF_ONE = {form.axes for form in SINGLE_X if "1" not in form.axes} | {"TD1"}


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
class _Attempts:
    """All that is tried, with the time that is left and what came nearest."""

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
        """Note it; the one that came furthest is likely to have had the right layout."""
        self.hopeless += isinstance(error, HopelessError)
        text = str(error).split("\n")[0]
        self.complaints[text] = self.complaints.get(text, 0) + 1
        if isinstance(error, HopelessError) or self.furthest is None or error.line > self.furthest[0]:
            line = 10**9 if isinstance(error, HopelessError) else error.line
            self.furthest = line, run


def recognise(
    program: HandedIn,
    plans: Sequence[Plan],
    *,
    cell: str | None = None,
    layout: Layout | None = None,
    seconds: float | None = None,
) -> Iterator[Recognised]:
    """Try the plans, likely layouts of all of them first; each that gives our numbers, as it is found.

    If none does, the one that came nearest.

    Raises
    ------
    SubmissionError
        If nothing could be called, with what the likeliest attempt came to.
    """
    seconds = SECONDS if seconds is None else seconds
    attempts = _Attempts(cell, layout, process_time() + 2 * seconds)
    whole = [plan for plan in plans if not plan.steps]
    for some in (whole, [plan for plan in plans if plan.steps]):
        right: set[str] = set()
        for thorough in (False, True):
            for plan in some:
                for batch in (True, False):
                    for found in islice(_try(program, plan, batch, thorough, attempts), MOST_OF_A_PLAN):
                        # What is right for one sequence, and has an axis for several, is not right.
                        if batch or found.arrangement.x.axes in _OF_ONE:
                            right.add(plan.forward.function.name)
                        yield _ignoring(found, some, attempts) or found
                if attempts.over():
                    break
            # A forward pass that is wrong is wrong in every layout: not long is looked for a right one.
            attempts.until = min(attempts.until, process_time() + (2.0 if attempts.nearest else seconds))
        near = [o for o in reversed(attempts.nearest) if o.plan.forward.function.name not in right]
        yield from near
        if right:  # one step may well run where the loop over them does not: the loop was handed in
            return
        attempts.until = process_time() + seconds
    if not attempts.nearest:
        raise SubmissionError(_what_failed(program, plans, attempts))


def _what_failed(program: HandedIn, plans: Sequence[Plan], attempts: _Attempts) -> str:
    if not plans:
        known = ", ".join([*program.functions, *program.classes]) or "none"
        return (
            f"no forward and backward pass was found among the functions and classes ({known}): "
            "name them with forward= and backward=; a function that does both returns the gradients "
            "beside the loss, a dict by name."
        )
    called = ", ".join(dict.fromkeys(plan.said for plan in plans[:20]))
    if attempts.returned:
        return f"{attempts.returned}: neither a loss, a number, nor states or scores of any layout."
    if attempts.furthest is None:
        said = "; ".join(attempts.complaints)
        return f"{called}: the parameters were not recognised by their names. {said}".rstrip()
    run = attempts.furthest[1]
    again = ProgramRun(run.plan, run.arrangement, run.case, seconds=SECONDS_FOR_AN_ATTEMPT)
    detail = ""
    try:
        again.start()
        again.forward()
    except StudentError as error:
        detail = str(error)
    return (
        f"{called} could not be called in any of the {attempts.tried:,} layouts that were tried. "
        f"In the likeliest {detail}"
    )


def _try(
    program: HandedIn, plan: Plan, batch: bool, thorough: bool, attempts: _Attempts
) -> Iterator[Recognised]:
    """All layouts in which the forward pass of a plan gives our numbers, on two cases."""
    sizes = SIZES[batch]
    observed = _observed(plan, attempts, sizes)
    names = [*plan.names, *(n for n in observed if n not in plan.names)]
    if plan.make is None:
        names += [n for n in plan.globals if n not in names and n not in plan.namespace]
        places = {name: i for i, name in enumerate(plan.globals)}
        names.sort(key=lambda n: places.get(n.split(".")[0], -1))
    hint = f"{program.hint if len(program.functions) < 30 else ''} {plan.said} {attempts.cell or ''}"
    count = 0
    barren: list[dict[str, Meaning]] = []
    likely = [
        reading
        for reading in readings(names, cell=attempts.cell, hint=hint)
        if plan.required <= reading.meanings.keys()
    ]
    kinds = {fill.kind for fill in plan.forward.fills.values()}
    for reading in likely:
        if kinds & {"s", "hs"} and "s" not in Cell.find(reading.cell).state:
            continue
        if not thorough and reading.weight > likely[0].weight + FAR_FETCHED:
            continue
        if reading.meanings in barren:  # the other GRU has the same shapes, and those did not run
            continue
        count += 1
        if count > (12 if not thorough else 30) or attempts.over():
            break
        needs = _needs(plan, reading, batch)
        case = attempts.case(reading.cell, needs, sizes)
        runs = 0
        survivors: list[tuple[Style, Arrangement]] = []
        for style, arrangement in _arrangements(
            plan, reading, observed, case, batch, thorough, attempts.layout
        ):
            if attempts.over():
                return
            outcome = _attempt(plan, arrangement, case, needs, attempts)
            if outcome is None:
                continue
            if outcome.forward_right and _confirmed(outcome, needs, attempts, batch):
                yield outcome
                continue
            runs += 1
            survivors.append((style, arrangement))
            if runs >= 60:
                break
        if not survivors:
            barren.append(reading.meanings)
        for style, arrangement in survivors:
            for other in _value_variants(reading, style, arrangement, observed, case, attempts.layout):
                if attempts.over():
                    return
                outcome = _attempt(plan, other, case, needs, attempts)
                if outcome and outcome.forward_right and _confirmed(outcome, needs, attempts, batch):
                    yield outcome


def _observed(plan: Plan, attempts: _Attempts, sizes: dict[str, int]) -> dict[str, tuple[int, ...]]:
    """Names and shapes of the parameters that stand in the object or the globals."""
    case = attempts.case("vanilla", Needs(batches="batch" in sizes), sizes)
    blank = ProgramRun(
        plan,
        Arrangement("vanilla", {}, *next(sequence_pairs(False, has_y=False, all_of_them=False)), "D"),
        case,
    )
    if any(
        fill.kind in ("slot", "container") for fill in (plan.make.fills if plan.make else {}).values()
    ):
        return {}
    try:
        for name, role in plan.sizes.items():
            plan.namespace[name] = blank._size(role)
        root, _ = standing(plan, blank._kwargs, Paper())
    except StudentError as error:
        attempts.complaints[str(error)] = attempts.complaints.get(str(error), 0) + 1
        return {}
    if root is None:
        return {}
    shapes = {path.name: array.shape for path, array in parameter_places(root).items()}
    if plan.make is None:  # of the module's own sizes, which are replaced
        return dict.fromkeys(shapes, ())
    return shapes


def _needs(plan: Plan, reading: NameReading, batch: bool) -> Needs:
    """What the code lacks has to be zero."""
    kinds = {(kind, gate) for m in reading.meanings.values() for kind in m.kinds for gate in m.gates}
    zero = set()
    for gate in CELL_GATES[reading.cell]:
        if not kinds & {("b", gate), ("bx", gate)}:
            zero.add(f"b_{gate}" if gate else "b")
    if reading.cell == "gru-reset-after" and not kinds & {("bx", "n"), ("c", "n")}:
        zero.add("c_n")
    if ("V", "") in kinds and ("c", "") not in kinds:
        zero.add("c")
    filled = {fill.kind for fill in plan.forward.fills.values()}
    keys = [k for fill in plan.forward.fills.values() for k in fill.keys if k not in reading.meanings]
    learned = any("h" in lexicon.roles(key) for key in keys)
    filled |= {"h"} if learned else set()
    if plan.make is not None:
        filled |= {fill.kind for fill in plan.make.fills.values()}
    if "hs" not in filled:
        zero |= set(Cell.find(reading.cell).state) - filled
    return Needs(frozenset(zero), batch, learned)


def _arrangements(
    plan: Plan,
    reading: NameReading,
    observed: dict[str, tuple[int, ...]],
    case: Case,
    batch: bool,
    thorough: bool,
    layout: Layout | None,
) -> Iterator[tuple[Style, Arrangement]]:
    """Layouts that differ in shapes, each once."""
    filled = {fill.kind for fill in plan.forward.fills.values()}
    has_state = bool(filled & {"h", "s", "hs"})
    order = gate_orders(reading.cell, CELL_GATES[reading.cell])[0]
    if layout is not None:
        order = layout.orders.get(reading.cell, order)
    made = forms(reading, order=order, columns=(), flipped=False)
    seen = set()
    rounds = [(False, False)] if not thorough else [(True, False), (False, True), (True, True)]
    for all_styles, all_sequences in rounds:
        in_use = styles(batch, all_of_them=all_styles)
        if layout is not None:
            in_use = [s for s in layout.styles if layout.batched(s) == batch] if not all_styles else []
        pairs = sequence_pairs(
            batch,
            has_y="y" in filled,
            all_of_them=all_sequences,
            inputs=layout.inputs if layout else (),
        )
        for x, y in pairs:
            for style in in_use:
                turned = turned_forms(made, style, observed, case)
                if turned is None:
                    return
                shapes = tuple(_apart(f, case.shape(f)) for f in turned.values())
                key = (shapes, style.state if has_state else "", x, y)
                if key not in seen:
                    seen.add(key)
                    yield style, Arrangement(reading.cell, turned, x, y, style.state)


def _apart(form: Form, shape: tuple[int, ...]) -> tuple[object, ...]:
    """What tells two forms apart: the shape, and of a square which way it lies."""
    square = len(shape) == 2 and shape[0] == shape[1]
    return (*shape, form.transposed) if square else shape


def _value_variants(
    reading: NameReading,
    style: Style,
    arrangement: Arrangement,
    observed: dict[str, tuple[int, ...]],
    case: Case,
    layout: Layout | None,
) -> Iterator[Arrangement]:
    """Layouts of the same shapes: orders of gates, of [h; x], the sense of z."""
    for made in orders_of(reading, layout.orders.get(reading.cell) if layout else None):
        turned = turned_forms(made, style, observed, case)
        if turned is not None and turned != arrangement.forms:
            yield Arrangement(reading.cell, turned, arrangement.x, arrangement.y, arrangement.state)


def _attempt(
    plan: Plan, arrangement: Arrangement, case: Case, needs: Needs, attempts: _Attempts
) -> Recognised | None:
    """ProgramRun the forward pass once; None if it does not run, or gives nothing that could be ours."""
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


def _confirmed(outcome: Recognised, needs: Needs, attempts: _Attempts, batch: bool) -> bool:
    """Whether it holds on other numbers, in other sizes."""
    case = attempts.case(outcome.arrangement.cell, needs, OTHER_SIZES[batch], seed=2)
    again = _attempt(outcome.plan, outcome.arrangement, case, needs, attempts)
    if again is None or not again.forward_right:
        return False
    return again.loss_name == outcome.loss_name


def _ignoring(found: Recognised, plans: Sequence[Plan], attempts: _Attempts) -> Recognised | None:
    """Where the initial state is left out: the same with it, if it is taken and nothing comes of it."""
    fills, batch = found.plan.forward.fills, found.needs.batches
    for plan in plans:
        more = plan.forward.fills.items() - fills.items()
        same = plan.said == found.plan.said and fills.items() <= plan.forward.fills.items()
        if not same or {fill.kind for _, fill in more} != {"h"}:
            continue
        needs = replace(found.needs, zero=found.needs.zero - {"h"})
        case = attempts.case(found.arrangement.cell, needs, SIZES[batch])
        for axes in STATES[batch]:
            arrangement = replace(found.arrangement, state=axes)
            with_it = _attempt(plan, arrangement, case, needs, attempts)
            if with_it is not None and not with_it.forward_right and right_without(with_it) == "h[0]":
                return with_it
    return None


def _kind_of(value: object) -> str:
    if isinstance(value, tuple):
        return f"({', '.join(type(part).__name__ for part in value)})"
    return "None" if value is None else type(value).__name__


def right_without(recognised: Recognised) -> str:
    """What has to be zero for a wrong forward pass to be right: "h[0]", "b", "c"; "" if nothing."""
    cell, needs = recognised.arrangement.cell, recognised.needs
    biases = {f"b_{gate}" if gate else "b" for gate in CELL_GATES[cell]}
    for said, names in (("h[0]", {"h", "s"}), ("b", biases), ("c", {"c"})):
        if names <= needs.zero:
            continue
        some = replace(needs, zero=needs.zero | names)
        attempts = _Attempts(cell, None, process_time() + SECONDS)
        case = attempts.case(cell, some, OTHER_SIZES[needs.batches], seed=4)
        again = _attempt(recognised.plan, recognised.arrangement, case, some, attempts)
        if again is not None and again.forward_right:
            return said
    return ""
