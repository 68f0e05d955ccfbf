"""Which check sees which mistake, as a figure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from teachrnn.laboratory import CheckTable, check_table, settings, well_known
from teachrnn.views.figures.figure import VALUES, Table, figure, give_table, new_figure
from teachrnn.views.figures.parts.letters import text_label
from teachrnn.views.figures.parts.matrix_cells import draw_cells

if TYPE_CHECKING:
    from matplotlib.figure import Figure

CELL = 0.28, 0.5
"""Inches of a cell: its height, and its width."""


def _example() -> Figure:
    known, tried = well_known("vanilla"), settings()
    mistakes = [known[name] for name in ("no carry", "no transpose", "squashed twice")]
    at = {name: tried[name] for name in ("careful", "T = 1", "m = 1", "σ = 0.01", "float32")}
    return which_check_sees_it(check_table("vanilla", mistakes, at=at, draws=2))


@figure("Which check sees which mistake", example=_example)
def which_check_sees_it(table: CheckTable) -> Figure:
    """Draw what every check says of every mistake: a dot where it is seen, "passes" where it is not.

    Parameters
    ----------
    table : CheckTable
        What passed: see `teachrnn.laboratory.check_table`.

    Returns
    -------
    Figure
        A row for each mistake, a column for each check. The share of draws in which a mistake passes
        is written in its cell, and said by its colour.

    Raises
    ------
    MissingExtraError
        If matplotlib is not installed.

    Examples
    --------
    >>> picture = which_check_sees_it(check_table("vanilla", draws=1, at={"T = 1": settings()["T = 1"]}))
    >>> picture.axes[0].get_xticklabels()[0].get_text()
    'T = 1'
    """
    rows, columns = table.passes.shape
    height, width = CELL
    picture, axes = new_figure(1.9 + width * columns, 1.2 + height * rows)
    norm = VALUES.norm_from(0.0, 1.6)  # so that what is written in a cell can be read
    known = np.ma.masked_invalid(table.passes)
    draw_cells(axes, known, VALUES, norm, left=-0.5, bottom=-0.5, signed=False)
    for i, row in enumerate(table.passes):
        for j, share in enumerate(row):
            axes.text(j, i, _word(float(share)), ha="center", va="center", fontsize=7)
    axes.set(xlim=(-0.5, columns - 0.5), ylim=(rows - 0.5, -0.5))
    axes.set_xticks(
        range(columns), [text_label(n) for n in table.settings], rotation=35, ha="left", va="bottom"
    )
    axes.set_yticks(range(rows), [text_label(name) for name in table.mistakes])
    axes.xaxis.tick_top()
    axes.set_ylabel("mistake")
    axes.set_xlabel("●  it is seen      passes  it is accepted      –  right code is refused, too")
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)
    give_table(picture, _table(table))
    return picture


def _word(share: float) -> str:
    if np.isnan(share):
        return "–"
    return "●" if share == 0 else "passes" if share == 1 else f"{100 * share:.0f} %"


def _table(table: CheckTable) -> Table:
    rows: list[tuple[str | float, ...]] = [
        (name, *("refuses right code" if np.isnan(s) else float(s) for s in row))
        for name, row in zip(table.mistakes, table.passes, strict=True)
    ]
    caption = (
        f"In which share of {table.draws} draws a gradient with a mistake passes a check: 0 if it is"
        " always seen. Where right code is refused too, a check says nothing."
    )
    return Table(("mistake", *table.settings), rows, caption)
