"""How large the gradients of a run were, as a figure."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import TYPE_CHECKING

from teachrnn.runs.small_network import SENTENCE, small_network
from teachrnn.views.figures.figure import Table, figure, give_table, new_figure
from teachrnn.views.figures.parts.panel import log_scale
from teachrnn.views.style.palette import SERIES

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def _example() -> Figure:
    return gradient_norm(*_example_data())


@figure("Size of the gradient over a run", example=_example)
def gradient_norm(updates: Sequence[int], means: Sequence[float], largest: Sequence[float]) -> Figure:
    """Plot the norm of the whole gradient before clipping, over the updates.

    Parameters
    ----------
    updates : sequence of int
        The last update of each block of updates.
    means, largest : sequence of float
        Mean and largest Euclidean norm in the block.

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
    >>> picture = gradient_norm([100, 200], [3.0, 2.0], [9.0, 30.0])
    >>> [line.get_label() for line in picture.axes[0].lines]
    ['largest', 'mean']
    """
    picture, axes = new_figure(7.2, 3.0)
    axes.plot(updates, largest, label="largest", color=SERIES["purple"], linewidth=0.7, alpha=0.75)
    axes.plot(updates, means, label="mean", color=SERIES["green"], linewidth=1.3, linestyle="--")
    axes.set_xlabel("update")
    axes.set_ylabel("norm of the gradient")
    axes.xaxis.set_major_formatter(lambda x, _: f"{x:,.0f}")
    axes.set_xlim(left=0)
    log_scale(axes, [*means, *largest])
    axes.grid(True, which="major", axis="y")
    axes.legend(loc="upper right")
    rows: list[tuple[str | float, ...]] = [
        (f"{n}", float(mean), float(most)) for n, mean, most in zip(updates, means, largest, strict=True)
    ]
    caption = "Euclidean norm of the whole gradient before clipping, in blocks of updates."
    give_table(picture, Table(("up to update", "mean", "largest"), rows, caption))
    return picture


def _example_data() -> tuple[list[int], list[float], list[float]]:
    """Blocks of ten updates of a small training."""
    norms = [
        step.gradient_norm for step in islice(small_network(SENTENCE, updates=0).training(length=8), 200)
    ]
    blocks = [norms[i : i + 10] for i in range(0, len(norms), 10)]
    ends = list(range(10, len(norms) + 1, 10))
    return ends, [sum(block) / len(block) for block in blocks], [max(block) for block in blocks]
