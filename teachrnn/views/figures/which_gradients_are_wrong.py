"""Whose gradients each mistake makes wrong, as a figure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from teachrnn.laboratory import ParameterTable, parameter_table
from teachrnn.views.figures.figure import GRADIENTS, Table, figure, give_table, new_figure
from teachrnn.views.figures.parts.letters import math_label, text_label
from teachrnn.views.figures.parts.matrix_cells import draw_cells

if TYPE_CHECKING:
    from matplotlib.figure import Figure

CELL = 0.28, 0.55
"""Inches of a cell: its height, and its width."""


def _example() -> Figure:
    return which_gradients_are_wrong(parameter_table("vanilla"))


@figure("Whose gradients a mistake makes wrong", example=_example)
def which_gradients_are_wrong(table: ParameterTable) -> Figure:
    """Draw the error of every parameter's gradient under every mistake; an empty cell is right.

    Parameters
    ----------
    table : ParameterTable
        The errors: see `teachrnn.laboratory.parameter_table`.

    Returns
    -------
    Figure
        A row for each mistake, a column for each parameter, and in the cell the norm of the error,
        divided by that of the right gradient.

    Raises
    ------
    MissingExtraError
        If matplotlib is not installed.

    Examples
    --------
    >>> picture = which_gradients_are_wrong(parameter_table("vanilla"))
    >>> [label.get_text() for label in picture.axes[0].get_yticklabels()][:2]
    ['no carry', 'no transpose']
    """
    rows, columns = table.errors.shape
    height, width = CELL
    picture, axes = new_figure(1.9 + width * columns, 0.8 + height * rows)
    largest = float(table.errors.max(initial=0.0)) or 1.0
    norm = GRADIENTS.norm_from(0.0, 1.6 * largest)
    draw_cells(axes, table.errors, GRADIENTS, norm, left=-0.5, bottom=-0.5, signed=False)
    for i, row in enumerate(table.errors):
        for j, error in enumerate(row):
            axes.text(j, i, f"{error:.2g}" if error else "·", ha="center", va="center", fontsize=7)
    axes.set(xlim=(-0.5, columns - 0.5), ylim=(rows - 0.5, -0.5))
    axes.set_xticks(range(columns), [math_label(name, d=True) for name in table.parameters])
    axes.set_yticks(range(rows), [text_label(name) for name in table.mistakes])
    axes.xaxis.tick_top()
    axes.set_ylabel("mistake")
    axes.set_xlabel("norm of the error / norm of the gradient;  ·  right")
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)
    give_table(picture, _table(table))
    return picture


def _table(table: ParameterTable) -> Table:
    rows: list[tuple[str | float, ...]] = [
        (name, *("right" if error == 0 else float(error) for error in row))
        for name, row in zip(table.mistakes, table.errors, strict=True)
    ]
    caption = (
        "The norm of the error of each gradient, divided by that of the right gradient, at"
        f" {table.sizes}: the {table.cell} cell."
    )
    return Table(("mistake", *(f"d{name}" for name in table.parameters)), rows, caption)
