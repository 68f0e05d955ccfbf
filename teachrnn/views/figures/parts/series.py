"""Several lines in one panel: distinguished by marker and dash first, then by colour."""

from __future__ import annotations

from typing import Any

from teachrnn.views.style.palette import SERIES

COLOUR_ORDER = tuple(SERIES.values())
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "p", "*")
DASHES: tuple[Any, ...] = ("-", "--", "-.", ":", (0, (5, 1)), (0, (3, 1, 1, 1, 1, 1)))


def series_style(index: int, *, count: int = 1, marks: int = 8) -> dict[str, Any]:
    """Colour, marker and dash of the line of that number, as ``Axes.plot`` takes them.

    Parameters
    ----------
    index : int
        Which line, from 0.
    count, marks : int
        How many points it has, and how many of them get a marker.

    Examples
    --------
    >>> style = series_style(1, count=80)
    >>> style["marker"], style["linestyle"], style["markevery"]
    ('s', '--', 10)
    """
    return {
        "color": COLOUR_ORDER[index % len(COLOUR_ORDER)],
        "marker": MARKERS[index % len(MARKERS)],
        "linestyle": DASHES[index % len(DASHES)],
        "markevery": max(1, count // marks),
    }
