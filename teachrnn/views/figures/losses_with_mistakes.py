"""Loss curves of right and mistaken runs over several seeds, as a figure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from teachrnn.errors import DomainError
from teachrnn.laboratory import LearningCurve, MistakenRuns
from teachrnn.recipes import Recipe
from teachrnn.runs import Source
from teachrnn.views.figures.figure import Table, figure, give_table, new_figure
from teachrnn.views.figures.parts.letters import text_label
from teachrnn.views.figures.parts.series import series_style
from teachrnn.views.style.palette import INK

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LossKind = Literal["smooth", "validation"]
SAID = {"smooth": "smooth loss", "validation": "held-out loss"}
SPACE = 0.08
"""Margin above and below, as a share of the range."""


def _example() -> Figure:
    import tempfile

    text = Source.of("the quick brown fox jumps over the lazy dog. " * 12)
    recipe = Recipe.find("adagrad").but(hidden=8, length=8, updates=300)
    with tempfile.TemporaryDirectory() as folder:
        runs = MistakenRuns(recipe, text, ["no carry"], seeds=2, folder=folder)
        return losses_with_mistakes(list(runs.finish()), guessing=runs.guessing)


@figure("Losses with a mistake and without, over seeds", example=_example)
def losses_with_mistakes(
    curves: Sequence[LearningCurve], *, guessing: float, which: LossKind = "smooth"
) -> Figure:
    """Plot the mean over the seeds of right and of mistaken runs, each in a band from lowest to highest.

    Parameters
    ----------
    curves : sequence of LearningCurve
        The runs: see `teachrnn.laboratory.MistakenRuns`.
    guessing : float
        The loss of guessing, ln K, in nats per character.
    which : {"smooth", "validation"}
        The smooth loss of training, or the loss on the held-out text.

    Returns
    -------
    Figure
        Updates across, the loss in nats per character up.

    Raises
    ------
    DomainError
        If there is no point to draw.
    MissingExtraError
        If matplotlib is not installed.

    Examples
    --------
    >>> right = LearningCurve("right", 0, 100, [(1, 2.0), (100, 1.8)])
    >>> wrong = LearningCurve("no carry", 0, 100, [(1, 2.0), (100, 1.7)])
    >>> picture = losses_with_mistakes([right, wrong], guessing=2.1)
    >>> [text.get_text() for text in picture.legends[0].get_texts()]
    ['right', 'no carry']
    """
    bands = _bands(curves, which)
    if not any(bands.values()):
        raise DomainError("losses_with_mistakes: no run has a loss yet. Finish one.")
    picture, axes = new_figure(6.0, 3.8)
    for i, (name, points) in enumerate(bands.items()):
        style = series_style(i, count=len(points))
        at, mean, low, high = zip(*points, strict=True) if points else ((),) * 4
        axes.plot(at, mean, label=text_label(name), **style)
        for edge in (low, high):
            axes.plot(at, edge, color=style["color"], linewidth=0.5, alpha=0.7)
        axes.fill_between(at, low, high, color=style["color"], alpha=0.18, linewidth=0)
    axes.axhline(guessing, color=INK, linewidth=0.9, linestyle="--", alpha=0.6)
    axes.annotate(
        f"guessing: ln K = {guessing:.3g}",
        (1, guessing),
        xycoords=("axes fraction", "data"),
        xytext=(0, 3),
        textcoords="offset points",
        ha="right",
    )
    lowest = min(low for points in bands.values() for _, _, low, _ in points)
    space = SPACE * max(guessing - lowest, 0.1 * guessing)
    axes.set_ylim(lowest - space, guessing + 2 * space)
    axes.set_xlim(left=0)
    axes.set_xlabel("update")
    axes.set_ylabel(f"{SAID[which]} in nats per character")
    axes.xaxis.set_major_formatter(lambda x, _: f"{x:,.0f}")
    axes.grid(True, axis="y")
    picture.legend(*axes.get_legend_handles_labels(), loc="outside upper left", ncols=4)
    give_table(picture, _table(bands, which, guessing, curves))
    return picture


Band = list[tuple[int, float, float, float]]
"""Update, mean, lowest and highest loss."""


def _bands(curves: Sequence[LearningCurve], which: LossKind) -> dict[str, Band]:
    """For each kind of run its losses where all of its seeds have one."""
    bands: dict[str, Band] = {}
    for name in dict.fromkeys(curve.mistake for curve in curves):
        own = [dict(getattr(curve, which)) for curve in curves if curve.mistake == name]
        at = sorted(set.intersection(*(set(points) for points in own)))
        losses = {n: [points[n] for points in own] for n in at}
        bands[name] = [(n, sum(by) / len(by), min(by), max(by)) for n, by in losses.items()]
    return bands


def _table(
    bands: dict[str, Band], which: LossKind, guessing: float, curves: Sequence[LearningCurve]
) -> Table:
    rows: list[tuple[str | float, ...]] = [
        (name, f"{n}", mean, low, high)
        for name, points in bands.items()
        for n, mean, low, high in points
    ]
    rows.append(("guessing", "", guessing, guessing, guessing))
    seeds = len({curve.seed for curve in curves})
    caption = (
        f"The {SAID[which]} in nats per character of runs with a mistake and without:"
        f" mean, lowest and highest of {seeds} seeds."
    )
    return Table(("run", "update", "mean", "lowest", "highest"), rows, caption)
