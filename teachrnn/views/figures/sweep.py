"""A sweep as a figure: the loss against each hyper-parameter."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from math import ceil, floor, inf, isfinite, log, log10
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, cast

from teachrnn.views.figures.figure import Table, figure, give_table, new_figure
from teachrnn.views.figures.parts.letters import text_label
from teachrnn.views.style.palette import BLUES, INK, SERIES, SOFT

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from teachrnn.sweep import Sweep, Trial, TrialResult
    from teachrnn.sweep.engine import TrialFunction

STAGES = tuple(zip("os^", (blue.light for blue in BLUES), strict=True))
"""Marker and colour of the first, the second and all further stages; later ones are darker."""

EDGE = {
    "worse than guessing": {"marker": r"$\uparrow$", "color": SOFT, "markersize": 9},
    "failed": {"marker": "x", "color": SERIES["orange"], "markersize": 7},
}
"""Marker at the upper edge for losses that are off the scale."""

DRAWN = {"markersize": 6, "markeredgewidth": 0}

COLUMNS = 3


def _example() -> Figure:
    return sweep(_example_data())


@figure("A sweep over hyper-parameters", example=_example)
def sweep(search: Sweep) -> Figure:
    r"""Plot the validation loss of every trial against each hyper-parameter, one panel each.

    An axis is logarithmic where the values were drawn evenly in the logarithm. The best trial is
    circled. Trials without a loss, and those above $\log K$, the loss of guessing among the
    K symbols, are drawn at the upper edge, so that the others keep their scale.

    Parameters
    ----------
    search : Sweep
        The sweep, with its results so far.

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
    >>> import tempfile
    >>> from teachrnn import Recipe
    >>> from teachrnn.sweep import LocalEngine, Space, Sweep
    >>> recipe = Recipe.find("adam").but(hidden=2, length=5, vocabulary="characters")
    >>> space = Space.parse(["eta=0.001:0.1"])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     search = Sweep(recipe, "help", space, folder=folder, trials=2, updates=1, stages=1)
    ...     _ = list(search.run(LocalEngine()))
    >>> len(sweep(search).axes) > 0
    True
    """
    axes = search.space.axes
    columns = min(COLUMNS, len(axes))
    rows = -(-len(axes) // columns)
    picture, grid = new_figure(
        0.8 + 2.9 * columns, 0.7 + 2.7 * rows, rows, columns, squeeze=False, sharey=True
    )
    panels = grid.ravel()
    for panel in panels[len(axes) :]:
        panel.remove()
    for i, (panel, axis) in enumerate(zip(panels, axes, strict=False)):
        _scatter(panel, axis, search)
        if i % columns == 0:
            panel.set_ylabel("validation loss (nats per symbol)")
    failed = sum(not isfinite(result.loss) for result in search.results)
    count = f"{len(search.results)} trials" + (f", {failed} failed" if failed else "")
    picture.suptitle(text_label(f"{search.recipe.title}: {count}"), x=0.01, ha="left", fontsize=11)
    handles, labels = panels[0].get_legend_handles_labels()
    picture.legend(handles, labels, loc="outside lower left", ncols=len(labels) or 1)
    give_table(picture, _table(search))
    return picture


def _scatter(panel: Any, axis: Any, search: Sweep) -> None:
    choices = getattr(axis, "values", None)

    def places(results: Sequence[TrialResult]) -> list[Any]:
        values = [result.values[axis.name] for result in results]
        return values if choices is None else [choices.index(value) for value in values]

    ranked, guessing = search.ranked, log(search.symbols)
    good = [result for result in ranked if result.loss <= guessing]
    for stage in sorted({result.stage for result in good}):
        marker, colour = STAGES[min(stage, len(STAGES)) - 1]
        shown = [result for result in good if result.stage == stage]
        losses = [result.loss for result in shown]
        panel.plot(places(shown), losses, marker, color=colour, label=f"stage {stage}", **DRAWN)
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
        ring = {"markersize": 12, "markerfacecolor": "none", "markeredgecolor": INK}
        panel.plot(places(good[:1]), [good[0].loss], "o", label="best", **ring)
    if choices is not None:
        panel.set_xticks(range(len(choices)), [text_label(str(choice)) for choice in choices])
        panel.set_xlim(-0.5, len(choices) - 0.5)
    elif axis.log:
        _log_scale(panel, axis)
    panel.margins(y=0.15)
    panel.set_xlabel(text_label(axis.name))
    panel.grid(True, which="major")


def _log_scale(panel: Any, axis: Any) -> None:
    """The whole range that was searched, with its powers of ten, or otherwise its ends, as ticks."""
    panel.set_xscale("log")
    powers = [10.0**n for n in range(ceil(log10(axis.low)), floor(log10(axis.high)) + 1)]
    ticks = powers if len(powers) > 1 else [axis.low, axis.high]
    panel.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    panel.set_xticks([], minor=True)
    panel.set_xlim(axis.low / 1.2, axis.high * 1.2)


def _table(search: Sweep) -> Table:
    names = [axis.name for axis in search.space.axes]
    rows: list[tuple[str | float, ...]] = [
        (f"{result.stage}.{result.number}", *(result.values[name] for name in names), result.loss)
        for result in search.ranked
    ]
    caption = f"Trials, the best first; guessing costs {log(search.symbols):.4g} nats per symbol."
    return Table(("trial", *names, "validation loss (nats per symbol)"), rows, caption)


class _InTurn:
    """An engine for the example, which runs one trial after the other in this process."""

    def run(self, function: TrialFunction, trials: Iterable[Trial]) -> Iterator[TrialResult]:
        return map(function, trials)


def _example_data() -> Sweep:
    """Eight small trainings in two stages."""
    from teachrnn.recipes import Recipe
    from teachrnn.sweep import Space, Sweep, train

    space = Space.parse(["eta=0.003:1:log", "hidden=4,8"])
    with TemporaryDirectory() as folder:
        text = Path(folder) / "text.txt"
        text.write_text("the cat sat on the mat, and the dog ate the hat. " * 20, "utf-8")
        recipe = Recipe.find("adagrad")
        search = Sweep(recipe, str(text), space, folder=Path(folder) / "sweep", trials=5, updates=40)
        deque(search.run(cast(Any, _InTurn()), train), maxlen=0)
    return search
