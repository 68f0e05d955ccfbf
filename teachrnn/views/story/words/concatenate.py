"""The wording of steps with Concatenate."""

from __future__ import annotations

from teachrnn.ops import Concatenate
from teachrnn.views.story.said import Said
from teachrnn.views.story.scene import ReturnScene, Scene
from teachrnn.views.story.words.op_words import OpWords


class ConcatenateWords(OpWords, of=Concatenate):
    """End to end, and cut at the same place on the way back."""

    @staticmethod
    def forward(at: Scene) -> Said:
        u, v = at.op.operands
        return Said.of(
            f"{at.name(u)} and {at.name(v)} are put end to end",
            f"The {u.shape[-1]} entries of {at.name(u)} and the {v.shape[-1]} of {at.name(v)} make one "
            f"vector, {at.y}, for one matrix to read.",
        )

    @staticmethod
    def backward(at: ReturnScene) -> Said:
        u, v = at.op.operands
        return Said.of(
            f"{at.d(at.op)} is cut where {at.name(u)} and {at.name(v)} met",
            f"The first {u.shape[-1]} entries go back to {at.name(u)}, the other {v.shape[-1]} to "
            f"{at.name(v)}, unchanged.",
        )
