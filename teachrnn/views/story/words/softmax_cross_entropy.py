"""The wording of steps with SoftmaxCrossEntropy."""

from __future__ import annotations

from teachrnn.ops import SoftmaxCrossEntropy
from teachrnn.views.story.said import Said
from teachrnn.views.story.scene import ReturnScene, Scene, number
from teachrnn.views.story.words import surprise
from teachrnn.views.story.words.op_words import OpWords


class SoftmaxCrossEntropyWords(OpWords, of=SoftmaxCrossEntropy):
    """The surprise at what came; back, the probabilities minus the truth."""

    @staticmethod
    def forward(at: Scene) -> Said:
        return surprise.forward(at)

    @staticmethod
    def backward(at: ReturnScene) -> Said:
        o, y = at.op.operands
        symbol, p = at.telling.symbol(y), surprise.probability(at.op)
        heading = f"The loss tells {at.name(o)} what was wrong"
        minus = f"{at.d(o)} is what was expected minus what came"
        if not symbol or at.op.data.ndim or at.dy != 1:
            return Said.of(
                heading,
                f"{minus}, times {at.d(at.op)}: at what came, its probability minus 1, elsewhere the "
                "probability. It asks for a higher score of what came and lower ones of the others.",
            )
        if o.shape[-1] == 1:
            return Said.of(
                heading, f"{minus}: 1 − 1 = 0. Nothing was wrong, so nothing is to be learnt."
            )
        return Said.of(
            heading,
            f"{minus}: at {symbol}, {number(p)} − 1 = {number(at.part_of(o)[int(y.data)])}; elsewhere, "
            f"the probability itself. So {symbol} should get a higher score and all others lower ones.",
        )
