"""The size of the gradients over time, right and with a mistake, as a figure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from teachrnn.laboratory import GradientPicture, find_mistake, gradient_picture
from teachrnn.views.figures.figure import Table, figure, give_table, new_figure
from teachrnn.views.figures.parts.letters import math_label, text_label
from teachrnn.views.figures.parts.panel import log_scale, whole_ticks
from teachrnn.views.figures.parts.series import series_style

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def _example() -> Figure:
    return gradients_with_mistake(gradient_picture(find_mistake("no carry", "vanilla")))


@figure("Gradients over time, right and with a mistake", example=_example)
def gradients_with_mistake(picture: GradientPicture) -> Figure:
    r"""Plot the norm of $\mathrm{d}h_t$ at every step, right and with a mistake, and of the difference.

    Parameters
    ----------
    picture : GradientPicture
        The norms: see `teachrnn.laboratory.gradient_picture`.

    Returns
    -------
    Figure
        A panel for each state: time across, the norm up, on a logarithmic scale.

    Raises
    ------
    MissingExtraError
        If matplotlib is not installed.

    Examples
    --------
    >>> drawn = gradients_with_mistake(gradient_picture(find_mistake("no carry", "lstm"), "lstm"))
    >>> len(drawn.axes)                              # h and s
    2
    """
    states = list(picture.state)
    drawn, grid = new_figure(4.6, 0.4 + 2.5 * len(states), len(states), 1, squeeze=False)
    for axes, name in zip(grid[:, 0], states, strict=True):
        lines = dict(zip(("right", picture.mistake, "difference"), picture.state[name], strict=True))
        steps = np.arange(1, len(picture.state[name][0]) + 1)
        for i, (label, norms) in enumerate(lines.items()):
            seen = np.where(norms > 0, norms, np.nan)  # 0 has no place on a logarithmic scale
            axes.plot(steps, seen, label=text_label(label), **series_style(i, count=len(steps)))
        axes.set_xlabel("time step $t$")
        axes.set_ylabel(f"norm of {math_label(name, index='t', d=True)}  (nats per unit)")
        whole_ticks(axes.xaxis)
        log_scale(axes, [float(x) for norms in lines.values() for x in norms if x])
        axes.grid(True, which="major", axis="y")
    handles, labels = grid[0][0].get_legend_handles_labels()
    drawn.legend(handles, labels, loc="outside upper left", ncols=3)
    give_table(drawn, _table(picture))
    return drawn


def _table(picture: GradientPicture) -> Table:
    columns, numbers = ["t"], []
    for name, (right, wrong, difference) in picture.state.items():
        columns += [f"d{name} right", f"d{name} with the mistake", f"difference of d{name}"]
        numbers += [right, wrong, difference]
    rows: list[tuple[str | float, ...]] = [
        (f"{t}", *(float(x) if x else "0" for x in row))
        for t, row in enumerate(zip(*numbers, strict=True), start=1)
    ]
    caption = (
        f"The norm of the state's gradient at each step in nats per unit, right and with the mistake"
        f' "{picture.mistake}", at {picture.sizes}.'
    )
    return Table(tuple(columns), rows, caption)
