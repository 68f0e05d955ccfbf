"""The spectrum of the recurrent weights, and what it does to a gradient over many steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from teachrnn.array import Array
from teachrnn.errors import NameLookupError
from teachrnn.formulas.name import Name
from teachrnn.op import Value
from teachrnn.runs import small_network
from teachrnn.state_jacobian import state_jacobians
from teachrnn.trace import Trace
from teachrnn.views.figures.figure import VALUES, Table, figure, give_table, new_figure
from teachrnn.views.figures.parts.letters import math_label, norm_of
from teachrnn.views.figures.parts.over_time import top_state
from teachrnn.views.figures.parts.panel import draw_magnitudes, line_at_one, log_scale, whole_ticks
from teachrnn.views.style.palette import INK, SERIES

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def _example() -> Figure:
    return spectrum(small_network("hello " * 5, scale=0.5).backpropagated)


@figure("Spectrum of W and of the Jacobian", example=_example)
def spectrum(trace: Trace, weights: str | None = None) -> Figure:
    r"""Plot the eigenvalues and singular values of W, and the norm of $\partial h_T / \partial h_k$.

    Going back one step multiplies the gradient by $W^\top$ (and by the slope of tanh, which is at most
    1). If all singular values of W are below 1, it must vanish; eigenvalues outside the unit circle
    allow it to explode. The right panel shows what actually happens over T - k steps: the spectral
    norm of the product of Jacobians, from the recorded pass.

    Parameters
    ----------
    trace : Trace
        The record of one sequence.
    weights : str, optional
        Name of a square matrix, such as ``W``, ``W_f``, ``layer2.W``; the first W of the highest
        layer if not given.

    Returns
    -------
    Figure
        Three panels; their numbers are dimensionless.

    Raises
    ------
    NameLookupError
        If the trace has no such matrix.
    MissingExtraError
        If matplotlib is not installed.

    References
    ----------
    Bengio, Simard & Frasconi (1994), Learning long-term dependencies with gradient descent is
    difficult, IEEE Transactions on Neural Networks 5(2); Pascanu, Mikolov & Bengio (2013), section 2.1.

    Examples
    --------
    >>> len(spectrum(small_network().backpropagated).axes)
    3
    """
    state = top_state(trace)
    W = _matrix(trace, weights, Name.of(state).scope)
    eigenvalues = np.linalg.eigvals(W.data)
    eigenvalues = eigenvalues[np.lexsort((-eigenvalues.imag, -np.abs(eigenvalues).round(12)))]
    singular = np.linalg.svd(W.data, compute_uv=False)
    jacobians = state_jacobians(trace, state)
    lags = [trace.T - k for k in jacobians]
    norms = [float(np.linalg.norm(J, 2)) if np.isfinite(J).all() else np.nan for J in jacobians.values()]
    picture, (plane, sizes, product) = new_figure(8.8, 2.9, columns=3)
    _draw_plane(plane, eigenvalues, math_label(W.name))
    _draw_sizes(sizes, singular, math_label(W.name))
    h = math_label(state).strip("$")
    product.set(xlabel="steps back, $T - k$", ylabel=norm_of(rf"$\partial {h}_T/\partial {h}_k$"))
    draw_magnitudes(product, lags, norms, "norm", color=SERIES["green"], marker="o")
    line_at_one(product)
    log_scale(product, [*norms, 1.0])
    product.grid(True, axis="y")
    whole_ticks(product.xaxis)
    rows: list[tuple[str | float, ...]] = [
        *(("eigenvalue", f"{i}", float(z.real), float(z.imag)) for i, z in enumerate(eigenvalues, 1)),
        *(("singular value", f"{i}", float(s), "") for i, s in enumerate(singular, 1)),
        *(("norm of the Jacobian", f"{lag} back", n, "") for lag, n in zip(lags, norms, strict=True)),
    ]
    caption = (
        f"Spectrum of {W.name}, and spectral norm of the derivative of the last {state} by earlier ones."
    )
    give_table(picture, Table(("what", "which", "number or real part", "imaginary part"), rows, caption))
    return picture


def _matrix(trace: Trace, name: str | None, scope: str) -> Value:
    square = {
        name: value
        for name, value in trace.parameters.items()
        if value.data.ndim == 2 and value.shape[0] == value.shape[1]
    }
    recurrent = [n for n in square if Name.of(n).letter == "W" and Name.of(n).scope == scope]
    chosen = name or next(iter(recurrent), "a recurrent matrix W")
    if chosen not in square:
        raise NameLookupError(
            f"{chosen!r} is not a square matrix of this trace; there are: {', '.join(square) or 'none'}."
        )
    return square[chosen]


def _draw_plane(axes: Axes, eigenvalues: Array, label: str) -> None:
    angle = np.linspace(0, 2 * np.pi, 181)
    axes.plot(np.cos(angle), np.sin(angle), color=INK, linewidth=0.8, linestyle="--", alpha=0.6)
    inside = np.abs(eigenvalues) <= 1
    for which, marker, colour, words in (
        (inside, "o", VALUES.plus, "inside"),
        (~inside, "^", VALUES.minus, "outside"),
    ):
        z = eigenvalues[which]
        axes.plot(z.real, z.imag, marker, color=colour, markersize=5, label=words)
    axes.set_aspect("equal", adjustable="datalim")
    axes.set(xlabel=f"real part of eigenvalue of {label}", ylabel="imaginary part")
    axes.grid(True)
    axes.margins(0.12)
    axes.legend(loc="upper right", handletextpad=0.1, borderpad=0, fontsize=9)


def _draw_sizes(axes: Axes, singular: Array, label: str) -> None:
    axes.plot(range(1, len(singular) + 1), singular, marker="o", color=VALUES.plus)
    line_at_one(axes)
    axes.set(xlabel="number $i$", ylabel=rf"singular value $\sigma_i$ of {label}")
    axes.set_ylim(0, 1.1 * max(1.0, float(singular[0])))
    axes.grid(True, axis="y")
    whole_ticks(axes.xaxis)
