"""What every figure has: a place in the registry, the house style, and a table of what it shows.

A figure is a function of data that returns a matplotlib ``Figure``; it never shows or saves it. With
`figure` it enters the registry, from which the tests and the gallery take it.

Figures are drawn in black on a white background, so that a file looks right in print and in any viewer.
In a page (`inline_svg`, and the output of a notebook) the background is removed and the page's text
colour replaces black; because the colour maps are transparent at 0, zero is the background there too,
light or dark. So there is one way to draw, and no theme to choose.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ParamSpec

from teachrnn.extras import require
from teachrnn.registry import Registry
from teachrnn.views.figures.parts.diverging import GRADIENTS, VALUES, Diverging
from teachrnn.views.figures.parts.figure_table import give_table, table_of
from teachrnn.views.figures.parts.table import Table

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = [
    "FIGURES",
    "GRADIENTS",
    "VALUES",
    "Diverging",
    "FigureKind",
    "Table",
    "figure",
    "give_table",
    "new_figure",
    "table_of",
]

P = ParamSpec("P")


@dataclass(frozen=True)
class FigureKind:
    """A kind of figure, for the gallery and the tests.

    Attributes
    ----------
    name : str
        Name of the function.
    title : str
        What it shows, in words.
    draw : callable
        The function: data in, Figure out.
    example : callable
        Draws a small example from numbers that were actually computed.
    """

    name: str
    title: str
    draw: Callable[..., Figure]
    example: Callable[[], Figure]


FIGURES = Registry[FigureKind]("figure")
"""Every kind of figure, by the name of its function: filled by `figure`."""


def figure(
    title: str, *, example: Callable[[], Figure]
) -> Callable[[Callable[P, Figure]], Callable[P, Figure]]:
    """Enter a function in the registry, and make it draw in the house style, not the user's.

    Parameters
    ----------
    title : str
        What the figure shows, in words.
    example : callable
        Draws a small, real, deterministic example in less than a second.
    """

    def register(draw: Callable[P, Figure]) -> Callable[P, Figure]:
        @functools.wraps(draw)
        def styled(*args: P.args, **kwargs: P.kwargs) -> Figure:
            require("matplotlib.figure", extra="figures", purpose="A figure")
            from teachrnn.views.figures.parts.house_figure import house_style

            with house_style():
                return draw(*args, **kwargs)

        FIGURES[draw.__name__] = FigureKind(draw.__name__, title, styled, example)
        return styled

    return register


def new_figure(
    width: float, height: float, rows: int = 1, columns: int = 1, **options: Any
) -> tuple[Figure, Any]:
    """An empty figure in the house style, with its axes.

    Parameters
    ----------
    width, height : float
        In inches.
    rows, columns : int
        Number of rows and columns of axes.
    **options
        What ``Figure.subplots`` takes: ``sharex``, ``squeeze``, ``width_ratios`` and so on.

    Returns
    -------
    Figure, Axes
        As ``Figure.subplots`` returns them: a single Axes if there is one, otherwise an array of them.

    Raises
    ------
    MissingExtraError
        If matplotlib is not installed.

    Examples
    --------
    >>> figure, axes = new_figure(4, 3)
    >>> [name for name, spine in axes.spines.items() if spine.get_visible()]
    ['left', 'bottom']
    """
    require("matplotlib.figure", extra="figures", purpose="A figure")
    from teachrnn.views.figures.parts.house_figure import HouseFigure, house_style

    with house_style():
        empty = HouseFigure(figsize=(width, height), layout="constrained")
        return empty, empty.subplots(rows, columns, **options)
