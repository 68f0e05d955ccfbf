"""Any array of a trace as a heat map: a vector over time, or a parameter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from teachrnn.runs import small_network
from teachrnn.trace import Trace
from teachrnn.views.figures.figure import GRADIENTS, VALUES, Table, figure, give_table, new_figure
from teachrnn.views.figures.parts.letters import math_label
from teachrnn.views.figures.parts.matrix_cells import draw_cells, draw_scale
from teachrnn.views.figures.parts.over_time import Show, numbers, over_time
from teachrnn.views.figures.parts.panel import not_yet, whole_ticks

if TYPE_CHECKING:
    from matplotlib.figure import Figure

UNIT = 0.3
"""Inches of a cell, if there are few; more of them share the largest size."""

WIDEST, LOWEST, HIGHEST = 6.4, 1.8, 4.2

Masked = np.ma.MaskedArray[Any, Any]


def _example() -> Figure:
    return heat_map(small_network(scale=0.5, updates=0).backpropagated, "h", show="gradient")


@figure("Any array over time", example=_example)
def heat_map(trace: Trace, name: str, *, show: Show = "value", item: int = 0) -> Figure:
    r"""Draw an array as cells of colour: $h_t$ over time, $\mathrm{d}h_t$ over time, or a parameter.

    Cells below 0 are struck through, numbers that are not finite crossed out. Where backpropagation
    has not arrived, the cells are empty and the figure says "not yet".

    Parameters
    ----------
    trace : Trace
        The record.
    name : str
        ``h`` for all of h[0] .. h[T], ``layer2.h`` where there are layers; or a parameter, ``W``.
    show : {"value", "gradient"}
        The numbers themselves, or the gradient of the loss with respect to them.
    item : int
        Which sequence of a batch.

    Returns
    -------
    Figure
        Time, or the parameter's columns, across; units up.

    Raises
    ------
    NameLookupError
        If the trace holds nothing of that name.
    MissingExtraError
        If matplotlib is not installed.

    Examples
    --------
    >>> heat_map(small_network(scale=0.5, updates=0).backpropagated, "h").axes[0].get_xlabel()
    'time step $t$'
    """
    d = show == "gradient"
    first, data = (
        _of_parameter(trace, name, show)
        if name in trace.parameters
        else _of_steps(trace, name, show, item)
    )
    scale = GRADIENTS if d else VALUES
    norm = scale.norm(data.compressed())
    rows, columns = data.shape
    picture, axes = new_figure(
        min(1.8 + UNIT * columns, WIDEST), min(max(0.8 + UNIT * rows, LOWEST), HIGHEST)
    )
    draw_cells(axes, data, scale, norm, left=first - 0.5, bottom=0.5)
    axes.set(xlim=(first - 0.5, first + columns - 0.5), ylim=(0.5, rows + 0.5))
    if name in trace.parameters:
        axes.invert_yaxis()  # the first row on top, as matrices are written
        axes.set(xlabel="column" if trace[name].data.ndim > 1 else "entry", ylabel="row")
        label = math_label(name, d=d)
    else:
        axes.set(xlabel="time step $t$", ylabel="unit")
        label = math_label(name, index="t", d=d)
    for axis in (axes.xaxis, axes.yaxis):
        whole_ticks(axis)
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)
    if data.count():
        draw_scale(axes, scale, norm, f"{label}  (nats per unit)" if d else label)
    if np.ma.is_masked(data):
        not_yet(axes, label, everywhere=not data.count())
    give_table(picture, _table(data, name, show, first))
    return picture


def _of_parameter(trace: Trace, name: str, show: Show) -> tuple[int, Masked]:
    """Its matrix; a vector is one row."""
    data = numbers(trace[name], show)
    shape = trace[name].shape
    whole = np.ma.array(np.zeros(shape) if data is None else data, mask=data is None)
    return 1, whole.reshape(-1, shape[-1] if shape else 1)


def _of_steps(trace: Trace, name: str, show: Show, item: int) -> tuple[int, Masked]:
    """A column for each step, from the first that has one."""
    values = over_time(trace, name)
    columns = [numbers(value, show, item) for value in values]
    size = np.asarray(numbers(values[0], "value", item)).size
    data: Masked = np.ma.array(np.zeros((size, len(values))), mask=True)
    for i, column in enumerate(columns):
        if column is not None:
            data[:, i] = column
    return values[0].t or 0, data


def _table(data: Masked, name: str, show: Show, first: int) -> Table:
    d = "d" if show == "gradient" else ""
    steps = [f"{first + i}" for i in range(data.shape[1])]
    rows: list[tuple[str | float, ...]] = [
        (f"{unit}", *("not yet" if x is np.ma.masked else float(x) for x in row))
        for unit, row in enumerate(data, start=1)
    ]
    unit = " in nats per unit" if d else ""
    return Table(("", *steps), rows, f"{d}{name}{unit}: a row for each unit, a column for each step.")
