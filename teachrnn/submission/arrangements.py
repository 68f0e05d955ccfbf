"""The layouts in which a program may have our numbers, likeliest first."""

from __future__ import annotations

from collections.abc import Iterator

from teachrnn.cells import Cell
from teachrnn.submission import lexicon
from teachrnn.submission.attempts import Attempts
from teachrnn.submission.case import Case
from teachrnn.submission.form import Form
from teachrnn.submission.gate_names import columns_joined, order_of_gates
from teachrnn.submission.layouts import Layout
from teachrnn.submission.limits import Paper, StudentError
from teachrnn.submission.needs import Needs
from teachrnn.submission.parameter_names import CELL_GATES, NameReading, forms
from teachrnn.submission.plan import Plan
from teachrnn.submission.run import Arrangement, ProgramRun, parameter_places, standing
from teachrnn.submission.styles import Style, gate_orders, sequence_pairs, styles
from teachrnn.submission.turned import orders_of, turned_forms, widest


def observed_parameters(
    plan: Plan, attempts: Attempts, sizes: dict[str, int]
) -> dict[str, tuple[int, ...]]:
    """Names and shapes of the parameters held by the object or the globals."""
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


def needs_of(plan: Plan, reading: NameReading, batch: bool) -> Needs:
    """What an instance needs for this code: whatever the code lacks must be zero."""
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


def arrangements(
    plan: Plan,
    reading: NameReading,
    observed: dict[str, tuple[int, ...]],
    case: Case,
    batch: bool,
    thorough: bool,
    layout: Layout | None,
) -> Iterator[tuple[Style, Arrangement]]:
    """Layouts with different shapes, each once."""
    filled = {fill.kind for fill in plan.forward.fills.values()}
    has_state = bool(filled & {"h", "s", "hs"})
    named = order_of_gates(reading.cell, plan.forward.function.parts)
    order = gate_orders(reading.cell, CELL_GATES[reading.cell], first=named)[0]
    if layout is not None:
        order = layout.orders.get(reading.cell, order)
    made = forms(
        reading, order=order, columns=_columns_named(plan, reading) or (), flipped=_flipped(plan)
    )
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
    """What distinguishes two forms: the shape and, for a square matrix, its orientation."""
    square = len(shape) == 2 and shape[0] == shape[1]
    return (*shape, form.transposed) if square else shape


def _columns_named(plan: Plan, reading: NameReading) -> tuple[int, ...] | None:
    return columns_joined(plan.forward.function.joined, ("U", "W", "b")[: widest(reading)])


def _flipped(plan: Plan) -> bool:
    """Whether the code says that z replaces the old state, where ours keeps it."""
    sense = plan.forward.function.sense_of_z
    return sense is not None and not sense.keeps


def value_variants(
    plan: Plan,
    reading: NameReading,
    style: Style,
    arrangement: Arrangement,
    observed: dict[str, tuple[int, ...]],
    case: Case,
    layout: Layout | None,
) -> Iterator[Arrangement]:
    """Layouts of the same shapes: orders of gates, of [h; x], the sense of z."""
    said = layout.orders.get(reading.cell) if layout else None
    named = order_of_gates(reading.cell, plan.forward.function.parts)
    columns = _columns_named(plan, reading)
    for made in orders_of(
        reading, said, first=named, first_columns=columns, first_flipped=_flipped(plan)
    ):
        turned = turned_forms(made, style, observed, case)
        if turned is not None and turned != arrangement.forms:
            yield Arrangement(reading.cell, turned, arrangement.x, arrangement.y, arrangement.state)
