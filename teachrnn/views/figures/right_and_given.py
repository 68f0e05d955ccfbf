"""The right gradient and the one that some code computes, side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from teachrnn.array import Array
from teachrnn.diagnosis.diagnose import catalogue_of
from teachrnn.diagnosis.instance import Instance
from teachrnn.diagnosis.mistaken import mistaken_gradients
from teachrnn.errors import ShapeError
from teachrnn.views.figures.figure import GRADIENTS, Table, figure, give_table, new_figure
from teachrnn.views.figures.parts.letters import math_label
from teachrnn.views.figures.parts.matrix_cells import draw_cells, draw_scale
from teachrnn.views.figures.parts.panel import whole_ticks

if TYPE_CHECKING:
    from matplotlib.figure import Figure

UNIT, LOWEST, HIGHEST = 0.24, 1.6, 4.0
"""Inches of a cell, and of the panels."""


def _example() -> Figure:
    return right_and_given("W", *_example_data())


@figure("A right and a wrong gradient", example=_example)
def right_and_given(name: str, right: ArrayLike, given: ArrayLike) -> Figure:
    """Draw the right gradient and the one that some code computes, with the difference beside them.

    Parameters
    ----------
    name : str
        The parameter's name, such as ``W``.
    right, given : array-like, of one shape
        The two gradients; a vector is drawn as one row.

    Returns
    -------
    Figure
        Three panels with one scale of colours.

    Raises
    ------
    ShapeError
        If the shapes differ.
    MissingExtraError
        If matplotlib is not installed.

    Examples
    --------
    >>> picture = right_and_given("W", [[1.0, 2.0]], [[1.0, -2.0]])
    >>> [axes.get_title(loc="left") for axes in picture.axes[:3]]
    ['right', 'given', 'given - right']
    """
    a, b = (np.atleast_2d(np.asarray(d, dtype=float)) for d in (right, given))
    if a.shape != b.shape:
        raise ShapeError(
            f"d{name}: the right one has shape {np.shape(right)}, the given one {np.shape(given)}."
        )
    panels = {"right": a, "given": b, "given - right": b - a}
    rows, columns = a.shape
    norm = GRADIENTS.norm(np.concatenate([p.ravel() for p in panels.values()]))
    height = min(max(0.8 + UNIT * rows, LOWEST), HIGHEST)
    picture, drawn = new_figure(7.4, height, 1, 3, sharey=True)
    for axes, (title, data) in zip(drawn, panels.items(), strict=True):
        draw_cells(axes, data, GRADIENTS, norm, left=0.5, bottom=0.5)
        axes.set(xlim=(0.5, columns + 0.5), ylim=(0.5, rows + 0.5), title=title, xlabel="column")
        axes.invert_yaxis()
        axes.spines[:].set(visible=True, linewidth=0.4)  # an entry that is 0 has the colour of the paper
        axes.tick_params(length=0)
        for axis in (axes.xaxis, axes.yaxis):
            whole_ticks(axis)
    drawn[0].set_ylabel("row")
    draw_scale(drawn[2], GRADIENTS, norm, f"{math_label(name, d=True)}  (nats per unit)")
    give_table(picture, _table(name, a, b))
    return picture


def _table(name: str, right: Array, given: Array) -> Table:
    places = [(i, j) for i in range(right.shape[0]) for j in range(right.shape[1])]
    rows: list[tuple[str | float, ...]] = [
        (f"[{i + 1}, {j + 1}]", float(right[i, j]), float(given[i, j])) for i, j in places
    ]
    caption = f"d{name} in nats per unit: as it should be, and as it was given."
    return Table(("entry", "right", "given"), rows, caption)


def _example_data() -> tuple[Array, Array]:
    """The gradient dW of a small network, right, and with a carry through W instead of its transpose."""
    instance = Instance.draw("vanilla", T=6, hidden=6, symbols=5)
    carried = "the gradient carried back from r[t] to h[t-1] goes through W, not through its transpose"
    (mistake,) = [m for m in catalogue_of("vanilla").sweep if m.title == carried]
    wrong = mistaken_gradients([mistake], instance)
    assert wrong is not None
    return instance.gradients["W"], wrong["W"]
