"""A figure as text and numbers: its text alternative."""

from __future__ import annotations

import html
from dataclasses import dataclass
from numbers import Real

from teachrnn.text_table import aligned
from teachrnn.views.style.number import format_number

TableCell = str | float | int


@dataclass(frozen=True)
class Table:
    """Rows under named columns.

    Attributes
    ----------
    columns : tuple of str
        What is in them, with units.
    rows : list of tuple
        Words and numbers; numbers are kept as they are and written by `format_number`.
    caption : str
        What the table holds, in a sentence.

    Examples
    --------
    >>> print(Table(("step", "norm"), [(1, 0.5), (10, -2e-7)], "Norms.").text())
    Norms.
    step       norm
       1      0.500
      10   −2.00e−7
    """

    columns: tuple[str, ...]
    rows: list[tuple[TableCell, ...]]
    caption: str

    def text(self) -> str:
        """As plain text: words aligned to the left, numbers to the right.

        Returns
        -------
        str
            The lines, with the caption above them.
        """
        written = [[_written(cell) for cell in row] for row in self.rows]
        count = range(len(self.columns))
        numeric = [i for i in count if all(isinstance(row[i], Real) for row in self.rows)]
        lines = aligned([[*map(_written, self.columns)], *written], right=numeric, gap="   ")
        return "\n".join([" ".join(self.caption.split()), *lines])

    def html(self) -> str:
        """As an HTML table with a caption and header cells; all text is escaped.

        Returns
        -------
        str
            One ``table`` element.
        """
        head = "".join(f'<th scope="col">{html.escape(name)}</th>' for name in self.columns)
        body = "".join(
            f'<tr><th scope="row">{html.escape(_written(row[0]))}</th>'
            f"{''.join(f'<td>{html.escape(_written(cell))}</td>' for cell in row[1:])}</tr>"
            for row in self.rows
        )
        return (
            f"<table><caption>{html.escape(self.caption)}</caption>"
            f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        )


def _written(cell: TableCell) -> str:
    return " ".join(cell.split()) if isinstance(cell, str) else format_number(cell)
