"""The wording of steps with Tanh."""

from __future__ import annotations

import numpy as np

from teachrnn.ops import Tanh
from teachrnn.views.story.said import Said
from teachrnn.views.story.scene import ReturnScene, Scene, mean
from teachrnn.views.story.words import squashing
from teachrnn.views.story.words.op_words import OpWords

FLAT = 0.9
"""Beyond this, less than a fifth of a gradient gets through."""


class TanhWords(OpWords, of=Tanh):
    """It presses numbers together; where it is flat, it stops gradients."""

    called = "tanh"

    @staticmethod
    def forward(at: Scene) -> Said:
        flat, size = int((np.abs(at.op.data) > FLAT).sum()), at.op.data.size
        return Said.of(
            squashing.heading(at, "tanh"),
            f"Each number of {at.plainly(at.op.operands[0])} is pressed into (−1, 1) on its own.",
            squashing.meaning(at),
            f"{flat or 'None'} of the {size} {'lie' if flat > 1 else 'lies'} beyond ±0.9, where tanh is "
            "nearly flat.",
        )

    @staticmethod
    def backward(at: ReturnScene) -> Said:
        (a,) = at.op.operands
        y = at.plainly(at.op)
        return Said.of(
            f"Back through the tanh of candidate {at.y}"
            if at.structure.part(at.op) == "candidate"
            else f"Back through tanh, from {at.y} to {at.name(a)}",
            f"d{y} is multiplied by 1 − {y}², entry by entry: on average {mean(1 - at.op.data**2)} "
            "gets through.",
            f"Where {y} is near ±1, tanh is flat and hardly anything does: one reason why gradients "
            "fade.",
        )
