"""A figure as a piece of HTML: the picture in the page's text colour, its table below it."""

from __future__ import annotations

import hashlib
import html
from typing import TYPE_CHECKING

from teachrnn.views.figures.parts.figure_table import table_of
from teachrnn.views.figures.parts.inline_svg import inline_svg

if TYPE_CHECKING:
    from matplotlib.figure import Figure


IN_PAGE = "fill:currentColor;font-family:'DejaVu Sans',Verdana,sans-serif"
"""What replaces black, which matplotlib leaves implicit; and a font as wide as the one that the
figure was laid out with."""


def figure_html(figure: Figure) -> str:
    """Picture and table as self-contained HTML without scripts, kept when a notebook is exported.

    Raises
    ------
    TeachrnnError
        If the figure has no table.

    Examples
    --------
    >>> from teachrnn.views.figures.figure import give_table, new_figure
    >>> from teachrnn.views.figures.parts.table import Table
    >>> figure, axes = new_figure(3, 2)
    >>> give_table(figure, Table(("t",), [(1,)], "Steps."))
    >>> "<svg" in figure_html(figure), "<td" in figure_html(figure), "Steps." in figure_html(figure)
    (True, False, True)
    """
    table = table_of(figure)
    width, _ = figure.get_size_inches()
    words = table.text()
    name = f"figure-{hashlib.sha256(words.encode()).hexdigest()[:10]}"
    svg = inline_svg(figure, name=name, title=table.caption, description="The same as a table follows.")
    return (
        f'<figure style="margin:0;width:100%;max-width:{width:.2f}in"><div style="{IN_PAGE}">{svg}</div>'
        f"<figcaption>{html.escape(table.caption)}"
        f"<details><summary>As a table</summary>{table.html()}</details></figcaption></figure>"
    )
