"""The wording of steps with Dropout."""

from __future__ import annotations

from teachrnn.ops import Dropout
from teachrnn.views.story.said import Said
from teachrnn.views.story.scene import ReturnScene, Scene, number
from teachrnn.views.story.words.op_words import OpWords


class DropoutWords(OpWords, of=Dropout):
    """Some units are switched off, on both ways."""

    @staticmethod
    def forward(at: Scene) -> Said:
        x, mask, keep = at.op.operands
        return Said.of(
            f"Some units of {at.name(x)} are switched off",
            f"{int((mask.data == 0).sum())} of {mask.data.size} are set to 0. The rest is divided by "
            f"{number(keep.data)}, the share that is kept on average, so that the size to be expected "
            "stays.",
        )

    @staticmethod
    def backward(at: ReturnScene) -> Said:
        x, mask, keep = at.op.operands
        return Said.of(
            f"From {at.y} back to the units of {at.name(x)} that were on",
            f"{int((mask.data == 0).sum())} of {mask.data.size} units were switched off and get 0; the "
            f"others get {at.d(at.op)} divided by {number(keep.data)}.",
        )
