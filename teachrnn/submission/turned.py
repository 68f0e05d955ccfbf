"""Possible layouts of the arrays in a reading: their axes, and the order of their parts."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations, product

from teachrnn.submission.case import Case
from teachrnn.submission.form import Form, fitting_turn
from teachrnn.submission.parameter_names import CELL_GATES, NameReading, forms
from teachrnn.submission.styles import Style, gate_orders


def turned_forms(
    made: dict[str, Form], style: Style, observed: dict[str, tuple[int, ...]], case: Case
) -> dict[str, Form] | None:
    """The forms as the style has them; where a shape was seen, as it demands."""
    turned = {}
    for name, form in made.items():
        if any(part not in case.parameters for part in form.parameters):
            return None
        as_the_style = form.turned(transposed=style.transposed, vector=style.vector)
        if observed.get(name) and case.shape(as_the_style) != observed[name]:
            fitting = fitting_turn(form, observed[name], case.parameters)
            if fitting is None:
                return None
            turned[name] = fitting
        else:
            turned[name] = as_the_style
    return turned


def orders_of(
    reading: NameReading,
    order: tuple[str, ...] | None = None,
    *,
    first: tuple[str, ...] | None = None,
    first_columns: tuple[int, ...] | None = None,
    first_flipped: bool = False,
) -> Iterator[dict[str, Form]]:
    """Forms in all orders of gates (or in one), of [x; h; 1], and with z in both senses.

    An order that the names in the code say comes ``first``, and so do columns, and the sense of z.
    """
    gates = CELL_GATES[reading.cell]
    stacked = any(len(m.gates) > 1 for m in reading.meanings.values())
    orders = gate_orders(reading.cell, gates, first=first) if stacked else [tuple(gates)]
    flips = (first_flipped, not first_flipped) if reading.cell.startswith("gru") else (False,)
    columns = list(permutations(range(widest(reading))))[::-1]
    columns.sort(key=lambda column: column != first_columns)
    for one, column, flipped in product([order] if order else orders, columns, flips):
        yield forms(reading, order=one, columns=column, flipped=flipped)


def widest(reading: NameReading) -> int:
    """How many matrices are joined into one, side by side."""
    return max(len(m.kinds) for m in reading.meanings.values())
