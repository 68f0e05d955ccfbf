"""Where squashing functions are flat: tanh and gates over time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from teachrnn.array import Array
from teachrnn.errors import NameLookupError
from teachrnn.formulas.name import Name
from teachrnn.op import Value
from teachrnn.ops import Sigmoid, Tanh
from teachrnn.runs import small_network
from teachrnn.trace import Trace
from teachrnn.views.figures.figure import VALUES, Table, figure, give_table, new_figure
from teachrnn.views.figures.parts.letters import math_label
from teachrnn.views.figures.parts.matrix_cells import draw_cells, draw_scale
from teachrnn.views.figures.parts.over_time import base, over_time
from teachrnn.views.figures.parts.panel import whole_ticks

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colors import Normalize
    from matplotlib.figure import Figure


BINS = 10

HIGH, LOW = 0.9, 0.1
"""A tanh beyond 0.9 has a slope below 0.19; a gate above 0.9 counts as open, below 0.1 as closed."""


def _example() -> Figure:
    return saturation(small_network(cell="lstm", scale=1.5, updates=0).trace)


@figure("Saturation of tanh and gates", example=_example)
def saturation(trace: Trace, *names: str) -> Figure:
    r"""Draw how the outputs of tanh and of the gates are distributed at every step.

    Where $|\tanh a|$ is near 1, its slope $1 - \tanh^2 a$ is near 0 and lets no gradient through; the
    same is true of the slope $\sigma (1 - \sigma)$ of a gate that is fully open or closed. The upper
    panel shows the distribution over the units, the lower one the share of saturated units.

    Parameters
    ----------
    trace : Trace
        The record.
    *names : str
        Outputs of Tanh or Sigmoid, such as ``h``, ``layer2.f``; those of the highest layer if none
        is given.

    Returns
    -------
    Figure
        A column of two panels for each name.

    Raises
    ------
    NameLookupError
        If the trace has no such output.
    MissingExtraError
        If matplotlib is not installed.

    References
    ----------
    Glorot & Bengio (2010), Understanding the difficulty of training deep feedforward neural networks,
    AISTATS; Karpathy, Johnson & Fei-Fei (2016), Visualizing and understanding recurrent networks,
    section 4.3, for gates.

    Examples
    --------
    >>> [axes.get_ylabel() for axes in saturation(small_network().trace).axes[:2]]
    ['$|h_{t}|$', 'share of units']
    """
    squashed = [base(v) for v in trace.ops if isinstance(v, Tanh | Sigmoid)]
    if not squashed or not set(names) <= set(squashed):
        raise NameLookupError(
            f"asked for {', '.join(names) or 'tanh and gates'}; "
            "outputs of Tanh or Sigmoid in this trace: "
            f"{', '.join(dict.fromkeys(squashed)) or 'none'}."
        )
    top = Name.of(squashed[-1]).scope
    chosen = names or [name for name in dict.fromkeys(squashed) if Name.of(name).scope == top]
    picture, panels = new_figure(
        1.1 + 2.1 * max(len(chosen), 2),
        4.0,
        rows=2,
        columns=len(chosen),
        squeeze=False,
        sharex=True,
        height_ratios=(3, 2),
    )
    norm = VALUES.norm_from(0, 1)
    rows: list[tuple[str | float, ...]] = []
    for (above, below), name in zip(panels.T, chosen, strict=True):
        values = over_time(trace, name)
        values = [v for v in values if isinstance(v, Tanh | Sigmoid)]
        steps, shares, lines = _shares(values)
        _draw_shares(above, steps, shares, norm, _label(values[0], name))
        for style, (words, line) in zip(STYLES, lines.items(), strict=False):
            below.plot(steps, line, label=words, **style)
        below.set(ylim=(-0.03, 1.03), xlabel="time step $t$")
        below.grid(True, axis="y")
        whole_ticks(below.xaxis)
        for i, step in enumerate(steps):
            rows += [(name, words, f"{step}", float(line[i])) for words, line in lines.items()]
            rows += [
                (name, f"{low:.1f} to {low + 1 / BINS:.1f}", f"{step}", float(share))
                for low, share in zip(np.arange(BINS) / BINS, shares[:, i], strict=True)
            ]
    panels[1, 0].set_ylabel("share of units")
    handles = {line.get_label(): line for axes in panels[1] for line in axes.lines}
    picture.legend(handles.values(), handles.keys(), loc="outside lower left", ncols=2)
    draw_scale(list(panels[0]), VALUES, norm, "share of units", low=0.0)
    give_table(
        picture,
        Table(
            ("output", "range", "step t", "share of units"),
            rows,
            "How the outputs of tanh (absolute) and of gates are distributed over the units.",
        ),
    )
    return picture


STYLES: tuple[dict[str, Any], ...] = (
    {"color": VALUES.plus, "marker": "o", "linestyle": "-"},
    {"color": VALUES.minus, "marker": "s", "linestyle": "--"},
)


def _label(value: Value, name: str) -> str:
    label = math_label(name, index="t")
    return f"$|{label.strip('$')}|$" if isinstance(value, Tanh) else label


def _shares(values: list[Value]) -> tuple[list[int], Array, dict[str, Array]]:
    """Steps; share of units in each bin at each step; shares that are saturated, by their name."""
    tanh = isinstance(values[0], Tanh)
    data = [np.abs(v.data).ravel() for v in values]
    edges = np.linspace(0, 1, BINS + 1)
    counts = [np.histogram(x, edges)[0] / x.size for x in data]
    above = np.array([np.mean(x > HIGH) for x in data])
    lines = {f"above {HIGH:g}: tanh saturated, gate open": above}
    if not tanh:
        lines[f"below {LOW:g}: gate closed"] = np.array([np.mean(x < LOW) for x in data])
    return [v.t or 0 for v in values], np.array(counts).T, lines


def _draw_shares(axes: Axes, steps: list[int], shares: Array, norm: Normalize, label: str) -> None:
    draw_cells(axes, shares, VALUES, norm, left=steps[0] - 0.5, size=(1.0, 1 / BINS), signed=False)
    axes.set(xlim=(steps[0] - 0.5, steps[-1] + 0.5), ylim=(0, 1), ylabel=label)
    axes.tick_params(length=0)
