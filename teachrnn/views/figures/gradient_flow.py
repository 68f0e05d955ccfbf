"""How the gradient flows back through time: its norm at every step, and which loss sent it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from teachrnn.array import Array
from teachrnn.runs import small_network
from teachrnn.trace import Trace
from teachrnn.triangle import Triangle
from teachrnn.views.figures.figure import GRADIENTS, Table, figure, give_table, new_figure
from teachrnn.views.figures.parts.letters import math_label, norm_of
from teachrnn.views.figures.parts.matrix_cells import draw_cells, draw_scale
from teachrnn.views.figures.parts.over_time import over_time, top_state
from teachrnn.views.figures.parts.panel import (
    draw_magnitudes,
    log_scale,
    not_yet,
    powers_as_ticks,
    whole_ticks,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


DECADES = 9
"""The triangle's scale spans no more: smaller norms have vanished for all practical purposes."""


def _example() -> Figure:
    return gradient_flow(small_network(scale=0.5, updates=0).backpropagated)


@figure("Gradient flow", example=_example)
def gradient_flow(trace: Trace, name: str | None = None) -> Figure:
    r"""Plot $\|\mathrm{d}h_k\|$ over the steps, and itemise it by the loss that it comes from.

    The total gradient at step k is the sum of what the losses at t = k, k + 1, ... send back:
    $\mathrm{d}h_k = \sum_{t \ge k} \partial L_t / \partial h_k$. The triangle shows the norm of every
    summand. Where it becomes paler from the diagonal to the left, the gradient vanishes; where it
    becomes darker, it explodes.

    Parameters
    ----------
    trace : Trace
        A record with losses, backpropagated; until then both panels say "not yet".
    name : str, optional
        The state: ``h``, ``layer2.h``, ``s``. The ``h`` of the highest layer if not given.

    Returns
    -------
    Figure
        Norms in nats per unit, on logarithmic scales.

    Raises
    ------
    NameLookupError
        If the trace holds no such state.
    MissingExtraError
        If matplotlib is not installed.

    References
    ----------
    Pascanu, Mikolov & Bengio (2013), On the difficulty of training recurrent neural networks, ICML,
    equations 3 to 5.

    Examples
    --------
    >>> [axes.get_xlabel() for axes in gradient_flow(small_network().backpropagated).axes[:2]]
    ['time step $k$', 'step $k$']
    """
    name = top_state(trace) if name is None else name
    values = over_time(trace, name)
    picture, (flow, beside) = new_figure(7.6, 3.1, columns=2, width_ratios=(1.25, 1))
    steps = [value.t or 0 for value in values]
    norms = [None if value.grad is None else float(np.linalg.norm(value.grad)) for value in values]
    known = any(norm is not None for norm in norms)
    found = Triangle.of(trace) if known else None
    items = None if found is None or name not in found.reaches else found.reaches[name].norms
    _draw_flow(flow, steps, norms, math_label(name, index="k", d=True))
    _draw_triangle(beside, items, math_label(name, index="k"))
    give_table(picture, _table(name, steps, norms, items))
    return picture


def _draw_flow(axes: Axes, steps: list[int], norms: list[float | None], label: str) -> None:
    axes.set(xlabel="time step $k$", ylabel=f"{norm_of(label)}  (nats per unit)")
    axes.set_xlim(steps[0] - 0.5, steps[-1] + 0.5)
    whole_ticks(axes.xaxis)
    axes.grid(True, axis="y")
    if all(norm is None for norm in norms):
        axes.set_yticks([])
        not_yet(axes, label)
        return
    known = [(k, norm) for k, norm in zip(steps, norms, strict=True) if norm is not None]
    at, sizes = zip(*known, strict=True)
    draw_magnitudes(axes, at, sizes, label, color=GRADIENTS.plus, marker="o")
    log_scale(axes, sizes)


def _draw_triangle(axes: Axes, items: Array | None, label: str) -> None:
    """A row for each loss; only the cells on and below the diagonal exist."""
    axes.set(xlabel="step $k$", ylabel="loss of step $t$")
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)
    if items is None:
        axes.set(xticks=[], yticks=[])
        not_yet(axes, label)
        return
    T = len(items)
    axes.set(xlim=(0.5, T + 0.5), ylim=(T + 0.5, 0.5))
    for axis in (axes.xaxis, axes.yaxis):
        whole_ticks(axis)
    powers = np.log10(items[np.isfinite(items) & (items > 0)])
    high = float(np.ceil(2 * powers.max()) / 2) if powers.size else 0.0
    low = float(np.floor(2 * powers.min()) / 2) if powers.size else high
    low = min(max(low, high - DECADES), high - 1)
    norm = GRADIENTS.norm_from(low, high)
    for t, row in enumerate(items, start=1):
        there = row[:t][np.newaxis]
        if np.isnan(there).all():  # a step without loss
            continue
        with np.errstate(divide="ignore"):
            shown = np.maximum(np.log10(there), low)
        draw_cells(axes, shown, GRADIENTS, norm, left=0.5, bottom=t - 0.5, signed=False)
    words = norm_of(rf"$\partial L_t/\partial {label.strip('$')}$")
    scale = draw_scale(axes, GRADIENTS, norm, f"{words}  (nats per unit)", low=low)
    powers_as_ticks(scale.yaxis)


def _table(name: str, steps: list[int], norms: list[float | None], items: Array | None) -> Table:
    losses = [] if items is None else [t for t, row in enumerate(items) if np.isfinite(row).any()]
    columns = ("step k", f"norm of d{name}", *(f"from the loss at {t + 1}" for t in losses))
    rows: list[tuple[str | float, ...]] = []
    for k, norm in zip(steps, norms, strict=True):
        parts = ["" if items is None or not 1 <= k <= t + 1 else float(items[t, k - 1]) for t in losses]
        rows.append((f"{k}", "not yet" if norm is None else norm, *parts))
    return Table(
        columns, rows, f"Norm of the gradient with respect to {name} at every step, in nats per unit."
    )
