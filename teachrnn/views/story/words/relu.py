"""The wording of steps with Relu."""

from __future__ import annotations

from teachrnn.ops import Relu
from teachrnn.views.story.said import Said
from teachrnn.views.story.scene import ReturnScene, Scene
from teachrnn.views.story.words import squashing
from teachrnn.views.story.words.op_words import OpWords


class ReluWords(OpWords, of=Relu):
    """It cuts off what is negative, on both ways."""

    called = "the rectifier"

    @staticmethod
    def forward(at: Scene) -> Said:
        (a,) = at.op.operands
        return Said.of(
            f"What is positive in {at.name(a)} passes into {at.y}",
            f"The rectifier sets the rest to 0. Here {int((a.data > 0).sum())} of {a.data.size} numbers "
            "pass.",
            squashing.meaning(at),
        )

    @staticmethod
    def backward(at: ReturnScene) -> Said:
        (a,) = at.op.operands
        return Said.of(
            f"Back through the rectifier, from {at.y} to {at.name(a)}",
            f"Where {at.plainly(a)} was positive, {at.d(at.op)} passes unchanged: at "
            f"{int((a.data > 0).sum())} of {a.data.size} entries. The others get 0.",
        )
