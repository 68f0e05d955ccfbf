"""The wording of steps with Sigmoid."""

from __future__ import annotations

from teachrnn.ops import Sigmoid
from teachrnn.views.story.said import Said
from teachrnn.views.story.scene import ReturnScene, Scene, mean
from teachrnn.views.story.words import squashing
from teachrnn.views.story.words.op_words import OpWords


class SigmoidWords(OpWords, of=Sigmoid):
    """It opens gates; a gate that is wide open or shut hardly learns."""

    called = "the sigmoid"

    @staticmethod
    def forward(at: Scene) -> Said:
        gate = at.structure.is_gate(at.op)
        return Said.of(
            squashing.heading(at, "The sigmoid"),
            "The sigmoid presses every number into (0, 1)"
            + (": 0 is shut, 1 is open." if gate else "."),
            squashing.meaning(at),
            f"On average {at.y} is {mean(at.op.data)}." if gate else "",
        )

    @staticmethod
    def backward(at: ReturnScene) -> Said:
        (a,) = at.op.operands
        y = at.plainly(at.op)
        gate = at.structure.is_gate(at.op)
        return Said.of(
            f"Back through the sigmoid of gate {at.y}"
            if gate
            else f"Back through the sigmoid, from {at.y} to {at.name(a)}",
            f"d{y} is multiplied by {y} (1 − {y}), which is at most 1/4: on average "
            f"{mean(at.op.data * (1 - at.op.data))} gets through.",
            "A gate that is wide open or shut hardly learns." if gate else "",
        )
