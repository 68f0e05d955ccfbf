"""A quantity as lines of text: its name, a heat strip and its numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from rich.cells import cell_len
from rich.text import Text

from teachrnn.array import Array
from teachrnn.views.story import Quantity
from teachrnn.views.style.legible import printable
from teachrnn.views.style.number import format_number
from teachrnn.views.terminal.strip import CELL, MARKED, strip

GAP = 2
"""Spaces before a number."""
COUNTED = 16
"""Characters in which what is left out is counted."""


@dataclass(frozen=True)
class Extent:
    """How much of an array is written out; what is left out is counted.

    Attributes
    ----------
    width : int
        Characters of a line.
    rows : int
        Rows of a matrix.
    lines : int
        Lines that a vector may take.
    whole : bool
        Every entry, on as many rows and lines as that takes.
    """

    width: int
    rows: int = 6
    lines: int = 2
    whole: bool = False


def array_lines(
    quantity: Quantity,
    extent: Extent,
    *,
    gutter: str = "  ",
    entry: tuple[int, ...] | None = None,
) -> list[Text]:
    """A quantity's name, shape and note, its heat strip, its numbers; ``entry`` is marked."""
    data = quantity.data
    if data.ndim == 0:
        number = Text.assemble("  ", (format_number(data.item()), "" if entry is None else MARKED))
        return _head(quantity, extent.width, gutter, number)
    if data.size == 0:
        return _head(quantity, extent.width, gutter, Text("  no entries", style="dim"))
    rows = data.reshape(-1, data.shape[-1])
    largest = float(np.abs(rows[np.isfinite(rows)]).max(initial=0.0))
    scale = Text(f"  █ = {format_number(largest)}" if largest > 0 else "", style="dim")
    place = None if entry is None else divmod(int(np.ravel_multi_index(entry, data.shape)), len(rows[0]))
    inner = replace(extent, width=extent.width - cell_len(gutter))
    written = _Numbers(rows, quantity.kind, largest, inner, place)
    lines = written.vector() if data.ndim == 1 else written.matrix()
    head = _head(quantity, extent.width, gutter, scale)
    return [*head, *(Text.assemble(" " * cell_len(gutter), line) for line in lines)]


def _head(quantity: Quantity, width: int, gutter: str, after: Text) -> list[Text]:
    """Name, shape and scale; the note beside them, or below where the line is too short."""
    shape = " × ".join(map(str, quantity.data.shape))
    head = Text.assemble(
        (gutter + printable(quantity.name), "bold"), (f"  {shape}" if shape else "", "dim"), after
    )
    note = Text(f"  {printable(quantity.note)}" if quantity.note else "", style="italic")
    if head.cell_len + note.cell_len <= width:
        return [head.append_text(note)]
    return [head, Text.assemble(" " * cell_len(gutter), note)]


@dataclass(frozen=True)
class _Numbers:
    """The numbers of one array, as rows, and the place that is marked."""

    rows: Array
    kind: str
    largest: float
    extent: Extent
    place: tuple[int, int] | None

    def vector(self, row: int = 0) -> list[Text]:
        """The strip, and below it the numbers, on several lines where it must be."""
        texts = aligned(self.rows[row].tolist())
        return [
            *self._broken(lambda at, end: self._strip(row, at, end), CELL),
            *self._broken(lambda at, end: self._figures(row, at, texts[at:end]), len(texts[0]) + GAP),
        ]

    def matrix(self) -> list[Text]:
        """A line a row, strip and numbers side by side, as many of both as fit."""
        count, columns = self.rows.shape
        if self.extent.whole:
            return [
                line
                for row in range(count)
                for line in (Text(f"row {row}", style="dim"), *self.vector(row))
            ]
        row, column = self.place or (None, None)
        top, bottom = _window(count, self.extent.rows, row)
        left, right = _window(columns, self.extent.width // 3 // CELL, column)
        drawn = (right - left) * CELL + 2
        room = self.extent.width - drawn
        first, last = _window(columns, room // (GAP + 4), column)
        texts = aligned(self.rows[top:bottom, first:last].ravel().tolist())
        size = len(texts[0]) + GAP
        fit = room // size if columns * size <= room else (room - COUNTED) // size
        start, end = _window(columns, fit, column)
        lines = [Text(f"… {top} rows above", style="dim")] if top else []
        for at in range(top, bottom):
            of_row = texts[(at - top) * (last - first) :][start - first : end - first]
            line = Text.assemble(self._strip(at, left, right), "  " if right - left == columns else "… ")
            line.append_text(self._figures(at, start, of_row))
            lines.append(line.append_text(_left_out(start, columns - end)))
        if bottom < count:
            lines.append(Text(f"… {count - bottom} more rows", style="dim"))
        return lines

    def _broken(self, write: Callable[[int, int], Text], size: int) -> list[Text]:
        """The entries of a row, each of that size, on several lines."""
        count = self.rows.shape[1]
        per_line = max(1, self.extent.width // size)
        room = count if self.extent.whole else per_line * self.extent.lines
        if count > room:
            per_line = max(1, (self.extent.width - COUNTED) // size)
            room = per_line * self.extent.lines
        first, last = _window(count, room, self.place and self.place[1])
        lines = [write(at, min(at + per_line, last)) for at in range(first, last, per_line)]
        lines[-1].append_text(_left_out(first, count - last))
        return lines

    def _strip(self, row: int, first: int, last: int) -> Text:
        return strip(
            self.rows[row, first:last].tolist(), self.largest, self.kind, self._mark(row, first)
        )

    def _figures(self, row: int, first: int, texts: list[str]) -> Text:
        marked = self._mark(row, first)
        line = Text()
        for i, text in enumerate(texts):
            line.append(" " * GAP)
            line.append(text, MARKED if i == marked else "")
        return line

    def _mark(self, row: int, first: int) -> int | None:
        """Where the marked entry stands in a piece of a row; None if it is in another row."""
        return self.place[1] - first if self.place and self.place[0] == row else None


def _window(count: int, room: int, marked: int | None) -> tuple[int, int]:
    """From where to where: as many as there is room for, the marked one among them."""
    room = max(1, min(room, count))
    first = 0 if marked is None else max(0, min(marked - room // 2, count - room))
    return first, first + room


def _left_out(before: int, after: int) -> Text:
    words = [f"{before} before"] if before else []
    if after:
        words.append(f"{after} more")
    return Text(f"  … {', '.join(words)}" if words else "", style="dim")


def aligned(numbers: list[float]) -> list[str]:
    """Numbers with their points below each other.

    Examples
    --------
    >>> aligned([0.5, -10.0, 1e-5])
    ['  0.500  ', '−10.0    ', '  1.00e−5']
    """
    parts = [format_number(x).partition(".") for x in numbers]
    left = max(len(whole) for whole, _, _ in parts)
    right = max(len(point + rest) for _, point, rest in parts)
    return [f"{whole:>{left}}{point + rest:<{right}}" for whole, point, rest in parts]
