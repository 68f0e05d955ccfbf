"""The wording of steps with Embedding: a symbol enters the network."""

from __future__ import annotations

from teachrnn.ops import Embedding
from teachrnn.views.story.said import Said
from teachrnn.views.story.scene import ReturnScene, Scene
from teachrnn.views.story.words.op_words import OpWords


class EmbeddingWords(OpWords, of=Embedding):
    """A column is looked up; only that column receives a gradient."""

    @staticmethod
    def forward(at: Scene) -> Said:
        x, U = at.op.operands
        symbol = at.telling.symbol(x)
        into, owner = at.structure.sum_of(at.op), at.owner(at.op)
        if not symbol:
            return Said.of(
                f"The symbols of all {x.data.size} texts are looked up",
                f"Each picks its own column of {at.name(U)}, which is what {at.plainly(U)} times a "
                "vector with a single 1 gives.",
            )
        share = f" This is its share of {at.name(into)}." if into is not None else ""
        return Said.of(
            f"What {symbol} brings to {owner}" if owner else f"{at.step} reads {symbol}",
            f"{symbol[0].upper()}{symbol[1:]} picks its own column of {at.plainly(U)}, which is "
            f"what {at.plainly(U)} times a vector with a single 1 gives.{share}",
        )

    @staticmethod
    def backward(at: ReturnScene) -> Said:
        x, U = at.op.operands
        symbol = at.telling.symbol(x)
        if not at.to_parameters:
            return Said.of(f"From {at.y} back to {at.name(U)}", "Only the columns used get a gradient.")
        if not symbol:
            return Said.of(
                at.adds_to(U),
                "Only the columns that were looked up get a gradient; all others get 0.",
                at.parameters(),
            )
        return Said.of(
            at.adds_to(U),
            f"Only the column of {symbol} was used, so only that column of d{at.plainly(U)} gets "
            f"d{at.plainly(at.op)}; all others get 0.",
            at.which_part(),
        )
