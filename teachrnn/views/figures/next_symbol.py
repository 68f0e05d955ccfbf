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
    from matplotlib.lines import Line2D


MOST = 40
"""Number of symbols that have their own bar; the others share one."""
LETTERS = 2
"""Length of labels that stand upright beside each other."""


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

    The symbols have a bar each, as above a time step in the stepper: outlined for the network's own
    $p = \mathrm{softmax}(o)$, filled for $p'$, which the strategy makes from $p$; in blue if the symbol
    was drawn. A cross marks a symbol that the strategy leaves out. The entropies show how uncertain
    the choice is:

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
    drawing, axes = new_figure(6.0, 2.7)
    in_order = sorted(range(len(shown)), key=shown.__getitem__)
    labels = [text_label(symbol_label(symbols[shown[at]])) for at in in_order]
    others = range(len(shown), len(rows))
    _bars(drawing, axes, [rows[at] for at in [*in_order, *others]], labels + ["others" for _ in others])
    handles, words = axes.get_legend_handles_labels()
    handles, words = [*handles[1:], handles[0]], [*words[1:], words[0]]  # bars first
    drawing.legend(handles, words, loc="outside upper left", ncols=4, columnspacing=1.2)
    axes.set_xlabel("next symbol")
    axes.set_ylabel("probability")
    words = f"{_named(sampler)}: entropy {_entropy(p)} nats before, {_entropy(drawn_with)} nats after"
    words += "." if drawn is None else f"; drawn: {visible_symbol(symbols[drawn])}."
    columns = ("symbol", "network p", "drawn with p′", "note")
    cells: list[tuple[TableCell, ...]] = [*rows]
    give_table(drawing, Table(columns, cells, words))
    return drawing


def _bars(
    drawing: Figure, axes: Axes, rows: list[tuple[str, float, float, str]], labels: list[str]
) -> None:
    _, before, after, notes = zip(*rows, strict=True)
    places = np.arange(len(rows))
    outline: dict[str, Any] = {"facecolor": "none", "edgecolor": INK, "linewidth": 0.9}
    axes.bar(places, before, width=0.84, label="p, the network's own", **outline)
    axes.bar(places, after, width=0.6, color=GREY, label="p′, drawn with")
    if "drawn" in notes:
        drawn = notes.index("drawn")
        axes.bar(drawn, after[drawn], width=0.6, color=SERIES["blue"], label="drawn")
        axes.plot(drawn, max(before[drawn], after[drawn]), "v", color=ACCENT, markersize=5)
        _above(axes.lines[-1], drawing)
    out = [place for place, note in enumerate(notes) if note == "left out"]
    axes.plot(out, [before[place] for place in out], "x", color=GREY, markersize=4, label="left out")
    _above(axes.lines[-1], drawing)
    upright = max(map(len, labels)) <= LETTERS
    axes.set_xticks(places, labels, rotation=0 if upright else 90)
    axes.tick_params(axis="x", length=0)
    axes.set_xlim(-0.6, len(rows) - 0.4)
    axes.set_ylim(0, 1.15 * max(*before, *after))
    axes.grid(True, axis="y")


def _above(marks: Line2D, drawing: Figure) -> None:
    """Put marks beside the ends of their bars instead of on them."""
    from matplotlib.transforms import ScaledTranslation

    shift = ScaledTranslation(0, 5 / 72, drawing.dpi_scale_trans)
    marks.set_transform(marks.get_transform() + shift)
    marks.set_clip_on(False)


def _entropy(p: Array) -> str:
    return format_number(float(Passage(np.zeros(1, np.intp), p[None]).entropy[0]))


def _named(sampler: Sampler) -> str:
    settings = [f"{name} {format_number(value)}" for name, value in sampler.settings().items()]
    return ", ".join(settings if sampler.name in sampler.settings() else [sampler.name, *settings])
