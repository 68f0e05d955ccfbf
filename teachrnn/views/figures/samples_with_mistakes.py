"""What networks wrote that were trained rightly and with a mistake, beside each other."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap
from typing import TYPE_CHECKING

from teachrnn.errors import DomainError
from teachrnn.laboratory import LearningCurve
from teachrnn.runs import Sample
from teachrnn.views.figures.figure import Table, figure, give_table, new_figure
from teachrnn.views.figures.parts.letters import text_label
from teachrnn.views.style.legible import legible

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WIDTH = 3.6
LETTERS = 40
"""Inches of a column, and letters of a line in it."""


def _example() -> Figure:
    texts = {"right": "the dog and the fox", "no carry": "thed ogt eoh nfx"}
    curves = [
        LearningCurve(name, 0, 100, samples=[Sample(100, 1.5, text)]) for name, text in texts.items()
    ]
    return samples_with_mistakes(curves)


@figure("What networks write that were trained with a mistake and without", example=_example)
def samples_with_mistakes(curves: Sequence[LearningCurve]) -> Figure:
    """Show the last sample of one run of each kind, beside each other.

    Parameters
    ----------
    curves : sequence of LearningCurve
        The runs; of each mistake the first one is shown that has a sample.

    Returns
    -------
    Figure
        A column of text for each.

    Raises
    ------
    DomainError
        If no run has a sample.
    MissingExtraError
        If matplotlib is not installed.

    Examples
    --------
    >>> curve = LearningCurve("right", 0, 100, samples=[Sample(100, 1.5, "the fox")])
    >>> samples_with_mistakes([curve]).axes[0].texts[0].get_text()
    'the fox'
    """
    shown: dict[str, tuple[int, Sample]] = {}
    for curve in curves:
        if curve.samples:
            shown.setdefault(curve.mistake, (curve.seed, curve.samples[-1]))
    if not shown:
        raise DomainError("samples_with_mistakes: no run has written anything yet.")
    lines = {name: _lines(sample.text) for name, (_, sample) in shown.items()}
    height = 0.5 + 0.135 * max(map(len, lines.values()))
    picture, grid = new_figure(WIDTH * len(shown), height, 1, len(shown), squeeze=False)
    for axes, (name, own) in zip(grid[0], lines.items(), strict=True):
        axes.set_axis_off()
        axes.set_title(text_label(name), loc="left", fontsize=9)
        text = "\n".join(text_label(line) for line in own)
        axes.text(0, 1, text, va="top", family="monospace", fontsize=7, transform=axes.transAxes)
    rows: list[tuple[str | float, ...]] = [
        (name, f"{sample.iteration:,}", legible(sample.text)) for name, (_, sample) in shown.items()
    ]
    caption = "What each network wrote, and after how many updates."
    give_table(picture, Table(("run", "updates", "text"), rows, caption))
    return picture


def _lines(text: str) -> list[str]:
    """The text in lines that fit in a column, its own line ends kept."""
    return [piece for line in legible(text).split("\n") for piece in wrap(line, LETTERS) or [""]]
