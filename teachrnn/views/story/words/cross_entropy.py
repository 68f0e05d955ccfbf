"""The wording of steps with CrossEntropy."""

from __future__ import annotations

from teachrnn.ops import CrossEntropy
from teachrnn.views.story.said import Said
from teachrnn.views.story.scene import ReturnScene, Scene, number
from teachrnn.views.story.words import surprise
from teachrnn.views.story.words.op_words import OpWords


class CrossEntropyWords(OpWords, of=CrossEntropy):
    """The surprise at what came."""

    @staticmethod
    def forward(at: Scene) -> Said:
        return surprise.forward(at)

    @staticmethod
    def backward(at: ReturnScene) -> Said:
        p, y = at.op.operands
        symbol = at.telling.symbol(y)
        if not symbol or at.op.data.ndim:
            return Said.of(
                f"The loss asks {at.name(p)} for more of what came",
                f"Only the probability of what came was used, so only there {at.d(p)} is not 0.",
            )
        there = at.part_of(p)[int(y.data)]
        return Said.of(
            f"The loss asks {at.name(p)} for more of {symbol}",
            f"Only the probability of {symbol} was used, so only there {at.d(p)} is not 0. It is −1 "
            f"over that probability: {number(there)}. The rarer it seemed, the stronger the demand.",
        )
