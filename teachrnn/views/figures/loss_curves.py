"""One loss of several runs, as a figure."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from teachrnn.errors import DomainError
from teachrnn.runs.small_network import SENTENCE, small_network
from teachrnn.views.figures.figure import Table, figure, give_table, new_figure
from teachrnn.views.figures.parts.series import series_style
from teachrnn.views.style.palette import INK

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Points = Sequence[tuple[float, float]]

SPACE = 0.12
"""Margin above and below, as a fraction of the range of the losses."""


def _example() -> Figure:
    from teachrnn.optimizers import AdaGrad, Adam

    curves = {}
    for rule in (AdaGrad(eta=0.1), Adam(eta=0.01)):
        network = small_network(SENTENCE, hidden=16, scale=0.01, updates=0)
        training = network.training(rule, times=40, length=8)
        deque(islice(training, 800), maxlen=0)
        curves[rule.name] = [(n, loss / 8) for n, loss in training.curve.smooth]
    return loss_curves(curves, guessing=2.6, what="smooth loss")


@figure("Losses of several runs", example=_example)
def loss_curves(
    curves: Mapping[str, Points],
    *,
    guessing: float,
    what: str,
    symbol: str = "character",
    over: str = "update",
) -> Figure:
    """Plot a loss of several runs in one panel; the axis begins where the losses do, not at 0.

    Parameters
    ----------
    curves : mapping of str to sequence of (float, float)
        By the name of the run: the position in the run, and the loss there, in nats per symbol.
    guessing : float
        The loss of guessing, ln K: losses worse than that are beyond the edge.
    what : str
        Which loss it is.
    symbol : str
        What a symbol is called: "character" or "word".
    over : str
        The unit of the horizontal axis: "update" or "epoch".

    Returns
    -------
    Figure
        The drawing, with its table (`table_of`).

    Raises
    ------
    DomainError
        If there is no point to draw.
    MissingExtraError
        If matplotlib is not installed.

    Examples
    --------
    >>> curves = {"adagrad": [(1, 2.0), (100, 1.5)], "adam": [(1, 2.0), (100, 1.2)]}
    >>> picture = loss_curves(curves, guessing=2.1, what="smooth loss")
    >>> [text.get_text() for text in picture.legends[0].get_texts()]
    ['adagrad', 'adam']
    """
    losses = [min(loss, guessing) for points in curves.values() for _, loss in points]
    if not losses:
        raise DomainError("loss_curves: there is no loss to draw. Train a run for at least one update.")
    picture, axes = new_figure(7.2, 4.2)
    for i, (name, points) in enumerate(curves.items()):
        if points:
            axes.plot(*zip(*points, strict=True), label=name, **series_style(i, count=len(points)))
    axes.axhline(guessing, color=INK, linewidth=0.9, linestyle="--", alpha=0.6)
    axes.annotate(
        f"guessing: ln K = {guessing:.3g}",
        (1, guessing),
        xycoords=("axes fraction", "data"),
        xytext=(0, 3),
        textcoords="offset points",
        ha="right",
    )
    lowest = min(losses)
    space = SPACE * max(guessing - lowest, SPACE * guessing)  # a scale even if no run has learnt
    axes.set_ylim(lowest - space, guessing + space)
    axes.set_xlim(left=0)
    axes.set_xlabel(over)
    axes.set_ylabel(f"{what} in nats per {symbol}")
    axes.xaxis.set_major_formatter(lambda x, _: f"{x:,.0f}" if over == "update" else f"{x:g}")
    axes.grid(True, axis="y")
    picture.legend(loc="outside upper left", ncols=4)
    rows: list[tuple[str | float, ...]] = [
        *((name, f"{at:g}", float(loss)) for name, points in curves.items() for at, loss in points),
        ("guessing", "", float(guessing)),
    ]
    caption = f"The {what} of several runs."
    give_table(picture, Table(("run", over, f"nats per {symbol}"), rows, caption))
    return picture
