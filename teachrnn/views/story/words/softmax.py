"""The wording of steps with Softmax."""

from __future__ import annotations

from teachrnn.ops import Softmax
from teachrnn.views.story.said import Said
from teachrnn.views.story.scene import ReturnScene, Scene
from teachrnn.views.story.words.op_words import OpWords


class SoftmaxWords(OpWords, of=Softmax):
    """What one symbol gains the others lose."""

    @staticmethod
    def forward(at: Scene) -> Said:
        (o,) = at.op.operands
        scored = any(at.structure.expects(user) for user in at.structure.users[at.op.index])
        text, best = at.telling.had_read(at.op.t), at.telling.most_expected(o.data)
        having = f"Having read {text}, the network" if text else "The network"
        return Said.of(
            f"{at.name(o)} becomes probabilities, {at.y}",
            f"e is raised to each score, and the results are divided by their sum: {at.length} positive "
            "numbers that add up to 1.",
            f"{having} expects {best}." if best and scored else "",
        )

    @staticmethod
    def backward(at: ReturnScene) -> Said:
        (o,) = at.op.operands
        y, d = at.plainly(at.op), at.d(at.op)
        return Said.of(
            f"From the probabilities {at.y} back to {at.name(o)}",
            f"They sum to 1, so what one gains the others lose: from {d} its average, weighted by {y}, "
            f"is subtracted, and the rest is multiplied by {y}.",
        )
