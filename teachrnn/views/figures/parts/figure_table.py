"""Which table belongs to which figure."""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from teachrnn.errors import TeachrnnError
from teachrnn.views.figures.parts.table import Table

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_TABLES: WeakKeyDictionary[Figure, Table] = WeakKeyDictionary()


def give_table(figure: Figure, table: Table) -> None:
    """Give a figure its text alternative, made from the data that was drawn.

    Parameters
    ----------
    figure : Figure
        The figure.
    table : Table
        What it shows.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> figure = Figure()
    >>> give_table(figure, Table(("t", "loss"), [(1, 2.5)], caption="Loss at each step."))
    >>> print(table_of(figure).text())
    Loss at each step.
    t   loss
    1   2.50
    """
    _TABLES[figure] = table


def table_of(figure: Figure) -> Table:
    """The figure as a table: for readers who can't see it, and for those who want the numbers.

    Parameters
    ----------
    figure : Figure
        A figure that a function of ``teachrnn.views.figures`` drew.

    Returns
    -------
    Table
        What it shows.

    Raises
    ------
    TeachrnnError
        If no function of teachrnn drew the figure.

    Examples
    --------
    >>> import numpy as np
    >>> from teachrnn.views.figures import clipping
    >>> table_of(clipping(np.array([8.0, -6.0]), limit=6.0)).columns[0]
    'g before'
    """
    if figure not in _TABLES:
        raise TeachrnnError(
            "this figure has no table: it was not drawn by a function of teachrnn.views.figures; "
            "give it one with give_table(figure, Table(...))."
        )
    return _TABLES[figure]
