"""The wording of steps with Sum."""

from __future__ import annotations

from teachrnn.ops import Sum
from teachrnn.views.story.said import Said
from teachrnn.views.story.scene import ReturnScene, Scene, number
from teachrnn.views.story.words.op_words import OpWords


class SumWords(OpWords, of=Sum):
    """Every entry counts once."""

    @staticmethod
    def forward(at: Scene) -> Said:
        (x,) = at.op.operands
        total = f": {number(at.op.data)}" if at.op.data.ndim == 0 else ""
        return Said.of(
            f"The entries of {at.name(x)} are summed",
            f"All {x.shape[-1]} of them add up to {at.y}{total}.",
        )

    @staticmethod
    def backward(at: ReturnScene) -> Said:
        (x,) = at.op.operands
        return Said.of(
            f"From the sum {at.y} back to every entry of {at.name(x)}",
            f"Each of the {x.shape[-1]} entries counted once, so each gets {at.d(at.op)} as it is.",
        )
