"""Elements that several figures share: ticks, logarithmic scales, a line at 1, "not yet"."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from teachrnn.extras import require
from teachrnn.views.style.number import power_of_ten
from teachrnn.views.style.palette import INK

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis

MARGIN = 0.1
"""Decades between the ends of a logarithmic axis and what is drawn on it."""


def whole_ticks(axis: Axis) -> None:
    """Ticks at whole numbers only: steps and units are counted, not measured."""
    ticker = require("matplotlib.ticker", extra="figures", purpose="A figure")
    axis.set_major_locator(ticker.MaxNLocator(integer=True, min_n_ticks=1))


def powers_as_ticks(axis: Axis) -> None:
    """Ticks of an axis of logarithms: 10 to the -3, not -3."""
    whole_ticks(axis)
    axis.set_major_formatter(lambda power, _: power_of_ten(power))


def decades_as_ticks(axis: Axis) -> None:
    """Ticks of a logarithmic axis: its powers of ten."""
    ticker = require("matplotlib.ticker", extra="figures", purpose="A figure")
    axis.set_major_formatter(lambda x, _: power_of_ten(np.log10(x)))
    axis.set_minor_formatter(ticker.NullFormatter())


def not_yet(axes: Axes, what: str, *, everywhere: bool = True) -> None:
    """Write that a gradient is not known, and what to do: in the empty panel, or above its contents."""
    todo = "backpropagate(trace)"
    if everywhere:
        words = f"{what}: not yet\n{todo}"
        axes.text(0.5, 0.5, words, transform=axes.transAxes, ha="center", va="center")
    else:
        words = f"dotted: not yet reached by {todo}"
        axes.text(0, 1.01, words, transform=axes.transAxes, ha="left", va="bottom", fontsize=8.5)


def draw_magnitudes(
    axes: Axes, steps: Sequence[float], data: Sequence[float], label: str, **style: Any
) -> None:
    """Draw non-negative numbers over the steps, for a logarithmic axis.

    Numbers that the axis cannot show are drawn at its edge with their own marker: a 0 at the lower
    edge, a number that is not finite at the upper one.
    """
    x, y = np.asarray(steps, dtype=float), np.asarray(data, dtype=float)
    axes.plot(x, np.where(np.isfinite(y) & (y > 0), y, np.nan), label=label, **style)
    edge: dict[str, Any] = {
        "linestyle": "none",
        "transform": axes.get_xaxis_transform(),
        "clip_on": False,
    }
    for which, height, marker, words in (
        (y == 0, 0.0, "v", "0, off the scale"),
        (~np.isfinite(y), 1.0, "x", "not finite"),
    ):
        if which.any():
            at = np.full(int(which.sum()), height)
            axes.plot(x[which], at, marker=marker, color=style["color"], label=words, **edge)


def log_scale(axes: Axes, data: Sequence[float]) -> None:
    """Make the y axis logarithmic for ``data``, from one power of ten to another.

    So it spans at least a decade, and does not exaggerate small differences.
    """
    known = np.array([x for x in data if np.isfinite(x) and x > 0])
    powers = np.log10(known) if known.size else np.zeros(1)
    axes.set_yscale("log")
    axes.set_ylim(10.0 ** np.floor(powers.min() - MARGIN), 10.0 ** np.ceil(powers.max() + MARGIN))
    decades_as_ticks(axes.yaxis)


def line_at_one(axes: Axes) -> None:
    """A dashed line at 1, between growing and vanishing gradients."""
    axes.axhline(1, color=INK, linewidth=0.8, linestyle=(0, (4, 3)), alpha=0.6)
