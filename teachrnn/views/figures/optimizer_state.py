"""What an optimizer keeps, and how far it moves, for every parameter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from teachrnn.array import Array
from teachrnn.errors import DomainError
from teachrnn.optimizers.descent import Descent
from teachrnn.views.figures.figure import figure, give_table, new_figure
from teachrnn.views.figures.parts.letters import text_label
from teachrnn.views.figures.parts.log_axis import log_axis
from teachrnn.views.figures.parts.table import Table, TableCell
from teachrnn.views.style.palette import SERIES

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from teachrnn.models import CharRNN


MOST = 25
"""Maximum number of updates drawn; of more, this many, at increasing distances."""

SHARES = (0.1, 0.5, 0.9)
"""A tenth of the entries are below the first line, half below the second, a tenth above the third."""


def _example() -> Figure:
    from teachrnn.models import CharRNN
    from teachrnn.optimizers import Adam
    from teachrnn.optimizers.descent import descend

    model = CharRNN(hidden=8, symbols=4, scale=0.3, rng=np.random.default_rng(0))
    path = model.path(length=8)
    x = np.array([0, 1, 2, 3, 2, 1, 0, 3, 1])

    def slope(theta: Array) -> tuple[float, Array]:
        model.parameters.flat[...] = theta
        return path.gradient(x[:-1], x[1:]), path.gradients.flat

    descent = descend(Adam(eta=0.01), model.parameters.flat, slope, updates=100)
    return optimizer_state(descent, parameter_places(model))


def parameter_places(model: CharRNN) -> dict[str, Array]:
    """Indices of each parameter's entries in the flat vector that an optimizer sees.

    Examples
    --------
    >>> from teachrnn import CharRNN
    >>> model = CharRNN(hidden=1, symbols=2, rng=np.random.default_rng(0))
    >>> places = parameter_places(model)
    >>> sorted(np.concatenate(list(places.values())).tolist()) == list(range(8))
    True
    """
    numbered = model.zero_gradients()
    numbered.flat[...] = np.arange(numbered.flat.size)
    return {name: entries.astype(np.intp).ravel() for name, entries in numbered.items()}


@figure("What an optimizer accumulates", example=_example)
def optimizer_state(descent: Descent, parameters: Mapping[str, Array] | None = None) -> Figure:
    r"""Draw what an optimizer keeps for the entries of each parameter, and how far it moves them.

    A row for each parameter; a column for each vector that the optimizer keeps, and one for the
    length $|\Delta\theta|$ of its steps. A tenth of the entries are below the band, a tenth
    above it; the line is the median. The scale is logarithmic, for magnitudes; 0 is not on it.

    Parameters
    ----------
    descent : Descent
        From `teachrnn.optimizers.descent.descend`.
    parameters : mapping of str to ndarray of int, optional
        The entries of each parameter, as `parameter_places` returns them; by default all are drawn as
        one parameter.

    Returns
    -------
    Figure
        The drawing, with its table (`table_of`).

    Raises
    ------
    DomainError
        If a parameter has no entries, or an entry that does not exist.
    MissingExtraError
        If matplotlib is not installed.

    Examples
    --------
    >>> from teachrnn import AdaGrad
    >>> from teachrnn.optimizers.descent import descend
    >>> from teachrnn.views.figures.figure import table_of
    >>> def plane(theta):
    ...     return float(theta.sum()), np.ones(1)
    >>> descent = descend(AdaGrad(eta=0.5), np.zeros(1), plane, updates=3)
    >>> print(table_of(optimizer_state(descent)).text())
    Share of the entries that lie below: 10 %, 50 % and 90 %.
    parameter   update   |m| 10 %   50 %   90 %   step 10 %    50 %    90 %
    theta            1       1.00   1.00   1.00       0.500   0.500   0.500
    theta            2       2.00   2.00   2.00       0.354   0.354   0.354
    theta            3       3.00   3.00   3.00       0.289   0.289   0.289
    """
    updates, n = descent.g.shape
    parameters = {"theta": np.arange(n)} if parameters is None else parameters
    for name, entries in parameters.items():
        if entries.size == 0 or not 0 <= entries.min() <= entries.max() < n:
            raise DomainError(f"optimizer_state: the entries of {name!r} must be in 0 to {n - 1}.")
    at = _spread(updates)
    kept = {f"|{name}|": np.abs(vectors) for name, vectors in descent.state.items()}
    quantities = {**kept, "step": np.abs(descent.steps)}
    drawing, panels = new_figure(
        1.4 + 1.9 * len(quantities),
        0.7 + 1.0 * len(parameters),
        rows=len(parameters),
        columns=len(quantities),
        squeeze=False,
        sharex=True,
        sharey="col",
    )
    rows: list[tuple[TableCell, ...]] = []
    for name, row in zip(parameters, panels, strict=True):
        shares = {
            quantity: np.quantile(numbers[np.ix_(at, parameters[name])], SHARES, axis=1).T
            for quantity, numbers in quantities.items()
        }
        for axes, quantity in zip(row, quantities, strict=True):
            _band(axes, at + 1, shares[quantity])
        row[0].set_ylabel(text_label(name), rotation=0, ha="right", va="center")
        for i, update in enumerate(at.tolist()):
            rows.append((name, update + 1, *(float(q) for s in shares.values() for q in s[i])))
    for axes, quantity in zip(panels[0], quantities, strict=True):
        axes.set_title("step |Δθ|" if quantity == "step" else quantity)
    for axes in panels[-1]:
        axes.set_xlabel("update")
    columns = ("parameter", "update", *(c for q in quantities for c in (f"{q} 10 %", "50 %", "90 %")))
    give_table(
        drawing, Table(columns, rows, "Share of the entries that lie below: 10 %, 50 % and 90 %.")
    )
    return drawing


def _spread(updates: int) -> NDArray[np.intp]:
    """Indices from the first to the last update, dense at the beginning, where most happens."""
    return np.unique(np.geomspace(1, updates, MOST).round().astype(np.intp)) - 1


def _band(axes: Axes, updates: Array, shares: Array) -> None:
    low, middle, high = np.where(shares > 0, shares, np.nan).T
    colour = SERIES["blue"]
    axes.fill_between(updates, low, high, color=colour, alpha=0.22, linewidth=0)
    axes.plot(updates, low, color=colour, linewidth=0.6)
    axes.plot(updates, high, color=colour, linewidth=0.6)
    axes.plot(updates, middle, color=colour)
    log_axis(axes)
    axes.grid(True)
