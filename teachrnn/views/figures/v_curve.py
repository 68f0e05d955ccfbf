"""The V-curve as a figure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from teachrnn.checking import StepSizeCurve, step_size_curve
from teachrnn.runs import small_network
from teachrnn.views.figures.figure import Table, figure, give_table, new_figure
from teachrnn.views.figures.parts.letters import math_label
from teachrnn.views.figures.parts.panel import decades_as_ticks
from teachrnn.views.style.palette import SERIES

if TYPE_CHECKING:
    from matplotlib.figure import Figure

STYLES = {
    "one-sided difference": {"color": SERIES["purple"], "marker": "^", "linestyle": "--"},
    "central difference": {"color": SERIES["orange"], "marker": "o", "linestyle": "-."},
    "complex step": {"color": SERIES["blue"], "marker": "s", "linestyle": "-"},
}
"""Methods differ by marker and dash as well as by colour."""


def _example() -> Figure:
    return v_curve(_example_data())


@figure("V-curve: error of numerical derivatives", example=_example)
def v_curve(curve: StepSizeCurve) -> Figure:
    """Plot the error of three numerical derivatives against their step, on logarithmic axes.

    Parameters
    ----------
    curve : StepSizeCurve
        From `teachrnn.checking.step_size_curve`.

    Returns
    -------
    Figure
        The drawing, with its table (`table_of`).

    Raises
    ------
    MissingExtraError
        If matplotlib is not installed.

    Examples
    --------
    >>> [line.get_label() for line in v_curve(_example_data()).axes[0].lines]
    ['one-sided difference', 'central difference', 'complex step']
    """
    picture, axes = new_figure(6.4, 4.0)
    for method, errors in curve.errors.items():
        axes.loglog(curve.steps, errors, label=method, **STYLES[method])
    axes.invert_xaxis()
    decades_as_ticks(axes.xaxis)
    decades_as_ticks(axes.yaxis)
    of = math_label(curve.parameter, d=True)
    axes.set(xlabel="step $h$", ylabel=f"norm-relative error of {of}")
    axes.grid(True, which="major")
    axes.legend()
    give_table(picture, _table(curve))
    return picture


def _table(curve: StepSizeCurve) -> Table:
    rows: list[tuple[str | float, ...]] = [
        tuple(float(x) for x in row) for row in zip(curve.steps, *curve.errors.values(), strict=True)
    ]
    caption = f"Norm-relative error of the numerical derivative of {curve.parameter}, over its step h."
    return Table(("step h", *curve.errors), rows, caption)


def _example_data() -> StepSizeCurve:
    trace = small_network("abca", hidden=3, scale=0.5, updates=0).trace
    return step_size_curve(trace, "W", steps=[10.0**-n for n in range(1, 16)], max_entries=3)
