"""A matrix of cells with a word in each, a name at every row and column."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from teachrnn.array import Array
from teachrnn.views.figures.figure import new_figure
from teachrnn.views.figures.parts.diverging import Diverging
from teachrnn.views.figures.parts.matrix_cells import draw_cells
from teachrnn.views.figures.parts.table import Table

if TYPE_CHECKING:
    from matplotlib.figure import Figure

CELL = 0.28, 0.52
"""Inches of a cell: its height, and its width."""

FEW = 3
"""So few rows are drawn as columns: a picture that is higher than wide can be read on a phone."""


def labelled_cells(
    data: Array,
    rows: Sequence[str],
    columns: Sequence[str],
    *,
    scale: Diverging,
    norm: Any,
    word: Callable[[float], str],
    heading: tuple[str, str],
    key: str,
) -> Figure:
    """Draw numbers as cells of colour, each with a word in it; turned by a right angle if rows are few.

    Parameters
    ----------
    data : ndarray, shape (rows, columns)
        The numbers; NaN is an empty cell with an outline.
    rows, columns : sequence of str
        Their names.
    scale, norm : Diverging, Normalize
        The colours.
    word : callable
        What is written in a cell, for its number.
    heading : (str, str)
        What the rows are, and the columns.
    key : str
        What the words in the cells mean.

    Returns
    -------
    Figure
        The drawing; it has no table yet.
    """
    down, across = heading
    if len(rows) <= FEW:
        data, rows, columns, down, across = data.T, columns, rows, across, down
    height, width = CELL
    if len(columns) <= FEW:
        width = 3.6 / len(columns)
    longest = 0.085 * max(map(len, rows))
    picture, axes = new_figure(
        max(0.7 + longest + width * len(columns), 0.068 * len(key)), 1.5 + height * len(rows)
    )
    draw_cells(axes, np.ma.masked_invalid(data), scale, norm, left=-0.5, bottom=-0.5, signed=False)
    for i, row in enumerate(data):
        for j, number in enumerate(row):
            axes.text(j, i, word(float(number)), ha="center", va="center", fontsize=7.5)
    axes.set(xlim=(-0.5, len(columns) - 0.5), ylim=(len(rows) - 0.5, -0.5))
    slanted = (
        {"rotation": 35, "ha": "left", "va": "bottom"} if max(map(len, columns)) > len("dW_f") else {}
    )
    axes.set_xticks(range(len(columns)), columns, **({} if len(columns) <= FEW else slanted))
    axes.set_yticks(range(len(rows)), rows)
    axes.xaxis.tick_top()
    axes.xaxis.set_label_position("top")
    axes.set(xlabel=across, ylabel=down)
    picture.supxlabel(key, fontsize=8)
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)
    return picture


def labelled_table(
    cells: Sequence[Sequence[str | float]],
    rows: Sequence[str],
    columns: Sequence[str],
    *,
    heading: tuple[str, str],
    caption: str,
) -> Table:
    """The table of such a drawing: turned as the drawing is.

    Parameters
    ----------
    cells : sequence of sequences
        What is in the cells, row by row.
    rows, columns : sequence of str
        Their names.
    heading : (str, str)
        What the rows are, and the columns.
    caption : str
        What the table holds.

    Returns
    -------
    Table
        With a first column of names.

    Examples
    --------
    >>> turned = labelled_table([[0.0, 1.0]], ["no carry"], ["T = 2", "T = 1"],
    ...     heading=("mistake", "check"), caption="What passes.")
    >>> turned.columns, turned.rows
    (('check', 'no carry'), [('T = 2', 0.0), ('T = 1', 1.0)])
    """
    across = list(cells)
    head = heading[0]
    if len(rows) <= FEW:
        across, rows, columns, head = list(zip(*cells, strict=True)), columns, rows, heading[1]
    named = [(name, *row) for name, row in zip(rows, across, strict=True)]
    return Table((head, *columns), named, caption)
