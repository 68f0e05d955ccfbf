"""What the curves of right and mistaken runs say, in words: mostly, that a falling loss says nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from teachrnn.laboratory.learning_curve import RIGHT, LearningCurve


@dataclass(frozen=True)
class LossOverSeeds:
    """A loss after the last update, over the seeds.

    Attributes
    ----------
    mean, low, high : float
        In nats per character.
    below_right : int
        In how many seeds it is lower than that of the right run of the same seed.
    seeds : int
        How many seeds there are.
    """

    mean: float
    low: float
    high: float
    below_right: int
    seeds: int


Losses = dict[str, LossOverSeeds]
"""By name of the mistake."""


def losses_over_seeds(curves: Sequence[LearningCurve], which: str = "smooth") -> Losses:
    """The last losses of the right runs and of those with each mistake; diverged ones are left out.

    Parameters
    ----------
    curves : sequence of LearningCurve
        The runs.
    which : {"smooth", "validation"}
        The smooth loss of training, or the loss on the held-out text.

    Returns
    -------
    dict
        By name of the mistake; those that have no such loss are missing.

    Examples
    --------
    >>> right = LearningCurve("right", 0, 100, [(100, 2.0)])
    >>> wrong = LearningCurve("no carry", 0, 100, [(100, 1.9)])
    >>> losses_over_seeds([right, wrong])["no carry"].below_right
    1
    """
    last: dict[str, dict[int, float]] = {}
    for curve in curves:
        points = curve.smooth if which == "smooth" else curve.validation
        if points and not curve.diverged:
            last.setdefault(curve.mistake, {})[curve.seed] = points[-1][1]
    right = last.get(RIGHT, {})
    return {
        name: LossOverSeeds(
            sum(by.values()) / len(by),
            min(by.values()),
            max(by.values()),
            sum(loss < right[seed] for seed, loss in by.items() if seed in right),
            len(by),
        )
        for name, by in last.items()
    }


def told_by_curves(curves: Sequence[LearningCurve], guessing: float) -> list[str]:
    r"""What the runs say, a sentence for each mistake.

    Parameters
    ----------
    curves : sequence of LearningCurve
        The runs.
    guessing : float
        The loss of guessing, ln K, in nats per character.

    Returns
    -------
    list of str
        The sentences; none if no right run is among them.

    Examples
    --------
    >>> right = LearningCurve("right", 0, 100, [(100, 2.0)], [(100, 2.1)])
    >>> wrong = LearningCurve("no carry", 0, 100, [(100, 1.9)], [(100, 2.2)])
    >>> print("\n".join(told_by_curves([right, wrong], 4.0)))
    right: smooth loss 2.000, held-out 2.100 nats per character after 100 updates; guessing costs 4.000.
    no carry: smooth loss 1.900, held-out 2.200; lower than right in 1 of 1 seeds, held-out in 0 of 1.
    A falling loss is no evidence of a right gradient: with no carry it falls below the right one.
    """
    smooth, held_out = losses_over_seeds(curves), losses_over_seeds(curves, "validation")
    if RIGHT not in smooth:
        return []
    updates = max(curve.updates for curve in curves if curve.mistake == RIGHT)
    said = [
        f"{RIGHT}: smooth loss {_said(smooth, held_out, RIGHT)} nats per character after {updates:,}"
        f" updates; guessing costs {guessing:.3f}."
    ]
    for name, loss in smooth.items():
        if name != RIGHT:
            other = held_out.get(name)
            besides = "" if other is None else f", held-out in {other.below_right} of {other.seeds}"
            said.append(
                f"{name}: smooth loss {_said(smooth, held_out, name)}; lower than right in"
                f" {loss.below_right} of {loss.seeds} seeds{besides}."
            )
    for name in dict.fromkeys(curve.mistake for curve in curves if curve.diverged):
        ended = [curve for curve in curves if curve.mistake == name and curve.diverged]
        said.append(f"{name}: {len(ended)} runs diverged, one at update {ended[0].updates + 1:,}.")
    falls = [name for name, loss in smooth.items() if name != RIGHT and loss.high < guessing]
    better = [name for name in falls if smooth[name].mean < smooth[RIGHT].mean]
    if better:
        said.append(
            f"A falling loss is no evidence of a right gradient: with {_listed(better)} it falls below"
            " the right one."
        )
    elif falls:
        said.append(
            f"A falling loss is no evidence of a right gradient: with {_listed(falls)} it falls, too."
        )
    return said


def _said(smooth: Losses, held_out: Losses, name: str) -> str:
    """Both losses, as far as they were measured."""
    besides = f", held-out {_spread(held_out[name])}" if name in held_out else ""
    return _spread(smooth[name]) + besides


def _spread(loss: LossOverSeeds) -> str:
    spread = "" if loss.low == loss.high else f" ({loss.low:.3f} to {loss.high:.3f})"
    return f"{loss.mean:.3f}{spread}"


def _listed(names: Sequence[str]) -> str:
    return " and with ".join(f'"{name}"' if " " in name and len(name) > 24 else name for name in names)
