"""The loss of a run over its updates, as a figure."""

from __future__ import annotations

from collections import deque
from functools import partial
from itertools import islice
from math import log
from typing import TYPE_CHECKING, Any

import numpy as np

from teachrnn.runs.small_network import SENTENCE, small_network
from teachrnn.training import Curve
from teachrnn.views.figures.figure import Table, figure, give_table, new_figure
from teachrnn.views.style.palette import INK, SERIES

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SMOOTH: dict[str, Any] = {"color": SERIES["blue"], "linewidth": 1.3}
VALIDATION: dict[str, Any] = {
    "color": SERIES["orange"],
    "marker": "D",
    "markersize": 4.5,
    "linewidth": 0.8,
    "linestyle": ":",
}
"""The two losses differ by marker and dash as well as by colour."""

MAX_LABELS = 10
"""Maximum number of epochs that are labelled; of more, every second, third ... one is."""


def _example() -> Figure:
    network = small_network(SENTENCE, hidden=16, scale=0.01, updates=0)
    training = network.training(times=40, length=8, held_out=200)
    deque(islice(training, 1200), maxlen=0)
    return loss_curve(training.curve, symbols=training.model.symbols, length=training.batching.length)


@figure("Loss over a run", example=_example)
def loss_curve(curve: Curve, *, symbols: int, length: int | None, symbol: str = "character") -> Figure:
    """Plot the smooth loss and the validation loss of a run over its updates.

    If every sequence has T symbols, nats per sequence are T times nats per symbol, and both losses are
    drawn in one panel with a scale for each. If sequences differ in length, they are drawn in two
    panels, one above the other. Points far above the loss of guessing are drawn at the edge.

    Parameters
    ----------
    curve : Curve
        The losses recorded during the run.
    symbols : int
        K: guessing costs ln K nats per symbol.
    length : int, optional
        T, where all sequences have that length.
    symbol : str
        What a symbol is called: "character" or "word".

    Returns
    -------
    Figure
        The drawing, with its table (`table_of`).

    Raises
    ------
    MissingExtraError
        If matplotlib is not installed.

    Examples
    --------
    >>> curve = Curve(smooth=[(1, 8.0), (100, 6.0)], validation=[(100, 2.9)])
    >>> [axes.get_ylabel() for axes in loss_curve(curve, symbols=20, length=3).axes]
    ['loss in nats per sequence']
    >>> [axes.get_ylabel() for axes in loss_curve(curve, symbols=20, length=None).axes]
    ['nats per sequence', 'nats per character']
    """
    guessing = log(symbols)
    if length is None:
        picture, (upper, lower) = new_figure(7.2, 4.2, rows=2, sharex=True)
        _plot_smooth(upper, curve)
        upper.set_ylabel("nats per sequence")
        upper.set_ylim(bottom=0)
        _plot_validation(lower, curve, 1, guessing)
        lower.set_ylabel(f"nats per {symbol}")
        _label_guessing(lower, guessing, "guessing: ln K")
    else:
        picture, upper = new_figure(7.2, 4.2)
        lower = upper
        _plot_smooth(upper, curve)
        _plot_validation(upper, curve, length, guessing)
        upper.set_ylabel("loss in nats per sequence")
        right = upper.secondary_yaxis(
            "right", functions=(partial(np.multiply, 1 / length), partial(np.multiply, length))
        )
        right.set_ylabel(f"nats per {symbol}")
        right.spines["right"].set_visible(False)
        _label_guessing(upper, length * guessing, "guessing: T ln K")
    for axes in {upper, lower}:
        _mark_epochs(axes, curve, labelled=axes is upper)
        axes.grid(True, axis="y")
        axes.set_xlim(left=0)
        if axes.get_legend_handles_labels()[0]:
            axes.legend(loc="upper right", bbox_to_anchor=(1, 0.88))
    lower.set_xlabel("update")
    lower.xaxis.set_major_formatter(lambda x, _: f"{x:,.0f}")
    give_table(picture, _table(curve, symbols=symbols, length=length, symbol=symbol))
    return picture


def _plot_smooth(axes: Axes, curve: Curve) -> None:
    if curve.smooth:
        axes.plot(*zip(*curve.smooth, strict=True), label="smooth loss", **SMOOTH)


def _plot_validation(axes: Axes, curve: Curve, scale: int, guessing: float) -> None:
    """Validation losses times ``scale``; those far worse than guessing are drawn at the edge."""
    top = 1.12 * guessing * scale
    axes.set_ylim(0, top)
    if not curve.validation:
        return
    updates, losses = zip(*((n, scale * loss) for n, loss in curve.validation), strict=True)
    axes.plot(updates, losses, label="validation loss", **VALIDATION)
    beyond = [n for n, loss in zip(updates, losses, strict=True) if loss > top]
    if beyond:
        edge: dict[str, Any] = {"marker": "^", "linestyle": "", "color": VALIDATION["color"]}
        axes.plot(
            beyond, [top] * len(beyond), clip_on=False, label="validation, beyond the edge", **edge
        )


def _label_guessing(axes: Axes, cost: float, words: str) -> None:
    axes.axhline(cost, color=INK, linewidth=0.9, linestyle="--", alpha=0.6)
    axes.annotate(
        f"{words} = {cost:.4g}",
        (1, cost),
        xycoords=("axes fraction", "data"),
        xytext=(0, 3),
        textcoords="offset points",
        ha="right",
        fontsize=9,
    )


def _mark_epochs(axes: Axes, curve: Curve, *, labelled: bool) -> None:
    """A line where each epoch ended, with the number of the epoch that begins there."""
    every = -(-len(curve.epochs) // MAX_LABELS)
    for number, epoch in enumerate(curve.epochs, start=2):
        axes.axvline(epoch.last, color=INK, linewidth=0.7, alpha=0.3)
        if labelled and number % every == 0:
            axes.annotate(
                f"epoch {number}" if len(curve.epochs) < 5 else str(number),
                (epoch.last, 0),
                xycoords=("data", "axes fraction"),
                xytext=(3, 4),
                textcoords="offset points",
                fontsize=9,
            )


def _table(curve: Curve, *, symbols: int, length: int | None, symbol: str) -> Table:
    rows: list[tuple[str | float, ...]] = [
        *(("smooth loss", f"{n}", float(loss), "") for n, loss in curve.smooth),
        *(
            ("validation loss", f"{n}", "" if length is None else length * float(loss), float(loss))
            for n, loss in curve.validation
        ),
        *(("end of an epoch", f"{epoch.last}", "", "") for epoch in curve.epochs),
    ]
    guessing = log(symbols)
    rows.append(("guessing", "", "" if length is None else length * guessing, guessing))
    columns = ("what", "update", "nats per sequence", f"nats per {symbol}")
    return Table(columns, rows, "Loss over the updates of a run.")
