"""A training run in progress: its loss, and the size of its gradients."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from teachrnn.training.journal import Block, Journal
from teachrnn.views.figures.figure import figure, give_table, new_figure
from teachrnn.views.figures.parts.log_axis import log_axis
from teachrnn.views.figures.parts.table import Table, TableCell
from teachrnn.views.style.number import format_number
from teachrnn.views.style.palette import GREY, SERIES

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def _example() -> Figure:
    from teachrnn.runs import small_network

    text = "".join(np.random.default_rng(0).permutation(["abc", "ade"] * 99))
    network = small_network(text, hidden=16, scale=0.2, updates=0)
    journal = Journal()
    for step in islice(network.training(), 300):
        journal.note(step)
    return training_progress(journal)


@figure("Progress of training", example=_example)
def training_progress(journal: Journal) -> Figure:
    r"""Draw the loss of a run and the norm of its gradients, over the updates so far.

    Updates are grouped in blocks. The figure shows the mean loss and the mean and largest norm before
    clipping of each block, and the smooth loss at its end; in words, also how far that is behind.

    Parameters
    ----------
    journal : Journal
        The journal of the run; before the first update the figure is empty.

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
    >>> from teachrnn.views.figures.figure import table_of
    >>> from teachrnn import TrainStep
    >>> journal = Journal()
    >>> journal.note(TrainStep(1, 1, 25, 110.0, 110.0, 12.0, 5.0, 0.1, 0.001, None))
    >>> print(table_of(training_progress(journal)).text())
    Update 1: loss 110 nats per sequence, smooth loss 110; 100% of the gradients were clipped.
    update   loss   smooth loss   mean norm   largest norm
         1    110           110        12.0           12.0
    >>> for n in range(2, 51):
    ...     journal.note(TrainStep(n, 1, 25, 60.0, 109.0, 4.0, 4.0, 0.1, 0.001, None))
    >>> table_of(training_progress(journal)).caption.partition(";")[0][40:]
    'smooth loss 109, which the loss itself was 49 updates ago'
    """
    drawing, (upper, lower) = new_figure(6.0, 4.2, rows=2, sharex=True, height_ratios=(1.5, 1))
    rows = [_row(block) for block in journal.blocks]
    upper.set_ylabel("nats per sequence")
    lower.set_ylabel("gradient norm")
    lower.set_xlabel("update")
    if rows:
        last, loss, smooth, mean, largest = np.array(rows, dtype=np.float64).T
        upper.plot(last, loss, color=GREY, linewidth=0.9, marker=".", label="loss")
        upper.plot(last, smooth, color=SERIES["blue"], label="smooth loss")
        lower.plot(last, largest, color=SERIES["purple"], linewidth=0.8, linestyle="--", label="largest")
        lower.plot(last, mean, color=SERIES["green"], label="mean")
        log_axis(lower)
        for axes in (upper, lower):
            axes.legend(loc="upper right", ncols=2)
            axes.grid(True)
        lower.xaxis.set_major_formatter(lambda x, _: f"{x:,.0f}")
    else:
        for axes in (upper, lower):
            axes.set_xticks([])
            axes.set_yticks([])
        upper.annotate("no update yet", (0.5, 0.5), xycoords="axes fraction", ha="center")
    columns = ("update", "loss", "smooth loss", "mean norm", "largest norm")
    give_table(drawing, Table(columns, rows, _sentence(journal)))
    return drawing


def _row(block: Block) -> tuple[TableCell, ...]:
    n = block.updates
    return (
        block.last,
        block.loss / n,
        block.smooth_loss,
        block.norm / n,
        block.largest,
    )


def _sentence(journal: Journal) -> str:
    if not journal.blocks:
        return "No update yet."
    share = sum(b.clipped for b in journal.blocks) / sum(b.updates for b in journal.blocks)
    loss, smooth = format_number(journal.loss), format_number(journal.blocks[-1].smooth_loss)
    words = f"Update {journal.iteration}: loss {loss} nats per sequence, smooth loss {smooth}"
    ago = _behind(journal)
    behind = f", which the loss itself was {ago:,} updates ago" if ago else ""
    return f"{words}{behind}; {share:.0%} of the gradients were clipped."


def _behind(journal: Journal) -> int:
    """For how many updates the loss has been lower than the smooth loss is now.

    The smooth loss keeps 0.999 of what it was at each update, so it follows a falling loss late.
    """
    smooth = journal.blocks[-1].smooth_loss
    above = (block.last for block in reversed(journal.blocks) if block.loss / block.updates >= smooth)
    return journal.iteration - next(above, journal.iteration)
