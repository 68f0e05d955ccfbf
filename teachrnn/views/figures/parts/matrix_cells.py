"""A matrix as coloured cells, crisp at any size: every heat map here is drawn with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from teachrnn.array import Array
from teachrnn.extras import require
from teachrnn.views.figures.parts.diverging import Diverging
from teachrnn.views.style.palette import GREY, INK

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.collections import Collection, PolyCollection

FILLED = 0.9
"""The fraction of its square that a cell fills: neighbours don't touch, so no viewer draws seams."""

STEPS = 21
"""Number of cells in a colour scale; odd, so that one of them is 0."""

TALLEST = 2.6
"""Inches of a scale."""

LEAST = 0.04
"""The fraction of the largest number from which negative cells are struck through; others are pale."""


def draw_cells(
    axes: Axes,
    data: Any,
    scale: Diverging,
    norm: Any,
    *,
    left: float = 0.0,
    bottom: float = 0.0,
    size: tuple[float, float] = (1.0, 1.0),
    signed: bool = True,
) -> PolyCollection:
    """Draw a matrix, its first row at the bottom: vector graphics, so text and PDF stay sharp.

    The sign is shown twice: by the colour, and by a stroke, a minus sign, in the cells below 0. Numbers
    that are not finite are crossed out. Entries that are masked are not yet known: an empty outline.

    Parameters
    ----------
    axes : Axes
        Where.
    data : ndarray (rows, columns), or masked array
        The numbers.
    scale, norm : Diverging, Normalize
        The colours.
    left, bottom : float
        The corner of the first cell.
    size : (float, float)
        Width and height of a cell.
    signed : bool
        False where the numbers cannot be negative, or are logarithms of such numbers.

    Returns
    -------
    PolyCollection
        The finite cells, in the order of the rows; its array holds their numbers.
    """
    collections = require("matplotlib.collections", extra="figures", purpose="A figure")
    numbers: np.ma.MaskedArray[Any, Any] = np.ma.asarray(data, dtype=float)
    known = ~np.ma.getmaskarray(numbers)
    plain = np.ma.getdata(numbers)
    finite = known & np.isfinite(plain)
    width, height = size

    def places(which: NDArray[np.bool_], shape: Array) -> Array:
        rows, columns = np.nonzero(which)
        centres = np.column_stack([left + (columns + 0.5) * width, bottom + (rows + 0.5) * height])
        return centres[:, np.newaxis] + shape * (width, height)

    def add(cells: Collection) -> None:
        cells.set_in_layout(False)  # within the axes, so the layout need not measure it
        axes.add_collection(cells, autolim=False)

    quad = FILLED / 2 * np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)])
    filled = collections.PolyCollection(places(finite, quad), cmap=scale.map(), norm=norm, linewidth=0)
    filled.set_array(plain[finite])
    add(filled)
    negative = signed & finite & (np.where(finite, plain, 0) < -LEAST * norm.vmax)
    dash = np.array([(-0.2, 0), (0.2, 0)])
    cross = FILLED / 2 * np.array([(-1, -1), (1, 1), (0, 0), (-1, 1), (1, -1)])
    for which, shape, colour in ((negative, dash, INK), (known & ~finite, cross, INK)):
        marks = collections.LineCollection(places(which, shape), colors=colour, linewidth=0.6)
        add(marks)
    unknown = collections.PolyCollection(
        places(~known, quad), facecolor="none", edgecolor=GREY, linewidth=0.6, linestyle=(0, (1, 2))
    )
    add(unknown)
    return filled


def draw_scale(
    axes: Axes | Sequence[Axes],
    scale: Diverging,
    norm: Any,
    label: str,
    *,
    low: float | None = None,
) -> Axes:
    """Draw a colour scale at the right of ``axes``, made of the same cells.

    Parameters
    ----------
    axes, scale, norm
        As for `draw_cells`.
    label : str
        What the numbers are, with their unit.
    low : float, optional
        Where to begin, such as 0 if no number is negative; by default the lower end of ``norm``.

    Returns
    -------
    Axes
        The axes of the scale.
    """
    colorbar = require("matplotlib.colorbar", extra="figures", purpose="A figure")
    first, columns = (axes[0], 1) if isinstance(axes, Sequence) else (axes, _columns(axes))
    figure = first.get_figure(root=True)
    assert figure is not None  # these axes always have one
    width, height = figure.get_size_inches()
    beside, _ = colorbar.make_axes(
        axes,
        location="right",
        fraction=min(0.12 * columns / width, 0.1),
        pad=0.02,
        shrink=min(1.0, TALLEST / height),
        aspect=22,
    )
    bottom, top = norm.vmin if low is None else low, norm.vmax
    step = (top - bottom) / STEPS
    levels = bottom + step * (np.arange(STEPS) + 0.5)
    draw_cells(
        beside, levels[:, np.newaxis], scale, norm, bottom=bottom, size=(1.0, step), signed=low is None
    )
    beside.set(xlim=(0, 1), ylim=(bottom, top), xticks=[], ylabel=label)
    beside.yaxis.tick_right()
    beside.yaxis.set_label_position("right")
    beside.spines[:].set_visible(False)
    beside.tick_params(length=0)
    return cast("Axes", beside)


def _columns(axes: Axes) -> int:
    """How many panels share the width of the figure."""
    place = axes.get_subplotspec()
    return 1 if place is None else int(place.get_gridspec().ncols)
