"""The network unrolled over time, with the values or the gradients in its nodes."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from teachrnn.array import Array
from teachrnn.errors import DomainError
from teachrnn.extras import require
from teachrnn.op import Op, Value
from teachrnn.runs import small_network
from teachrnn.trace import Trace
from teachrnn.views.figures.figure import GRADIENTS, VALUES, Table, figure, give_table, new_figure
from teachrnn.views.figures.parts.diverging import Diverging
from teachrnn.views.figures.parts.letters import math_label, symbol_label, text_label
from teachrnn.views.figures.parts.matrix_cells import draw_cells, draw_scale
from teachrnn.views.figures.parts.over_time import Show, base, numbers
from teachrnn.views.story import Given, Yours
from teachrnn.views.story.layout import grid
from teachrnn.views.style.number import format_number, told_apart
from teachrnn.views.style.palette import GREY, INK, PAPER

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colors import Normalize
    from matplotlib.figure import Figure

WIDTH, HEIGHT = 0.74, 0.5
"""Size of a node, in inches."""

BESIDE, ABOVE, BETWEEN = 0.12, 0.3, 0.34
"""Inches between two nodes of a row, between rows, and between time steps."""

FIRST, LAST = 3, 2
"""Number of steps drawn at each end of a long sequence; dots replace those in between."""

MOST = 8
"""Maximum number of cells in a strip; a mark shows that there are more numbers."""


LONG = 5
"""Number of letters from which a name is written smaller."""

CENTRED: dict[str, Any] = {"ha": "center", "va": "center", "in_layout": False}
"""For text inside a node, which needs no further space, so the layout need not measure it."""


class Node(NamedTuple):
    """A value and the centre of its box."""

    value: Value
    x: float
    y: float


def _example() -> Figure:
    return unrolled_graph(small_network(hidden=5).backpropagated, steps=(0, 1, 2, 9, 10))


@figure("Unrolled graph", example=_example)
def unrolled_graph(
    trace: Trace,
    *,
    show: Show = "value",
    steps: Sequence[int] | None = None,
    symbols: Sequence[str] | None = None,
    item: int = 0,
    yours: Yours | None = None,
) -> Figure:
    """Draw the unrolled graph: time across, depth up, the numbers in each node as coloured cells.

    Parameters
    ----------
    trace : Trace
        The record.
    show : {"value", "gradient"}
        What the nodes show. A gradient that backpropagation has not reached is "not yet".
    steps : sequence of int, optional
        Which time steps; by default all, or the first and last ones of a long sequence.
    symbols : sequence of str, optional
        What the token numbers stand for.
    item : int
        Which sequence of a batch.
    yours : Yours, optional
        Your own numbers: a node whose numbers differ from yours is marked ≠, and the table has both.

    Returns
    -------
    Figure
        Parameters belong to no time step and are not drawn.

    Raises
    ------
    DomainError
        If a step does not exist, or ``yours`` holds something other than numbers.
    NameLookupError, ShapeError
        If ``yours`` does not fit the trace.
    MissingExtraError
        If matplotlib is not installed.

    Examples
    --------
    >>> picture = unrolled_graph(small_network().backpropagated, show="gradient")
    >>> [label.get_text() for label in picture.axes[0].get_xticklabels()]
    ['0', '1', '2', '9', '10']
    """
    shown = _steps(trace, steps)
    nodes, centres, size = _arrange(trace, shown)
    d = show == "gradient"
    scale = GRADIENTS if d else VALUES
    data = {i: numbers(node.value, show, item) for i, node in nodes.items()}
    vectors = [x for i, x in data.items() if x is not None and not _token(nodes[i].value)]
    norm = scale.norm(np.concatenate([np.ravel(x) for x in vectors]) if vectors else np.zeros(1))
    picture, axes = new_figure(size[0] + 1.3, size[1] + 0.7)
    axes.set(xlim=(0, size[0]), ylim=(0, size[1]), xlabel="time step $t$", ylabel="depth")
    axes.set_xticks([centres[t] for t in shown], [f"{t}" for t in shown])
    axes.set_yticks([])
    axes.set_aspect("equal")
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)
    _draw_edges(axes, trace, nodes, shown)
    own = {} if yours is None else _beside(yours, trace, nodes, show, item)
    if yours is not None:
        axes.set_xlabel("time step $t$ (≠: yours differs)")
    _draw_gaps(axes, shown, centres, size[1])
    for i, node in nodes.items():
        _draw_node(axes, node, data[i], scale, norm, d=d, symbols=symbols)
        if i in own and own[i].wrong:
            _draw_unequal(axes, node)
    if vectors:
        draw_scale(axes, scale, norm, "gradient (nats per unit)" if d else "value")
    give_table(picture, _table(nodes, data, show, own if yours is not None else None))
    return picture


def _steps(trace: Trace, steps: Sequence[int] | None) -> list[int]:
    """The steps to draw, in order."""
    there = sorted({v.t for v in trace if v.t is not None})
    if steps is None:
        return there if len(there) <= FIRST + LAST + 1 else [*there[:FIRST], *there[-LAST:]]
    unknown = sorted(set(steps) - set(there))
    if unknown or not steps:
        raise DomainError(
            f"unrolled_graph: steps {unknown or list(steps)} cannot be drawn; the trace has "
            f"{there[0] if there else 'no'} to {there[-1] if there else 'steps'}."
        )
    return sorted(set(steps))


def _arrange(
    trace: Trace, shown: Sequence[int]
) -> tuple[dict[int, Node], dict[int, float], tuple[float, float]]:
    """Nodes by index, the centre of every step's column, and the size of the drawing, in inches."""
    places = {i: place for i, place in grid(trace).items() if place.column in shown}
    left, centres, edge = {}, {}, BETWEEN / 2
    for t in shown:
        most = max(place.slots for place in places.values() if place.column == t)
        width = most * WIDTH + (most - 1) * BESIDE
        left[t], centres[t] = edge, edge + width / 2
        edge += width + BETWEEN
        if t + 1 not in shown and t != shown[-1]:
            edge += BETWEEN
    nodes = {}
    for i, place in places.items():
        across = (place.slot - (place.slots - 1) / 2) * (WIDTH + BESIDE)
        up = ABOVE / 2 + HEIGHT / 2 + place.row * (HEIGHT + ABOVE)
        nodes[i] = Node(trace[i], centres[place.column] + across, up)
    top = 1 + max(place.row for place in places.values())
    return nodes, centres, (edge - BETWEEN / 2, top * (HEIGHT + ABOVE))


def _draw_edges(axes: Axes, trace: Trace, nodes: dict[int, Node], shown: Sequence[int]) -> None:
    patches = require("matplotlib.patches", extra="figures", purpose="A figure")
    for op in trace.ops:
        for operand in op.operands:
            if op.index not in nodes or operand.index not in nodes:
                continue
            a, b = nodes[operand.index], nodes[op.index]
            if operand.t == op.t:
                up = 1 if b.y > a.y else -1
                ends = (a.x, a.y + up * HEIGHT / 2), (b.x, b.y - up * HEIGHT / 2)
            else:
                ends = (a.x + WIDTH / 2, a.y), (b.x - WIDTH / 2, b.y)
            axes.add_patch(
                patches.FancyArrowPatch(
                    *ends,
                    arrowstyle="-|>",
                    mutation_scale=6,
                    shrinkA=0,
                    shrinkB=1,
                    color=INK,
                    alpha=0.3,
                    linewidth=0.8,
                )
            )


def _draw_gaps(axes: Axes, shown: Sequence[int], centres: dict[int, float], height: float) -> None:
    """Three dots where steps are left out."""
    for before, after in pairwise(shown):
        if after != before + 1:
            x = (centres[before] + centres[after]) / 2
            axes.text(x, height / 2, r"$\cdots$", ha="center", va="center", fontsize=16)


def _token(value: Value) -> bool:
    return value.data.dtype.kind in "iu"


def _draw_node(
    axes: Axes,
    node: Node,
    data: Array | None,
    scale: Diverging,
    norm: Normalize,
    *,
    d: bool,
    symbols: Sequence[str] | None,
) -> None:
    patches = require("matplotlib.patches", extra="figures", purpose="A figure")
    value, x, y = node
    token = _token(value)
    unknown = d and data is None and not token
    axes.add_patch(
        patches.FancyBboxPatch(
            (x - WIDTH / 2, y - HEIGHT / 2),
            WIDTH,
            HEIGHT,
            boxstyle="round,pad=0,rounding_size=0.07",
            facecolor="none",
            edgecolor=INK if isinstance(value, Op) and not unknown else GREY,
            linewidth=0.8,
            linestyle=(0, (2, 2)) if unknown else "-",
        )
    )
    name = math_label(value.name, d=d and not token)
    size = 10 if len(base(value)) <= LONG else 7
    axes.text(x, y + HEIGHT / 5, name, fontsize=size, **CENTRED)
    inside: str | None = None
    if token:
        inside = _symbol(value, symbols)
    elif data is None:
        inside = "not yet"
    elif np.size(data) == 1 or not np.any(data):
        inside = format_number(float(np.ravel(data)[0]))
    if inside is not None or data is None:
        style = "italic" if unknown else "normal"
        axes.text(x, y - HEIGHT / 4, inside or "", fontsize=8.5, style=style, **CENTRED)
        return
    flat = np.ravel(data)
    count = min(len(flat), MOST)
    wide = (WIDTH - 0.12) / (count if len(flat) <= MOST else count + 1)
    bottom, tall = y - HEIGHT / 2 + 0.06, 0.17
    draw_cells(
        axes,
        flat[np.newaxis, :count],
        scale,
        norm,
        left=x - WIDTH / 2 + 0.06,
        bottom=bottom,
        size=(wide, tall),
    )
    if len(flat) > MOST:
        axes.text(x + WIDTH / 2 - 0.05, bottom, "…", ha="right", va="bottom", fontsize=8)


def _beside(
    yours: Yours, trace: Trace, nodes: dict[int, Node], show: Show, item: int
) -> dict[int, Given]:
    """The reader's own numbers for those in the nodes, by index."""
    d = "d" if show == "gradient" else ""
    shown = {i: numbers(node.value, show, item) for i, node in nodes.items()}
    whole = {v.name: (v.grad if d else v.data) for v in trace.values}
    given = yours.compared(trace, {d + name: x for name, x in whole.items() if x is not None})
    found = {}
    for i, node in nodes.items():
        own, x = given.get(d + node.value.name), shown[i]
        if own is not None and x is not None:
            data, differs = (
                a if a.shape == x.shape else a.reshape(-1, a.shape[-1])[item]
                for a in (own.data, own.differs)
            )
            found[i] = Given(data, differs, own.note)
    return found


def _draw_unequal(axes: Axes, node: Node) -> None:
    x, y = node.x + WIDTH / 2 - 0.03, node.y + HEIGHT / 2 - 0.03
    box = {"boxstyle": "circle,pad=0.15", "facecolor": PAPER.light, "edgecolor": INK, "linewidth": 0.8}
    axes.text(x, y, "≠", fontsize=8, bbox=box, **CENTRED)


def _symbol(value: Value, symbols: Sequence[str] | None) -> str:
    """The symbol that a token number stands for, or the number."""
    token = int(np.ravel(value.data)[0])
    if symbols is None or not 0 <= token < len(symbols):
        return f"{token}"
    return text_label(symbol_label(symbols[token]))


def _table(
    nodes: dict[int, Node],
    data: dict[int, Array | None],
    show: Show,
    own: dict[int, Given] | None,
) -> Table:
    d = "d" if show == "gradient" else ""
    rows: list[tuple[str | float, ...]] = []
    for i, node in nodes.items():
        value = node.value
        if _token(value):
            beside = () if own is None else ("",)
            rows.append((value.name, "input", f"{int(np.ravel(value.data)[0])}", *beside))
            continue
        x = data[i]
        made = (
            f"{type(value).__name__}({', '.join(v.name for v in value.operands)})"
            if isinstance(value, Op)
            else value.role
        )
        shown = "not yet" if x is None else ", ".join(format_number(float(n)) for n in np.ravel(x))
        beside = () if own is None else (_own(x, own.get(i)),)
        rows.append((f"{d}{value.name}", made, shown, *beside))
    unit = ", gradients in nats per unit" if d else ""
    headings = ("name", "made by", "numbers", *(() if own is None else ("yours",)))
    return Table(headings, rows, f"The unrolled graph{unit}.")


def _own(right: Array | None, given: Given | None) -> str:
    """The reader's own numbers in words: those that differ, and that the others agree."""
    if given is None or right is None:
        return ""
    if not given.wrong:
        return "agree"
    entries = zip(np.ravel(right), np.ravel(given.data), np.ravel(given.differs), strict=True)
    return ", ".join(
        f"≠ {told_apart(float(a), float(b))[1]}" if differs else "agrees" for a, b, differs in entries
    )
