"""Several optimizers side by side, on the same loss from the same starting point."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from teachrnn.array import Array
from teachrnn.errors import DomainError
from teachrnn.optimizers.descent import Descent
from teachrnn.training.clipping import euclidean_norm
from teachrnn.views.figures.figure import figure, give_table, new_figure
from teachrnn.views.figures.parts.log_axis import log_axis
from teachrnn.views.figures.parts.series import series_style
from teachrnn.views.figures.parts.table import Table, TableCell
from teachrnn.views.style.palette import GREY, INK

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


CONTOURS = 9
GRID = 81
"""Grid points along each axis from which the contours of the loss are drawn."""

BEYOND = 100.0
"""A loss or a step that exceeds the first one by this factor has diverged: it is not drawn."""


def _example() -> Figure:
    from teachrnn.optimizers import SGD, AdaGrad, Adam, Momentum
    from teachrnn.optimizers.descent import descend

    def ground(x: Array, y: Array) -> Array:
        return (x**2 + 25 * y**2) / 2

    def slope(theta: Array) -> tuple[float, Array]:
        return float(ground(*theta)), theta * [1, 25]

    start = np.array([-2.0, 0.6])
    rules = [SGD(eta=0.05), Momentum(eta=0.05, mu=0.8), AdaGrad(eta=0.3), Adam(eta=0.1)]
    return optimizer_paths({r.name: descend(r, start, slope, updates=40) for r in rules}, ground=ground)


@figure("Optimizers side by side", example=_example)
def optimizer_paths(
    descents: Mapping[str, Descent], *, ground: Callable[[Array, Array], Array] | None = None
) -> Figure:
    r"""Draw the paths of several optimizers: over the loss surface, in loss, and in step length.

    Parameters
    ----------
    descents : mapping of str to Descent
        The descents, by label.
    ground : callable, optional
        The loss as a function of the parameters, if there are two: its contours are drawn, and the paths
        on them.

    Returns
    -------
    Figure
        The drawing, with its table (`table_of`).

    Raises
    ------
    DomainError
        If there is nothing to draw, or a ``ground`` but not exactly two parameters.
    MissingExtraError
        If matplotlib is not installed.

    References
    ----------
    Goodfellow, Bengio & Courville (2016), Deep Learning, sections 8.3 to 8.5, figure 8.5.

    Examples
    --------
    >>> from teachrnn import SGD
    >>> from teachrnn.optimizers.descent import descend
    >>> from teachrnn.views.figures.figure import table_of
    >>> def bowl(theta):
    ...     return float(theta @ theta) / 2, theta
    >>> descent = descend(SGD(eta=0.5), np.array([3.0, 4.0]), bowl, updates=3)
    >>> print(table_of(optimizer_paths({"sgd": descent})).text())
    Loss before each update, and the length of the step that it made.
    update   sgd loss   sgd step
         1       12.5       2.50
         2       3.13       1.25
         3      0.781      0.625
    """
    if not descents:
        raise DomainError("optimizer_paths: there is no optimizer to show. Choose at least one.")
    if ground is not None and any(descent.theta.shape[1] != 2 for descent in descents.values()):
        raise DomainError("optimizer_paths: `ground` needs exactly two parameters.")
    lengths = {
        name: np.array([euclidean_norm(step) for step in descent.steps])
        for name, descent in descents.items()
    }
    if ground is None:
        drawing, (loss, steps) = new_figure(6.4, 3.0, columns=2)
    else:
        drawing, panels = new_figure(6.4, 5.2, rows=2, columns=2, height_ratios=(1.2, 1))
        plan = panels[0, 0].get_gridspec()
        for axes in panels[0]:
            axes.remove()
        _ways(drawing.add_subplot(plan[0, :]), descents, ground)
        loss, steps = panels[1]
    for i, (name, descent) in enumerate(descents.items()):
        style = series_style(i, count=len(descent.loss))
        _plot(loss, descent.loss, {"label": name, **style})
        _plot(steps, lengths[name], style)
    for axes, what in ((loss, "loss"), (steps, "length of the step ‖Δθ‖")):
        log_axis(axes)
        axes.set_xlabel("update")
        axes.set_ylabel(what)
        axes.grid(True)
    handles, labels = loss.get_legend_handles_labels()
    drawing.legend(handles, labels, loc="outside upper left", ncols=4)
    columns = ("update", *(f"{name} {what}" for name in descents for what in ("loss", "step")))
    words = "Loss before each update, and the length of the step that it made."
    give_table(drawing, Table(columns, _rows(descents, lengths), words))
    return drawing


def _plot(axes: Axes, numbers: Array, style: dict[str, Any]) -> None:
    """Draw a path, which ends where its numbers diverge."""
    shown = np.where(numbers <= BEYOND * numbers[0], numbers, np.nan)
    axes.plot(np.arange(1, len(numbers) + 1), shown, **style)


def _rows(descents: Mapping[str, Descent], lengths: Mapping[str, Array]) -> list[tuple[TableCell, ...]]:
    rows: list[tuple[TableCell, ...]] = []
    for i in range(max(len(descent.loss) for descent in descents.values())):
        row: list[TableCell] = [i + 1]
        for name, descent in descents.items():
            ended = i >= len(descent.loss)
            row += ["ended", "ended"] if ended else [float(descent.loss[i]), float(lengths[name][i])]
        rows.append(tuple(row))
    return rows


def _ways(axes: Axes, descents: Mapping[str, Descent], ground: Callable[[Array, Array], Array]) -> None:
    """The paths over the contours; the start and the lowest point on the paths set the frame."""
    start = next(iter(descents.values())).theta[0]
    reach = 1.25 * np.maximum(np.abs(start), 1e-3)
    x, y = (np.linspace(-r, r, GRID) for r in reach)
    heights = ground(*np.meshgrid(x, y))
    low, high = float(heights.min()), float(heights.max())
    levels = low + (high - low) * np.linspace(0.05, 1, CONTOURS) ** 2
    axes.contour(x, y, heights, levels=levels, colors=GREY, linewidths=0.7)
    for i, descent in enumerate(descents.values()):
        style = series_style(i, count=len(descent.theta), marks=20)
        near = np.clip(descent.theta, -BEYOND * reach, BEYOND * reach)
        axes.plot(*near.T, **style, markersize=3, linewidth=1.0)
    axes.plot(*start, marker="o", color=INK, markersize=7, fillstyle="none")
    axes.annotate("start", start, xytext=(6, 6), textcoords="offset points")
    axes.set_xlim(-reach[0], reach[0])
    axes.set_ylim(-reach[1], reach[1])
    axes.set_xlabel(r"$\theta_1$")
    axes.set_ylabel(r"$\theta_2$")
