"""Which table belongs to which figure."""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from teachrnn.errors import TeachrnnError
from teachrnn.views.figures.table import Table

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_TABLES: WeakKeyDictionary[Figure, Table] = WeakKeyDictionary()


def give_table(figure: Figure, table: Table) -> None:
    """Give a figure its text alternative, made of the very data that was drawn."""
    _TABLES[figure] = table


def table_of(figure: Figure) -> Table:
    """The figure as a table: for those who don't see it, and for those who want the numbers.

    Raises
    ------
    TeachrnnError
        If the figure is not one of ours.
    """
    if figure not in _TABLES:
        raise TeachrnnError(
            "this figure has no table: it was not drawn by a function of teachrnn.views.figures; "
            "give it one with give_table(figure, Table(...))."
        )
    return _TABLES[figure]
