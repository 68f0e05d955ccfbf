"""What became of one training run: its losses, and what the network wrote."""

from __future__ import annotations

from dataclasses import dataclass, field

from teachrnn.runs import Sample

RIGHT = "right"
"""What a run without a mistake is called."""


@dataclass(frozen=True)
class LearningCurve:
    """The losses of a run, with a mistake or without.

    Attributes
    ----------
    mistake : str
        Name of the mistake; "right" if there is none.
    seed : int
        Seed of the run.
    updates : int
        How many updates were made.
    smooth : list of (int, float)
        Update and smooth loss, in nats per character.
    validation : list of (int, float)
        Update and loss on the held-out text, in nats per character.
    samples : list of Sample
        What the network wrote: before the first update, now and then, after the last.
    diverged : str
        Why training ended early; "" if it did not.
    """

    mistake: str
    seed: int
    updates: int
    smooth: list[tuple[int, float]] = field(default_factory=list)
    validation: list[tuple[int, float]] = field(default_factory=list)
    samples: list[Sample] = field(default_factory=list)
    diverged: str = ""
