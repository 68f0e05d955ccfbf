"""A text coloured by one neuron."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from teachrnn.array import Array
from teachrnn.errors import ShapeError
from teachrnn.views.figures.figure import VALUES, figure, give_table, new_figure
from teachrnn.views.figures.parts.letters import symbol_label, text_label
from teachrnn.views.figures.parts.table import Table, TableCell
from teachrnn.views.style.number import format_number
from teachrnn.views.style.visible_symbol import visible_symbol

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


CELL = 0.115
"""Width of a character, in inches."""
LINE = 0.27
"""Height of a line, in inches."""
BAR = 0.13
"""Height of the tallest bar, as a fraction of the line's."""


def _example() -> Figure:
    from teachrnn.runs import small_network

    text = "Any cell of a network that reads a text\nmay come to represent something in it."
    trace = small_network(text, hidden=6, scale=0.9, updates=0, seed=1).trace
    h = [float(trace[f"h[{t}]"].data[2]) for t in range(1, trace.T + 1)]
    return neuron_text(text[:-1], h, name="h_t, neuron 2", width=40)


@figure("Text coloured by a neuron", example=_example)
def neuron_text(
    symbols: Sequence[str], activations: Array | Sequence[float], *, name: str = "h", width: int = 56
) -> Figure:
    r"""Draw a text, with every symbol on a background that shows a neuron's activation after reading it.

    The sign is shown by position as well as by colour: a bar below the symbol is plus, a bar above
    it is minus, and its height is the magnitude. The scale ends at the largest number in the text.

    Parameters
    ----------
    symbols : sequence of str
        The text, symbol by symbol: characters or words.
    activations : array-like of float
        One number for each.
    name : str
        What the numbers are, for the caption.
    width : int
        Characters in a line.

    Returns
    -------
    Figure
        The drawing, with its table (`table_of`).

    Raises
    ------
    ShapeError
        If there is not one number for each symbol, or no symbol at all.
    MissingExtraError
        If matplotlib is not installed.

    References
    ----------
    Karpathy, Johnson & Fei-Fei (2016), Visualizing and understanding recurrent networks, figure 2.

    Examples
    --------
    >>> from teachrnn.views.figures.figure import table_of
    >>> print(table_of(neuron_text("a b", [0.5, -0.25, 0.0], name="h, neuron 1")).text())
    h, neuron 1: after each symbol, from −0.250 to 0.500.
    symbol   activation
    a             0.500
    ␣            −0.250
    b                 0
    """
    numbers = np.asarray(activations, dtype=np.float64)
    if numbers.shape != (len(symbols),) or not len(symbols):
        raise ShapeError(
            f"neuron_text: {len(symbols)} symbols need one number each, at least one, "
            f"but the activations have shape {numbers.shape}."
        )
    signs = [visible_symbol(symbol) for symbol in symbols]
    drawn = [symbol_label(symbol) for symbol in symbols]
    places = _wrapped(symbols, drawn, width)
    lines = 1 + max(line for line, _ in places)
    longest = max(column + len(sign) for (_, column), sign in zip(places, drawn, strict=True))
    across = max(longest, width)
    drawing, axes = new_figure(0.12 + CELL * across, 0.1 + LINE * lines)
    axes.set_axis_off()
    axes.set_xlim(0, across)
    axes.set_ylim(lines, 0)
    _write(axes, drawn, places, numbers)
    finite = numbers[np.isfinite(numbers)]
    ends = [format_number(float(x)) for x in (finite.min(initial=0), finite.max(initial=0))]
    caption = f"{name}: after each symbol, from {ends[0]} to {ends[1]}."
    rows: list[tuple[TableCell, ...]] = [*zip(signs, numbers.tolist(), strict=True)]
    give_table(drawing, Table(("symbol", "activation"), rows, caption))
    return drawing


def _wrapped(symbols: Sequence[str], signs: list[str], width: int) -> list[tuple[int, int]]:
    """Line and column of every symbol: a new line after a newline, or where a symbol would not fit."""
    places = []
    line = column = 0
    for symbol, sign in zip(symbols, signs, strict=True):
        if column and column + len(sign) > width:
            line, column = line + 1, 0
        places.append((line, column))
        column += len(sign)
        if symbol == "\n":
            line, column = line + 1, 0
    return places


def _write(axes: Axes, signs: list[str], places: list[tuple[int, int]], numbers: Array) -> None:
    from matplotlib.collections import PatchCollection
    from matplotlib.patches import Rectangle

    share = VALUES.norm(numbers)
    grounds, bars, colours = [], [], []
    for sign, (line, column), x in zip(signs, places, numbers.tolist(), strict=True):
        middle = column + len(sign) / 2
        axes.text(
            middle, line + 0.52, text_label(sign.replace("␣", " ")), ha="center", va="center_baseline"
        )
        if not np.isfinite(x):
            continue
        grounds.append(Rectangle((column, line + 0.04), len(sign), 0.92))
        colours.append(VALUES.map()(0.5 + 0.25 * (share(x) * 2 - 1)))
        height = BAR * abs(2 * float(share(x)) - 1)
        bars.append(Rectangle((column, line + (0.96 - height if x > 0 else 0.04)), len(sign), height))
    axes.add_collection(PatchCollection(grounds, facecolors=colours, edgecolors="none"))
    ends = [VALUES.plus if x > 0 else VALUES.minus for x in numbers[np.isfinite(numbers)]]
    axes.add_collection(PatchCollection(bars, facecolors=ends, edgecolors="none"))
