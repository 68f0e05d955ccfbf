"""Find how to call a program and its layout by trial: whatever gives our loss or states is right."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from time import process_time

from teachrnn.cells import Cell
from teachrnn.errors import SubmissionError
from teachrnn.submission.arrangements import (
    arrangements,
    needs_of,
    observed_parameters,
    value_variants,
)
from teachrnn.submission.attempts import (
    SECONDS_AFTER_A_RUN,
    SECONDS_FOR_AN_ATTEMPT,
    SIZES,
    Attempts,
    Recognised,
    attempt,
    order_in,
)
from teachrnn.submission.layouts import Layout
from teachrnn.submission.limits import StudentError
from teachrnn.submission.needs import Needs
from teachrnn.submission.parameter_names import CELL_GATES, Meaning, readings
from teachrnn.submission.plan import HandedIn, Plan
from teachrnn.submission.run import Arrangement, ProgramRun
from teachrnn.submission.sequence_form import SINGLE_X, STATES
from teachrnn.submission.styles import Style

SECONDS = 5.0
"""Of the processor, for all attempts together: another program must not decide what is found."""
SECONDS_FOR_ORDERS = 0.7
"""Then, for the orders of gates that were not tried yet in the likeliest layouts."""
SECONDS_FOR_READOUT = 0.5
"""Then, for a layout in which the scores are right, too, where the states are."""
MOST_OF_A_PLAN = 8
"""Layouts in which a forward pass is right are taken so far; the backward pass may run in some only."""
FAR_FETCHED = 8
"""Readings of names that are so much less likely than the first wait until all plans were tried."""
OTHER_SIZES = {
    False: {"T": 4, "hidden": 6, "symbols": 9},
    True: {"T": 4, "hidden": 6, "symbols": 9, "batch": 3},
}


_OF_ONE = {form.axes for form in SINGLE_X if "1" not in form.axes} | {"TD1"}


def recognise(
    program: HandedIn,
    plans: Sequence[Plan],
    *,
    cell: str | None = None,
    layout: Layout | None = None,
    seconds: float | None = None,
) -> Iterator[Recognised]:
    """Try the plans, likely layouts first, and yield each one that gives our numbers.

    If none does, the one that came nearest.

    Raises
    ------
    SubmissionError
        If nothing could be called, with what the likeliest attempt came to.
    """
    seconds = SECONDS if seconds is None else seconds
    attempts = Attempts(cell, layout, process_time() + 2 * seconds)
    whole = [plan for plan in plans if not plan.steps]
    for some in (whole, [plan for plan in plans if plan.steps]):
        right: set[str] = set()
        half_right: list[Recognised] = []
        for thorough in (False, True):
            for plan in some:
                for batch in (True, False):
                    for found in islice(_try(program, plan, batch, thorough, attempts), MOST_OF_A_PLAN):
                        if found.wrong_readout:  # in another layout it may be right, too
                            half_right.append(found)
                            attempts.until = min(attempts.until, process_time() + SECONDS_FOR_READOUT)
                            continue
                        # What is right for one sequence, and has an axis for several, is not right.
                        if batch or found.arrangement.x.axes in _OF_ONE:
                            right.add(plan.forward.function.name)
                        yield _ignoring(found, some, attempts) or found
                if attempts.over():
                    break
            attempts.until = min(attempts.until, process_time() + seconds)
        if not right:
            yield from half_right
            right |= {found.plan.forward.function.name for found in half_right}
        if not right:
            yield from _in_every_order(attempts)
        yield from (o for o in attempts.nearest() if o.plan.forward.function.name not in right)
        if right:  # one step may well run where the loop over them does not: the loop was handed in
            return
        attempts.until = process_time() + (SECONDS_AFTER_A_RUN if attempts.ran else seconds)
    if not attempts.ran:
        raise SubmissionError(_what_failed(program, plans, attempts))


def _what_failed(program: HandedIn, plans: Sequence[Plan], attempts: Attempts) -> str:
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
        keys = (k for plan in plans for fill in plan.forward.fills.values() for k in fill.keys)
        seen = ", ".join(dict.fromkeys((*(n for plan in plans for n in plan.names), *keys)))
        said = "; ".join(attempts.complaints) or (
            "Call them U, W, b, V and c, or as a course does: Wxh, Whh, bh, Why and by. Networks of one "
            "layer are compared: of several, hand in one at a time."
        )
        seen = f" ({seen})" if seen else ""
        return f"{called}: the parameters{seen} were not recognised by their names. {said}"
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
    program: HandedIn, plan: Plan, batch: bool, thorough: bool, attempts: Attempts
) -> Iterator[Recognised]:
    """All layouts in which a plan's forward pass gives our numbers on two cases."""
    sizes = SIZES[batch]
    observed = observed_parameters(plan, attempts, sizes)
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
        needs = needs_of(plan, reading, batch)
        case = attempts.case(reading.cell, needs, sizes)
        runs = 0
        survivors: list[tuple[Style, Arrangement]] = []
        for style, arrangement in arrangements(
            plan, reading, observed, case, batch, thorough, attempts.layout
        ):
            if attempts.over():
                return
            attempts.laid_out = reading, style, observed
            outcome = attempt(plan, arrangement, case, needs, attempts)
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
            for other in value_variants(
                plan, reading, style, arrangement, observed, case, attempts.layout
            ):
                if attempts.over():
                    return
                attempts.laid_out = reading, style, observed
                outcome = attempt(plan, other, case, needs, attempts)
                if outcome and outcome.forward_right and _confirmed(outcome, needs, attempts, batch):
                    yield outcome


def _in_every_order(attempts: Attempts) -> Iterator[Recognised]:
    """Try the likeliest layouts in which the time has not sufficed for all orders of gates."""
    attempts.until = process_time() + SECONDS_FOR_ORDERS
    for outcome in attempts.nearest()[:2]:
        assert outcome.laid_out is not None
        reading, style, observed = outcome.laid_out
        plan, batch = outcome.plan, outcome.needs.batches
        case = attempts.case(reading.cell, outcome.needs, SIZES[batch])
        attempts.laid_out = outcome.laid_out
        for other in value_variants(
            plan, reading, style, outcome.arrangement, observed, case, attempts.layout
        ):
            known = attempts.orders[outcome.kind]
            if attempts.over() or order_in(other) in known:
                continue
            found = attempt(plan, other, case, outcome.needs, attempts)
            if found and found.forward_right and _confirmed(found, outcome.needs, attempts, batch):
                yield found


def _confirmed(outcome: Recognised, needs: Needs, attempts: Attempts, batch: bool) -> bool:
    """Whether it also holds for other numbers and sizes."""
    case = attempts.case(outcome.arrangement.cell, needs, OTHER_SIZES[batch], seed=2)
    again = attempt(outcome.plan, outcome.arrangement, case, needs, attempts)
    if again is None or not again.forward_right:
        return False
    return again.loss_name == outcome.loss_name


def _ignoring(found: Recognised, plans: Sequence[Plan], attempts: Attempts) -> Recognised | None:
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
            with_it = attempt(plan, arrangement, case, needs, attempts)
            if with_it is not None and not with_it.forward_right and right_without(with_it) == "h[0]":
                return with_it
    return None


def right_without(recognised: Recognised) -> str:
    """What has to be zero for a wrong forward pass to be right: "h[0]", "b", "c"; "" if nothing."""
    cell, needs = recognised.arrangement.cell, recognised.needs
    biases = {f"b_{gate}" if gate else "b" for gate in CELL_GATES[cell]}
    for said, names in (("h[0]", {"h", "s"}), ("b", biases), ("c", {"c"})):
        if names <= needs.zero:
            continue
        some = replace(needs, zero=needs.zero | names)
        attempts = Attempts(cell, None, process_time() + SECONDS)
        case = attempts.case(cell, some, OTHER_SIZES[needs.batches], seed=4)
        again = attempt(recognised.plan, recognised.arrangement, case, some, attempts)
        if again is not None and again.forward_right:
            return said
    return ""
