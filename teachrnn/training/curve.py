"""The points of a run's loss curves."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

SMOOTH_EVERY = 100
"""Updates between two points of the smooth loss."""


class Epoch(NamedTuple):
    """One whole pass through the text.

    Attributes
    ----------
    last : int
        Number of its last update.
    mean_loss : float
        Mean loss over all its updates, in nats per symbol.
    """

    last: int
    mean_loss: float


@dataclass
class Curve:
    """Points of the loss over the updates.

    Attributes
    ----------
    smooth : list of (int, float)
        Update and smooth loss, in nats per sequence: at the first update and at every 100th.
    validation : list of (int, float)
        Update and validation loss, in nats per symbol.
    epochs : list of Epoch
        The epochs that have ended.
    """

    smooth: list[tuple[int, float]] = field(default_factory=list)
    validation: list[tuple[int, float]] = field(default_factory=list)
    epochs: list[Epoch] = field(default_factory=list)
