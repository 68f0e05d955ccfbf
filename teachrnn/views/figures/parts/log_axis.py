"""A logarithmic axis with ticks in plain digits, which every font has."""

from __future__ import annotations

from math import log10
from typing import TYPE_CHECKING, Any

from teachrnn.extras import require
from teachrnn.views.style.number import MINUS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

NARROW = 1.5
"""Decades up to which 2 and 5 have a tick as well as 1."""


def log_axis(axes: Axes) -> None:
    """Make the y axis logarithmic, after everything has been drawn: the ticks depend on its range.

    Examples
    --------
    >>> from teachrnn.views.figures.figure import new_figure
    >>> figure, axes = new_figure(3, 2)
    >>> _ = axes.plot([1, 2], [0.001, 100])
    >>> log_axis(axes)
    >>> figure.draw_without_rendering()
    >>> [label.get_text() for label in axes.get_yticklabels()][1:4]
    ['0.001', '0.01', '0.1']
    """
    ticker: Any = require("matplotlib.ticker", extra="figures", purpose="A figure")
    axes.set_yscale("log")
    low, high = axes.get_ylim()
    narrow = log10(high / low) < NARROW
    axes.yaxis.set_major_locator(ticker.LogLocator(subs=(1, 2, 5) if narrow else (1,)))
    axes.yaxis.set_major_formatter(lambda x, _: f"{x:g}".replace("-", MINUS))
    axes.yaxis.set_minor_locator(ticker.NullLocator())
