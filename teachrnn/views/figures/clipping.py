"""What clipping does to a gradient."""

from __future__ import annotations

from math import atan2, cos, degrees, isfinite, nan, sin
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from teachrnn.array import Array
from teachrnn.training.clipping import CLIPPINGS, ClippedNorm, Clipping, NoClipping
from teachrnn.views.figures.figure import figure, give_table, new_figure
from teachrnn.views.figures.parts.series import series_style
from teachrnn.views.figures.parts.table import Table, TableCell
from teachrnn.views.style.number import format_number
from teachrnn.views.style.palette import GREY

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


MOST = 41
"""Maximum number of entries drawn; of more entries, this many, evenly spaced in order of size."""


ROUNDING = 1e-9
"""Radians by which two equal directions may differ through rounding."""


class Clipped(NamedTuple):
    """A gradient after one way to clip.

    Attributes
    ----------
    way : str
        Name of the way.
    entries : ndarray
        The entries after clipping, (n,).
    norms : ClippedNorm
        Before and after.
    angle : float
        Between before and after, in radians.
    """

    way: str
    entries: Array
    norms: ClippedNorm
    angle: float


def _example() -> Figure:
    from teachrnn.models import CharRNN

    model = CharRNN(hidden=8, symbols=5, scale=0.5, rng=np.random.default_rng(3))
    path = model.path(length=12)
    x = np.random.default_rng(0).integers(5, size=13)
    path.gradient(x[:-1], x[1:])
    return clipping(path.gradients.flat, limit=4.0)


@figure("Gradient before and after clipping", example=_example)
def clipping(gradient: Array, *, limit: float = 5.0) -> Figure:
    r"""Draw what each way to clip does to a gradient: to its entries, its length and its direction.

    Left, entries after clipping against entries before: by value the line bends at the limit, by norm
    it tilts, because all shrink by the same factor. Right, the whole gradient as an arrow of
    its true length, at the angle by which clipping has turned it: by norm it keeps its direction.

    $$\cos \alpha = \frac{g \cdot g'}{\|g\| \, \|g'\|}$$

    Parameters
    ----------
    gradient : ndarray
        $g$, of any shape; it is not changed.
    limit : float
        $l$, for the entries or for the norm.

    Returns
    -------
    Figure
        The drawing, with its table (`table_of`).

    Raises
    ------
    DomainError
        If the limit is not positive.
    MissingExtraError
        If matplotlib is not installed.

    References
    ----------
    Pascanu, Mikolov & Bengio (2013), On the difficulty of training recurrent neural networks, section
    3.2; Goodfellow, Bengio & Courville (2016), Deep Learning, section 10.11.1.

    Examples
    --------
    >>> from teachrnn.views.figures.figure import table_of
    >>> print(table_of(clipping(np.array([8.0, -6.0]), limit=6.0)).text())
    By value: norm 10.0 to 8.49, turned by 8.13°. By norm: norm 10.0 to 6.00, direction kept.
    g before   by value   by norm
       −6.00      −6.00     −3.60
        8.00       6.00      4.80
    """
    g = np.asarray(gradient, dtype=np.float64).ravel()
    ways = [_clip(name, g, limit) for name, way in CLIPPINGS.items() if way is not NoClipping]
    order = np.argsort(g, kind="stable")
    shown = order[np.unique(np.linspace(0, g.size - 1, min(g.size, MOST)).round().astype(int))]
    drawing, (left, right) = new_figure(6.4, 3.0, columns=2, width_ratios=(1, 1))
    _entries(left, g[shown], [(clipped, clipped.entries[shown]) for clipped in ways])
    _arrows(right, ways, limit)
    handles, labels = left.get_legend_handles_labels()
    drawing.legend(handles, labels, loc="outside upper left", ncols=len(labels))
    rows: list[tuple[TableCell, ...]] = [
        (float(g[i]), *(float(clipped.entries[i]) for clipped in ways)) for i in shown
    ]
    columns = ("g before", *(f"by {clipped.way}" for clipped in ways))
    give_table(drawing, Table(columns, rows, " ".join(map(_sentence, ways))))
    return drawing


def _clip(name: str, g: Array, limit: float) -> Clipped:
    after = g.copy()
    norms = Clipping.make({"name": name, "limit": limit})(after)  # every way but none has a limit
    return Clipped(name, after, norms, _angle(g, after, norms))


def _angle(g: Array, after: Array, norms: ClippedNorm) -> float:
    """Kahan's formula, which loses no digits if the two directions are almost the same."""
    if not isfinite(norms.before):
        return nan
    if norms.before == 0:
        return 0.0
    u, v = g / norms.before, after / norms.after
    angle = 2 * atan2(float(np.linalg.norm(u - v)), float(np.linalg.norm(u + v)))
    return angle if angle > ROUNDING else 0.0


def _entries(axes: Axes, before: Array, ways: list[tuple[Clipped, Array]]) -> None:
    axes.axline((0, 0), slope=1, color=GREY, linewidth=0.8)
    axes.plot([], [], color=GREY, linewidth=0.8, label="before")
    for i, (clipped, after) in enumerate(ways):
        style = series_style(i) | {"linestyle": "none"}
        axes.plot(before, after, label=f"clipped by {clipped.way}", **style)
    axes.set_xlabel("entry of g before")
    axes.set_ylabel("the same entry after")
    axes.grid(True)


def _arrows(axes: Axes, ways: list[Clipped], limit: float) -> None:
    """Arrows of the true lengths, at the true angles to the one before, which is along the x axis."""
    axes.set_xlabel("along the gradient before")
    axes.set_ylabel("across it")
    axes.set_aspect("equal")
    if not all(isfinite(clipped.angle) for clipped in ways):
        words = "not finite: left as it is"
        axes.annotate(words, (0.5, 0.5), xycoords="axes fraction", ha="center")
        return
    longest = ways[0].norms.before
    _arrow(axes, (longest, 0.0), {"color": GREY, "linewidth": 3.0})
    for i, clipped in enumerate(ways):
        style = series_style(i)
        length = clipped.norms.after
        tip = (length * cos(clipped.angle), length * sin(clipped.angle))
        _arrow(axes, tip, {"color": style["color"], "linestyle": style["linestyle"]})
        axes.plot(*tip, marker=style["marker"], color=style["color"], linestyle="none")
    turn = np.linspace(0, np.pi / 2, 40)
    axes.plot(limit * np.cos(turn), limit * np.sin(turn), color=GREY, linestyle=":", linewidth=1)
    axes.annotate("l", (0, limit), xytext=(-3, 0), textcoords="offset points", ha="right", va="center")
    reach = 1.08 * max(longest, limit)
    axes.set_xlim(-0.05 * reach, reach)
    highest = max(limit, *(c.norms.after * sin(c.angle) for c in ways))
    axes.set_ylim(-0.1 * reach, highest + 0.1 * reach)


def _arrow(axes: Axes, tip: tuple[float, float], style: dict[str, Any]) -> None:
    axes.plot([0, tip[0]], [0, tip[1]], solid_capstyle="butt", **style)


def _sentence(clipped: Clipped) -> str:
    before, after = (format_number(norm) for norm in clipped.norms)
    turned = f"turned by {format_number(degrees(clipped.angle))}°"
    return (
        f"By {clipped.way}: norm {before} to {after}, {turned if clipped.angle else 'direction kept'}."
    )
