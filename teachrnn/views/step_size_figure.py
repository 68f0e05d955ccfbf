"""The V-curve as a figure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from teachrnn.checking import StepSizeCurve
from teachrnn.extras import require

if TYPE_CHECKING:
    from matplotlib.figure import Figure

STYLES = {
    "one-sided difference": {"color": "#9355a8", "marker": "^", "linestyle": "--"},
    "central difference": {"color": "#d9822b", "marker": "o", "linestyle": "-."},
    "complex step": {"color": "#2f6db5", "marker": "s", "linestyle": "-"},
}
"""Methods differ by marker and dash as well as by colour."""


def step_size_figure(curve: StepSizeCurve) -> Figure:
    """Plot the error of three numerical derivatives against their step, on logarithmic axes.

    Parameters
    ----------
    curve : StepSizeCurve
        From `teachrnn.checking.step_size_curve`.

    Raises
    ------
    MissingExtraError
        If matplotlib is not installed.
    """
    figure_module = require("matplotlib.figure", extra="figures", purpose="A figure")
    figure: Figure = figure_module.Figure(figsize=(6.4, 4.0), layout="constrained")
    axes = figure.subplots()
    for method, errors in curve.errors.items():
        axes.loglog(curve.steps, errors, label=method, markersize=4, linewidth=1.4, **STYLES[method])
    axes.invert_xaxis()
    axes.set_xlabel("step h")
    axes.set_ylabel("norm-relative error")
    axes.set_title(f"Error of the numerical derivative of {curve.parameter}", loc="left", fontsize=11)
    axes.grid(True, which="major", alpha=0.25)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)
    return figure
