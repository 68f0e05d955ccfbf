"""The verdict on a backward pass, and what it is made of: every gradient, right or wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from teachrnn.diagnosis.match import Explanation

Verdict = Literal[
    "right",
    "forward pass differs",
    "known mistake",
    "two mistakes",
    "several mistakes",
    "unknown mistake",
]


def verdict_of(explanations: Sequence[Explanation], otherwise: Verdict) -> Verdict:
    """The verdict that explanations allow, where gradients are wrong.

    Parameters
    ----------
    explanations : sequence of Explanation
        What was found.
    otherwise : str
        What is known without them: a forward pass that differs stays the verdict.

    Returns
    -------
    str
        A verdict.

    Examples
    --------
    >>> verdict_of([], "unknown mistake")
    'unknown mistake'
    """
    if otherwise == "forward pass differs":
        return otherwise
    if not explanations:
        return "unknown mistake"
    several: tuple[Verdict, ...] = ("known mistake", "two mistakes", "several mistakes")
    return several[min(len(explanations[0].mistakes), 3) - 1]


@dataclass(frozen=True)
class Compared:
    """One gradient, over all instances.

    Attributes
    ----------
    name : str
        The parameter.
    wrong : int
        On how many instances it is wrong.
    of : int
        On how many it was compared.
    error : float
        The largest error, in units of rounding: the sum of the terms' absolute values.
    gradient : bool
        Whether it is one; else it is something that a training step leaves behind.
    """

    name: str
    wrong: int
    of: int
    error: float
    gradient: bool = True

    @property
    def said(self) -> str:
        """What it is called in a line: ``dW``."""
        return f"d{self.name}" if self.gradient else self.name
