"""Whose gradients each mistake makes wrong, as a figure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from teachrnn.laboratory import ParameterTable, parameter_table
from teachrnn.views.figures.figure import GRADIENTS, Table, figure, give_table
from teachrnn.views.figures.labelled_cells import labelled_cells, labelled_table
from teachrnn.views.figures.parts.letters import math_label, text_label

if TYPE_CHECKING:
    from matplotlib.figure import Figure

HEADING = "mistake", "gradient"


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
        A row for each mistake and a column for each parameter, or the other way round where mistakes
        are few; in the cell the norm of the error, divided by that of the right gradient.

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
    largest = float(table.errors.max(initial=0.0)) or 1.0
    picture = labelled_cells(
        table.errors,
        [text_label(name) for name in table.mistakes],
        [math_label(name, d=True) for name in table.parameters],
        scale=GRADIENTS,
        norm=GRADIENTS.norm_from(0.0, 1.6 * largest),
        word=lambda error: f"{error:.2g}" if error else "·",
        heading=HEADING,
        key="norm of the error / norm of the gradient;  ·  right",
    )
    give_table(picture, _table(table))
    return picture


def _table(table: ParameterTable) -> Table:
    cells = [["right" if error == 0 else float(error) for error in row] for row in table.errors]
    caption = (
        "The norm of the error of each gradient, divided by that of the right gradient, at"
        f" {table.sizes}: the {table.cell} cell."
    )
    names = [f"d{name}" for name in table.parameters]
    return labelled_table(cells, table.mistakes, names, heading=HEADING, caption=caption)
