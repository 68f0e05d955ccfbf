"""The distribution of the next symbol, and what a sampling strategy makes of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from teachrnn.array import Array
from teachrnn.errors import DomainError
from teachrnn.sampling import Passage, Sampler
from teachrnn.sampling.softmax import softmax
from teachrnn.views.figures.figure import figure, give_table, new_figure
from teachrnn.views.figures.parts.letters import symbol_label, text_label
from teachrnn.views.figures.parts.table import Table, TableCell
from teachrnn.views.style.number import format_number
from teachrnn.views.style.palette import ACCENT, GREY, INK, SERIES
from teachrnn.views.style.visible_symbol import visible_symbol

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


MOST = 12
"""Number of symbols that have their own bar; the others share one."""


def _example() -> Figure:
    from teachrnn.sampling import Nucleus

    scores = np.random.default_rng(5).normal(size=30) * 1.3
    sampler = Nucleus(theta=0.8, temperature=0.9)
    symbols = [*" \nabcdefghijklmnopqrstuvwxyz", "é", "ü"]
    return next_symbol(scores, sampler, symbols, drawn=sampler.draw(scores, 0.6))


@figure("The distribution while sampling", example=_example)
def next_symbol(
    scores: Array, sampler: Sampler, symbols: Sequence[str], *, drawn: int | None = None
) -> Figure:
    r"""Draw the probabilities of the next symbol: the network's own, and those used for drawing.

    The most likely symbols have a bar each: outlined for the network's own $p = \mathrm{softmax}(o)$,
    filled for $p'$, which the strategy makes from $p$. A cross marks a symbol that the strategy leaves
    out. The entropies show how uncertain the choice is:

    $$H = -\sum_k p_k \log p_k$$

    Parameters
    ----------
    scores : ndarray
        o, (K,): the network's output before the softmax.
    sampler : Sampler
        The strategy, with its settings.
    symbols : sequence of str
        What the K symbols stand for.
    drawn : int, optional
        Number of the symbol that was drawn; it is marked.

    Returns
    -------
    Figure
        The drawing, with its table (`table_of`).

    Raises
    ------
    DomainError
        If there are not as many symbols as scores, the scores are not finite, or ``drawn`` is not the
        number of a symbol.
    MissingExtraError
        If matplotlib is not installed.

    References
    ----------
    Holtzman, Buys, Du, Forbes & Choi (2020), The curious case of neural text degeneration, ICLR.

    Examples
    --------
    >>> from teachrnn import TopK
    >>> from teachrnn.views.figures.figure import table_of
    >>> shown = next_symbol(np.log([0.6, 0.3, 0.1]), TopK(k=2), ["a", " ", "b"], drawn=1)
    >>> print(table_of(shown).text())
    top-k, k 2, temperature 1.00: entropy 0.898 nats before, 0.637 nats after; drawn: ␣.
    symbol     network p   drawn with p′   note
    a              0.600           0.667
    ␣              0.300           0.333   drawn
    b              0.100               0   left out
    """
    o = np.asarray(scores, dtype=np.float64)
    if len(symbols) != o.size:
        raise DomainError(
            f"next_symbol: there are {o.size} scores but {len(symbols)} symbols: each score needs one."
        )
    if drawn is not None and not 0 <= drawn < o.size:
        raise DomainError(f"next_symbol: `drawn` is {drawn} but must be one of 0 to {o.size - 1}.")
    p, drawn_with = softmax(o, temperature=1), sampler.distribution(o)
    likeliest = [int(k) for k in np.argsort(-o, kind="stable")]
    shown = likeliest if o.size <= MOST + 1 else likeliest[:MOST]
    if drawn is not None and drawn not in shown:
        shown = [*shown[:-1], drawn]
    rows: list[tuple[str, float, float, str]] = [
        (
            visible_symbol(symbols[k]),
            float(p[k]),
            float(drawn_with[k]),
            "drawn" if k == drawn else "left out" if drawn_with[k] == 0 else "",
        )
        for k in shown
    ]
    rest = sorted(set(likeliest) - set(shown))
    if rest:
        together = (float(p[rest].sum()), float(drawn_with[rest].sum()))
        note = "left out" if not drawn_with[rest].any() else ""
        rows.append((f"{len(rest)} others", *together, note))
    drawing, axes = new_figure(5.2, 0.95 + 0.23 * len(rows))
    labels = [text_label(symbol_label(symbols[k])) for k in shown] + [
        row[0] for row in rows[len(shown) :]
    ]
    _bars(axes, rows, labels)
    handles, words = axes.get_legend_handles_labels()
    drawing.legend(handles[::-1], words[::-1], loc="outside upper left", ncols=3, columnspacing=1.2)
    axes.set_xlabel("probability of the next symbol")
    axes.set_ylabel("symbol")
    words = f"{_named(sampler)}: entropy {_entropy(p)} nats before, {_entropy(drawn_with)} nats after"
    words += "." if drawn is None else f"; drawn: {visible_symbol(symbols[drawn])}."
    columns = ("symbol", "network p", "drawn with p′", "note")
    cells: list[tuple[TableCell, ...]] = [*rows]
    give_table(drawing, Table(columns, cells, words))
    return drawing


def _bars(axes: Axes, rows: list[tuple[str, float, float, str]], labels: list[str]) -> None:
    _, before, after, notes = zip(*rows, strict=True)
    places = np.arange(len(rows))
    axes.barh(places, after, height=0.62, color=SERIES["blue"], label="p′, drawn with")
    outline: dict[str, Any] = {"facecolor": "none", "edgecolor": INK, "linewidth": 0.9}
    axes.barh(places, before, height=0.84, label="p, the network's own", **outline)
    edge = axes.get_yaxis_transform()  # x from 0 to 1, y as the data
    beside: dict[str, Any] = {"xytext": (5, 0), "textcoords": "offset points", "va": "center"}
    for place, note in zip(places, notes, strict=True):
        if note == "left out":
            axes.annotate("×", (before[place], place), color=GREY, **beside)
        elif note == "drawn":
            axes.plot(-0.012, place, ">", color=ACCENT, transform=edge, clip_on=False, markersize=5)
            end = max(before[place], after[place])
            axes.annotate("drawn", (end, place), **beside)
    axes.plot([], [], "x", color=GREY, label="left out")
    axes.set_yticks(places, labels)
    axes.tick_params(axis="y", length=0, pad=9)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_xlim(0, 1.15 * max(*before, *after))
    axes.grid(True, axis="x")


def _entropy(p: Array) -> str:
    return format_number(float(Passage(np.zeros(1, np.intp), p[None]).entropy[0]))


def _named(sampler: Sampler) -> str:
    settings = [f"{name} {format_number(value)}" for name, value in sampler.settings().items()]
    return ", ".join(settings if sampler.name in sampler.settings() else [sampler.name, *settings])
