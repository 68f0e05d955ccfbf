"""Which check sees which mistake, as a figure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from teachrnn.laboratory import CheckTable, check_table, settings, well_known
from teachrnn.views.figures.figure import VALUES, Table, figure, give_table
from teachrnn.views.figures.labelled_cells import labelled_cells, labelled_table
from teachrnn.views.figures.parts.letters import text_label

if TYPE_CHECKING:
    from matplotlib.figure import Figure

HEADING = "mistake", "check"


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
        A row for each mistake and a column for each check, or the other way round where mistakes are
        few. The share of draws in which a mistake passes is written in its cell, and is its colour.

    Raises
    ------
    MissingExtraError
        If matplotlib is not installed.

    Examples
    --------
    >>> at = {"T = 1": settings()["T = 1"]}
    >>> picture = which_check_sees_it(check_table("vanilla", draws=1, at=at))
    >>> picture.axes[0].get_yticklabels()[0].get_text()
    'no carry'
    """
    picture = labelled_cells(
        table.passes,
        [text_label(name) for name in table.mistakes],
        [text_label(name) for name in table.settings],
        scale=VALUES,
        norm=VALUES.norm_from(0.0, 1.6),  # so that what is written in a cell can be read
        word=_word,
        heading=HEADING,
        key="●: seen.  passes: not seen.  –: right code is refused, too.",
    )
    give_table(picture, _table(table))
    return picture


def _word(share: float) -> str:
    if np.isnan(share):
        return "–"
    return "●" if share == 0 else "passes" if share == 1 else f"{100 * share:.0f} %"


def _table(table: CheckTable) -> Table:
    cells = [["refuses right code" if np.isnan(s) else float(s) for s in row] for row in table.passes]
    caption = (
        f"The share of draws ({table.draws} for each check) in which a gradient with the mistake passes:"
        " 0 if it is always seen. Where right code is refused, too, a check says nothing."
    )
    return labelled_table(cells, table.mistakes, table.settings, heading=HEADING, caption=caption)
