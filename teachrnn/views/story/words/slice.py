"""The wording of steps with Slice."""

from __future__ import annotations

from teachrnn.ops import Slice
from teachrnn.views.story.said import Said
from teachrnn.views.story.scene import ReturnScene, Scene
from teachrnn.views.story.words.op_words import OpWords


class SliceWords(OpWords, of=Slice):
    """A piece is taken; the rest gets no gradient here."""

    @staticmethod
    def forward(at: Scene) -> Said:
        x, start, stop = at.op.operands
        return Said.of(
            f"{at.y} is cut out of {at.name(x)}",
            f"Of the {x.shape[-1]} entries of {at.name(x)}, those from {int(start.data)} to "
            f"{int(stop.data) - 1} are taken, counted from 0.",
        )

    @staticmethod
    def backward(at: ReturnScene) -> Said:
        x = at.op.operands[0]
        return Said.of(
            f"From {at.y} back to its place in {at.name(x)}",
            f"The {at.length} entries that were taken get {at.d(at.op)}; the others had no part in "
            f"{at.y} and get 0 from here.",
        )
