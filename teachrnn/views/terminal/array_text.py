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
from teachrnn.views.style.number import format_number, told_apart
from teachrnn.views.terminal.strip import CELL, MARKED, strip

GAP = 2
"""Spaces before a number."""
COUNTED = 16
"""Width of the count of entries left out."""
UNEQUAL, DIFFERS = "≠", "bold"
"""Sign and style of a reader's number that differs from the right one."""


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
        Lines for a vector, at most.
    whole : bool
        Every entry, on as many rows and lines as needed.
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
    data, yours = quantity.data, quantity.yours
    if data.ndim == 0:
        right, own = format_number(data.item()), ""
        if yours is not None and yours.wrong:
            right, own = told_apart(float(data), float(yours.data))
        number = Text.assemble("  ", (right, "" if entry is None else MARKED))
        number.append(f"  {UNEQUAL} {own}" if own else "", DIFFERS)
        return _head(quantity, extent.width, gutter, number)
    if data.size == 0:
        return _head(quantity, extent.width, gutter, Text("  no entries", style="dim"))
    rows = data.reshape(-1, data.shape[-1])
    largest = float(np.abs(rows[np.isfinite(rows)]).max(initial=0.0))
    scale = Text(f"  █ = {format_number(largest)}" if largest > 0 else "", style="dim")
    place = None if entry is None else divmod(int(np.ravel_multi_index(entry, data.shape)), len(rows[0]))
    inner = replace(extent, width=extent.width - cell_len(gutter))
    beside = (
        None
        if yours is None or not yours.wrong
        else (yours.data.reshape(rows.shape), yours.differs.reshape(rows.shape))
    )
    written = _Numbers(rows, quantity.kind, largest, inner, place, beside)
    lines = written.vector() if data.ndim == 1 else written.matrix()
    head = _head(quantity, extent.width, gutter, scale)
    return [*head, *(Text.assemble(" " * cell_len(gutter), line) for line in lines)]


def _head(quantity: Quantity, width: int, gutter: str, after: Text) -> list[Text]:
    """Name, shape and scale; the note beside them, or below if the line is too short."""
    shape = " × ".join(map(str, quantity.data.shape))
    head = Text.assemble(
        (gutter + printable(quantity.name), "bold"), (f"  {shape}" if shape else "", "dim"), after
    )
    note = Text(f"  {printable(quantity.note)}" if quantity.note else "", style="italic")
    if quantity.yours is not None:
        words = Text(f"  {quantity.yours}", style=DIFFERS if quantity.yours.wrong else "dim")
        note = Text.assemble(note, words)
    if head.cell_len + note.cell_len <= width:
        return [head.append_text(note)]
    return [head, Text.assemble(" " * cell_len(gutter), note)]


@dataclass(frozen=True)
class _Numbers:
    """The numbers of one array, as rows, and the place that is marked.

    ``beside`` has the reader's own numbers and which of them differ; they are shown below each line.
    """

    rows: Array
    kind: str
    largest: float
    extent: Extent
    place: tuple[int, int] | None
    beside: tuple[Array, Array] | None = None

    @property
    def gap(self) -> int:
        """Characters before a number; a marker needs one more."""
        return GAP if self.beside is None else GAP + 1

    @property
    def focus(self) -> tuple[int, int] | None:
        """What must be visible: the marked entry, or otherwise the first that differs."""
        if self.place is None and self.beside is not None:
            row, column = np.argwhere(self.beside[1])[0].tolist()
            return row, column
        return self.place

    def vector(self, row: int = 0) -> list[Text]:
        """The strip, and below it the numbers, on several lines if necessary."""
        texts, own = self._texts(slice(row, row + 1), slice(None))
        size = len(texts[0]) + self.gap
        figures = self._broken(lambda at, end: self._figures(row, at, texts[at:end]), size)
        if own:
            yours = self._broken(lambda at, end: self._yours(row, at, own[at:end]), size)
            figures = [line for pair in zip(figures, yours, strict=True) for line in pair]
        return [*self._broken(lambda at, end: self._strip(row, at, end), CELL), *figures]

    def matrix(self) -> list[Text]:
        """One line per row, strip and numbers side by side, as many of both as fit."""
        count, columns = self.rows.shape
        if self.extent.whole:
            return [
                line
                for row in range(count)
                for line in (Text(f"row {row}", style="dim"), *self.vector(row))
            ]
        row, column = self.focus or (None, None)
        top, bottom = _window(count, self.extent.rows, row)
        left, right = _window(columns, self.extent.width // 3 // CELL, column)
        drawn = (right - left) * CELL + 2
        room = self.extent.width - drawn
        first, last = _window(columns, room // (self.gap + 4), column)
        texts, own = self._texts(slice(top, bottom), slice(first, last))
        size = len(texts[0]) + self.gap
        fit = room // size if columns * size <= room else (room - COUNTED) // size
        start, end = _window(columns, fit, column)
        lines = [Text(f"… {top} rows above", style="dim")] if top else []
        for at in range(top, bottom):
            begin = (at - top) * (last - first)
            of_row = texts[begin:][start - first : end - first]
            line = Text.assemble(self._strip(at, left, right), "  " if right - left == columns else "… ")
            line.append_text(self._figures(at, start, of_row))
            lines.append(line.append_text(_left_out(start, columns - end)))
            if self.beside is not None and self.beside[1][at, start:end].any():
                yours = self._yours(at, start, own[begin:][start - first : end - first])
                lines.append(Text.assemble(" " * drawn, yours))
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
        first, last = _window(count, room, self.focus and self.focus[1])
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
            line.append(" " * self.gap)
            line.append(text, MARKED if i == marked else "")
        return line

    def _texts(self, rows: slice, columns: slice) -> tuple[list[str], list[str]]:
        """The numbers of a block, and the reader's own if there are any, all equally wide."""
        right = self.rows[rows, columns].ravel().tolist()
        if self.beside is None:
            return aligned(right), []
        yours, differs = (a[rows, columns].ravel().tolist() for a in self.beside)
        pairs = [
            told_apart(a, b) if unequal else (format_number(a), format_number(b))
            for a, b, unequal in zip(right, yours, differs, strict=True)
        ]
        texts = _at_the_point([a for a, _ in pairs] + [b for _, b in pairs])
        return texts[: len(right)], texts[len(right) :]

    def _yours(self, row: int, first: int, texts: list[str]) -> Text:
        assert self.beside is not None
        line = Text()
        for i, text in enumerate(texts):
            differs = self.beside[1][row, first + i]
            line.append(
                f"{UNEQUAL if differs else '':>{self.gap - 1}} {text}", DIFFERS if differs else "dim"
            )
        return line

    def _mark(self, row: int, first: int) -> int | None:
        """The position of the marked entry in a piece of a row; None if it is in another row."""
        return self.place[1] - first if self.place and self.place[0] == row else None


def _window(count: int, room: int, marked: int | None) -> tuple[int, int]:
    """The range to show: as many as there is room for, including the marked one."""
    room = max(1, min(room, count))
    first = 0 if marked is None else max(0, min(marked - room // 2, count - room))
    return first, first + room


def _left_out(before: int, after: int) -> Text:
    words = [f"{before} before"] if before else []
    if after:
        words.append(f"{after} more")
    return Text(f"  … {', '.join(words)}" if words else "", style="dim")


def aligned(numbers: list[float]) -> list[str]:
    """Numbers with aligned decimal points.

    Examples
    --------
    >>> aligned([0.5, -10.0, 1e-5])
    ['  0.500  ', '−10.0    ', '  1.00e−5']
    """
    return _at_the_point([format_number(x) for x in numbers])


def _at_the_point(texts: list[str]) -> list[str]:
    parts = [text.partition(".") for text in texts]
    left = max(len(whole) for whole, _, _ in parts)
    right = max(len(point + rest) for _, point, rest in parts)
    return [f"{whole:>{left}}{point + rest:<{right}}" for whole, point, rest in parts]
