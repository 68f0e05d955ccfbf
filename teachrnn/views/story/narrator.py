"""Headings and sentences of the steps of a trace: of operations, and of gradients that meet."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from teachrnn.gradients import Gradients
from teachrnn.op import Op
from teachrnn.trace import Trace
from teachrnn.views.story.narration import in_nats
from teachrnn.views.story.said import Said
from teachrnn.views.story.scene import ReturnScene, Scene, Telling, number
from teachrnn.views.story.words import words_of
from teachrnn.views.story.words.meeting import meeting


class Narrator:
    """Gives each step of a trace a heading, and a sentence on what it means here.

    Parameters
    ----------
    trace : Trace
        The record.
    symbols : sequence of str, optional
        What the token numbers stand for.
    """

    def __init__(self, trace: Trace, symbols: Sequence[str] | None = None) -> None:
        self.telling = Telling(trace, symbols)

    def forward(self, op: Op) -> Said:
        """What an operation does."""
        with np.errstate(all="ignore"):
            return words_of(type(op)).forward(Scene(op, self.telling))

    def turn(self) -> Said:
        """What the loss of the whole sequence consists of, and how the backward pass begins."""
        trace = self.telling.trace
        loss, count = float(trace.total_loss), sum(v.data.size for v in trace.losses)
        heading = "The turning point: from here, back through time"
        if trace.T < 1:
            heading = "The turning point: from here, backwards"
        begin = "Each loss counts once, so the gradient with respect to each is 1."
        if len({v.index for v in trace.losses}) < len(trace.losses):
            begin = "The gradient with respect to each loss is how often it counts."
        if not in_nats(trace):
            return Said.of(
                heading,
                f"All values declared as losses add up to L = {number(loss)}. {begin}",
                "Now the same graph is walked backwards.",
            )
        one = all(isinstance(v, Op) and v.operands[0].shape[-1] == 1 for v in trace.losses)
        if one:
            return Said.of(
                heading,
                "There is only one symbol, so its probability is always 1: the loss is 0, and so is "
                "every gradient.",
            )
        losses = "the one loss is" if count == 1 else f"the {count} losses add up to"
        return Said.of(
            heading,
            f"{losses[0].upper()}{losses[1:]} L = {number(loss)} nats: {number(loss / count)} nats, or "
            f"{number(loss / count / np.log(2))} bits, per symbol. {begin}",
            "Now the same graph is walked backwards.",
        )

    def backward(self, op: Op, found: Gradients) -> Said:
        """Where the gradient that arrives at an operation goes, and what it adds to."""
        at = ReturnScene(op, self.telling, found)
        with np.errstate(all="ignore"):
            return meeting(at) or words_of(type(op)).backward(at)
