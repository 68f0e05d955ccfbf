"""The wording of steps with Interpolate: a gate mixes the old with the new."""

from __future__ import annotations

import numpy as np

from teachrnn.ops import Interpolate
from teachrnn.views.story.said import Said
from teachrnn.views.story.scene import ReturnScene, Scene, mean, norm, number
from teachrnn.views.story.words.op_words import OpWords


class InterpolateWords(OpWords, of=Interpolate):
    """Where the gate is 1 the old stays, and so does its gradient."""

    @staticmethod
    def forward(at: Scene) -> Said:
        z, new, old = at.op.operands
        gate, before, after = at.name(z), at.name(old), at.name(new)
        zeros = "" if np.any(old.data) else f" {before} is all zeros here, so nothing old is in the mix."
        return Said.of(
            f"Gate {gate} mixes old and new into {at.y}",
            f"Where {gate} is 1, the old {before} stays as it is; where it is 0, {after} takes its "
            f"place. On average {gate} is {mean(z.data)}.{zeros}",
            "" if zeros else f"No matrix lies on the way from {before} to {at.y}.",
        )

    @staticmethod
    def backward(at: ReturnScene) -> Said:
        z, new, old = at.op.operands
        gate, before, after, d = at.name(z), at.name(old), at.name(new), at.d(at.op)
        ends = f" ({before} was given: it ends there)" if old.role == "input" else ""
        return Said.of(
            f"From {at.y} three ways back: to {before}, {after} and {gate}",
            f"{before} gets {d} times {gate}, on average {mean(z.data)}, with no matrix between{ends}; "
            f"{after} gets the rest. The gate gets {d} times {before} − {after}.",
            f"At {before} a norm of {number(norm(at.part_of(old)))} is left of {number(norm(at.dy))}."
            if not ends
            else "",
        )
