"""The wording of a loss that is the surprise at a symbol."""

from __future__ import annotations

import numpy as np

from teachrnn.op import Op
from teachrnn.views.story.said import Said
from teachrnn.views.story.scene import Scene, mean, number


def probability(loss: Op) -> float:
    """The probability that what came had."""
    with np.errstate(all="ignore"):
        return float(np.exp(-loss.data)) if loss.data.ndim == 0 else float("nan")


def forward(at: Scene) -> Said:
    """How surprised the network is at what comes."""
    scores, y = at.op.operands
    symbol, size = at.telling.symbol(y), scores.shape[-1]
    if not symbol or at.op.data.ndim:
        return Said.of(
            "The loss is the surprise at what comes",
            f"The surprise at each of the {at.op.data.size} texts is minus the logarithm of the "
            f"probability that what came had: {mean(at.op.data)} nats on average.",
        )
    heading = f"The loss is the surprise at {symbol}"
    if size == 1:
        return Said.of(
            heading, "There is only one symbol, so its probability is 1 and the surprise is 0."
        )
    text = at.telling.had_read(at.op.t)
    having = f"Having read {text}, the network" if text else "The network"
    return Said.of(
        heading,
        f"{having} gave {symbol} the probability {number(probability(at.op))}. The "
        f"surprise is minus its logarithm: {number(at.op.data)} nats.",
        f"A blind guess among {size} would cost {number(np.log(size))}.",
    )
