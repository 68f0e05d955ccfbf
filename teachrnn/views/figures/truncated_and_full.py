"""Truncated against full backpropagation through time: what a horizon costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from teachrnn.array import Array
from teachrnn.errors import NameLookupError
from teachrnn.runs import small_network
from teachrnn.trace import Trace
from teachrnn.triangle import Reach, Triangle
from teachrnn.views.figures.figure import GRADIENTS, Table, figure, give_table, new_figure
from teachrnn.views.figures.parts.letters import math_label, norm_of
from teachrnn.views.figures.parts.panel import not_yet, whole_ticks
from teachrnn.views.style.palette import INK

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def _example() -> Figure:
    return truncated_and_full(small_network(scale=0.5, updates=0).backpropagated)


@figure("Truncated against full BPTT", example=_example)
def truncated_and_full(trace: Trace, name: str = "W") -> Figure:
    r"""Plot norm and direction of the truncated gradient against the horizon.

    A horizon of n follows the loss at t back to step t - n + 1 and no further. The norm may shrink or
    grow; the cosine of the angle between the truncated and the full gradient is 1 where their
    directions are the same.

    Parameters
    ----------
    trace : Trace
        A record with losses, backpropagated; until then the figure says "not yet".
    name : str
        A parameter, ``W``, or a state, ``h``.

    Returns
    -------
    Figure
        The norm in nats per unit of the parameter; the cosine has no unit.

    Raises
    ------
    NameLookupError
        If the trace has no such parameter or state.
    MissingExtraError
        If matplotlib is not installed.

    References
    ----------
    Williams & Peng (1990), An efficient gradient-based algorithm for on-line training of recurrent
    network trajectories, Neural Computation 2(4).

    Examples
    --------
    >>> [axes.get_xlabel() for axes in truncated_and_full(small_network().backpropagated).axes]
    ['horizon $n$ (steps)', 'horizon $n$ (steps)']
    """
    picture, (size, direction) = new_figure(7.2, 2.9, columns=2)
    label = math_label(name, d=True)
    size.set(xlabel="horizon $n$ (steps)", ylabel=f"{norm_of(label)}  (nats per unit)")
    direction.set(xlabel="horizon $n$ (steps)", ylabel="cosine with the full gradient")
    found = Triangle.of(trace) if trace.gradients is not None else None
    if found is None:
        for axes in (size, direction):
            axes.set(xticks=[], yticks=[])
            not_yet(axes, label)
        give_table(picture, Table(("horizon n", "norm"), [("", "not yet")], _caption(name)))
        return picture
    if name not in found.reaches:
        raise NameLookupError(f"{name!r} is not among {', '.join(found.reaches)}.")
    reach = found.reaches[name]
    horizons = np.arange(1, found.T + 1)
    size.plot(horizons, _shown(reach.kept), color=GRADIENTS.plus, marker="o", label="truncated")
    if np.isfinite(reach.kept[-1]):
        size.axhline(reach.kept[-1], color=INK, linewidth=0.8, linestyle="--", label="full")
    size.set_ylim(bottom=0)
    size.legend(loc="lower right")
    direction.plot(horizons, reach.cosine, color=GRADIENTS.plus, marker="o")
    direction.axhline(1, color=INK, linewidth=0.8, linestyle="--")
    direction.set_ylim(min(0.0, 1.1 * float(np.nanmin(reach.cosine, initial=0))), 1.05)
    for axes in (size, direction):
        axes.grid(True, axis="y")
        axes.set_xlim(0.5, found.T + 0.5)
        whole_ticks(axes.xaxis)
    give_table(picture, _table(name, reach))
    return picture


def _shown(data: Array) -> Array:
    """The numbers that an axis can show, with gaps for the others, which are in the table."""
    return np.where(np.isfinite(data), data, np.nan)


def _caption(name: str) -> str:
    return f"Gradient of {name}, truncated at every horizon, against the full one."


def _table(name: str, reach: Reach) -> Table:
    rows: list[tuple[str | float, ...]] = [
        (f"{n}", float(kept), float(cosine), float(distance))
        for n, (kept, cosine, distance) in enumerate(
            zip(reach.kept, reach.cosine, reach.distance, strict=True), start=1
        )
    ]
    columns = ("horizon n", "norm (nats per unit)", "cosine with the full", "relative distance to it")
    return Table(columns, rows, _caption(name))
