"""A sweep as a figure: the loss against each hyper-parameter."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, floor, inf, isfinite, log, log10
from typing import TYPE_CHECKING, Any

from teachrnn.extras import require

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from teachrnn.sweep import Sweep, TrialResult

STAGES = (("o", "#9db7d5"), ("s", "#2f6db5"), ("^", "#1b3a66"))
"""Marker and colour of the first, the second and all further stages: the later, the darker."""

EDGE = {
    "worse than guessing": {"marker": r"$\uparrow$", "color": "#6b6b6b", "markersize": 9},
    "failed": {"marker": "x", "color": "#b3402a", "markersize": 7},
}
"""What has no place on the scale stands at the upper edge, by a sign of its own."""

OUTLINE = {"markeredgecolor": "white", "markeredgewidth": 0.5}

COLUMNS = 3


def sweep_figure(sweep: Sweep) -> Figure:
    r"""Plot the validation loss of every trial against each hyper-parameter, one panel each.

    An axis is logarithmic where the values were drawn evenly in the logarithm. The best trial has a
    ring round it. Trials without a loss, and those above $\log K$, which is what guessing among the
    K symbols costs, stand at the upper edge, so that the others keep their scale.

    Parameters
    ----------
    sweep : Sweep
        With the results that it has so far.

    Raises
    ------
    MissingExtraError
        If matplotlib is not installed.
    """
    figure_module = require("matplotlib.figure", extra="figures", purpose="A figure")
    axes = sweep.space.axes
    columns = min(COLUMNS, len(axes))
    rows = -(-len(axes) // columns)
    figure: Figure = figure_module.Figure(
        figsize=(0.8 + 2.9 * columns, 0.7 + 2.7 * rows), layout="constrained"
    )
    panels = figure.subplots(rows, columns, squeeze=False, sharey=True).ravel()
    for panel in panels[len(axes) :]:
        panel.remove()
    for i, (panel, axis) in enumerate(zip(panels, axes, strict=False)):
        _scatter(panel, axis, sweep)
        if i % columns == 0:
            panel.set_ylabel("validation loss (nats per symbol)")
    failed = sum(not isfinite(result.loss) for result in sweep.results)
    count = f"{len(sweep.results)} trials" + (f", {failed} failed" if failed else "")
    figure.suptitle(f"{sweep.recipe.title}: {count}", x=0.01, ha="left", fontsize=11)
    handles, labels = panels[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower left", ncols=len(labels) or 1, frameon=False)
    return figure


def _scatter(panel: Any, axis: Any, sweep: Sweep) -> None:
    choices = getattr(axis, "values", None)

    def places(results: Sequence[TrialResult]) -> list[Any]:
        values = [result.values[axis.name] for result in results]
        return values if choices is None else [choices.index(value) for value in values]

    ranked, guessing = sweep.ranked, log(sweep.symbols)
    good = [result for result in ranked if result.loss <= guessing]
    for stage in sorted({result.stage for result in good}):
        marker, colour = STAGES[min(stage, len(STAGES)) - 1]
        shown = [result for result in good if result.stage == stage]
        losses = [result.loss for result in shown]
        panel.plot(places(shown), losses, marker, color=colour, label=f"stage {stage}", **OUTLINE)
    off = {
        "worse than guessing": [r for r in ranked if guessing < r.loss < inf],
        "failed": [r for r in ranked if r.loss == inf],
    }
    for name, shown in off.items():
        if shown:
            edge = panel.get_xaxis_transform()  # x as the data, y from 0 to 1
            at = [0.97] * len(shown)
            panel.plot(places(shown), at, linestyle="none", transform=edge, label=name, **EDGE[name])
    if good:
        ring = {"markersize": 12, "markerfacecolor": "none", "markeredgecolor": "black"}
        panel.plot(places(good[:1]), [good[0].loss], "o", label="best", **ring)
    if choices is not None:
        panel.set_xticks(range(len(choices)), [str(choice) for choice in choices])
        panel.set_xlim(-0.5, len(choices) - 0.5)
    elif axis.log:
        _log_scale(panel, axis)
    panel.margins(y=0.15)
    panel.set_xlabel(axis.name)
    panel.grid(True, which="major", alpha=0.25)
    panel.spines[["top", "right"]].set_visible(False)


def _log_scale(panel: Any, axis: Any) -> None:
    """The whole range that was searched, with its powers of ten, or else its ends, as ticks."""
    panel.set_xscale("log")
    powers = [10.0**n for n in range(ceil(log10(axis.low)), floor(log10(axis.high)) + 1)]
    ticks = powers if len(powers) > 1 else [axis.low, axis.high]
    panel.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    panel.set_xticks([], minor=True)
    panel.set_xlim(axis.low / 1.2, axis.high * 1.2)
