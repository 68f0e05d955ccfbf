"""How large the gradients of a run were, as a figure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from teachrnn.extras import require

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def gradient_norm_figure(
    updates: Sequence[int], means: Sequence[float], largest: Sequence[float]
) -> Figure:
    """Plot the norm of the whole gradient before clipping, over the updates.

    Parameters
    ----------
    updates : sequence of int
        The last update of each block of updates.
    means, largest : sequence of float
        Mean and largest Euclidean norm in the block.

    Raises
    ------
    MissingExtraError
        If matplotlib is not installed.

    Examples
    --------
    >>> figure = gradient_norm_figure([100, 200], [3.0, 2.0], [9.0, 30.0])
    >>> [line.get_label() for line in figure.axes[0].lines]
    ['largest', 'mean']
    """
    figure_module = require("matplotlib.figure", extra="figures", purpose="A figure")
    figure: Figure = figure_module.Figure(figsize=(7.2, 3.0), layout="constrained")
    axes = figure.subplots()
    axes.semilogy(updates, largest, label="largest", color="#9355a8", linewidth=0.7, alpha=0.75)
    axes.semilogy(updates, means, label="mean", color="#3c8f4a", linewidth=1.3, linestyle="--")
    axes.set_xlabel("update")
    axes.set_ylabel("norm of the gradient")
    axes.xaxis.set_major_formatter(lambda x, _: f"{x:,.0f}")
    axes.set_xlim(left=0)
    axes.grid(True, which="major", axis="y", alpha=0.25)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, loc="upper right")
    return figure
