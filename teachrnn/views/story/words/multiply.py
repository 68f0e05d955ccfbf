"""The wording of steps with Multiply: a gate keeps, writes, shows or resets."""

from __future__ import annotations

import numpy as np

from teachrnn.op import Op, Value
from teachrnn.ops import Multiply
from teachrnn.views.story.said import Said
from teachrnn.views.story.scene import ReturnScene, Scene, mean, norm, number
from teachrnn.views.story.structure import GateUse
from teachrnn.views.story.words.op_words import OpWords, words_of
from teachrnn.views.story.words.squashing import decision, multiplied


class MultiplyWords(OpWords, of=Multiply):
    """Entry by entry; each factor scales the other's gradient."""

    @staticmethod
    def forward(at: Scene) -> Said:
        use = _use(at)
        if use is None:
            u, v = at.op.operands
            if u is v:
                return Said.of(f"{at.name(u)} is squared", f"Entry by entry; the result is {at.y}.")
            return Said.of(
                f"{at.name(u)} and {at.name(v)} are multiplied",
                f"Entry by entry; the product is {at.y}. Each factor scales the other, and on the way "
                "back its gradient.",
            )
        other, gate = _factor(at, use.other), at.name(use.gate)
        average = f"on average {gate} is {mean(use.gate.data)}"
        begin = f"{_capital(other)} is multiplied by {gate}, entry by entry"
        heading = f"Gate {gate} decides {decision(at, use.gate)}"
        if not np.any(use.other.data):
            return Said.of(
                heading, f"{_capital(other)} is all zeros, so there is nothing to {use.kind} yet."
            )
        match use.kind:
            case "keep":
                way = f"No matrix and no tanh lies on this way from {other} into the new state."
                said = [f"{begin}: 1 keeps, 0 forgets; {average}.", way]
            case "write":
                said = [f"{begin}; {average}.", "The product is added to what was kept."]
            case "show":
                said = [
                    f"{begin}; {average}.",
                    f"{at.y} is all that the rest of the network sees of it.",
                ]
            case "reset":
                without = "Where it is near 0, the candidate is made as if the past had been forgotten."
                said = [f"{begin}; {average}.", without]
            case _:
                said = [f"{begin}; {average}."]
        return Said.of(heading, *said)

    @staticmethod
    def backward(at: ReturnScene) -> Said:
        u, v = at.op.operands
        use = _use(at)
        d = at.d(at.op) if at.structure.is_state(at.op) or use is None else "what arrives"
        if use is None:
            return Said.of(
                f"From {at.y} back to both factors",
                f"Each factor scales the gradient of the other: {at.name(u)} gets {d} times "
                f"{at.name(v)}, {at.name(v)} gets {d} times {at.name(u)}.",
            )
        gate, other = at.name(use.gate), _factor(at, use.other)
        average = f"on average {mean(use.gate.data)}"
        to_gate = f"Gate {gate} gets it times {other}."
        if use.kind == "keep":
            if use.other.role == "input":
                return Said.of(
                    f"The way back through {other[0]} ends at {other}",
                    f"{_capital(other)} was given, not computed: its gradient ends here. "
                    f"Gate {gate} gets {d} times {other}"
                    + (", which is all zeros." if not np.any(use.other.data) else "."),
                )
            return Said.of(
                f"From {_state(at)} back to {other}, through gate {gate} alone",
                f"The gradient is multiplied by {gate}, {average}, and is at {other}: no matrix, no "
                f"tanh. Its norm goes from {number(norm(at.dy))} to "
                f"{number(norm(at.part_of(use.other)))}.",
                to_gate,
            )
        heading = {
            "write": f"Back through gate {gate}, to {multiplied(at, use.other)}",
            "show": f"Back through gate {gate}, towards {multiplied(at, use.other)}",
            "reset": f"Back through gate {gate}, towards {_past(at, use.other)}",
        }.get(use.kind, f"Back through gate {gate}")
        return Said.of(
            heading,
            f"Each factor scales the gradient of the other. {_capital(other)} gets {d} times {gate}, "
            f"{average}; gate {gate} gets it times {other.removeprefix('candidate ')}.",
        )


def _use(at: Scene) -> GateUse | None:
    """What the gate among the factors is for."""
    uses = [at.structure.gate_use(v) for v in at.op.operands]
    return next((use for use in uses if use is not None and use.result is at.op), None)


def _factor(at: Scene, other: Value) -> str:
    """What a gate multiplies, in a sentence: a squashed state by what it is."""
    if isinstance(other, Op) and len(other.operands) == 1 and at.structure.is_shown(other):
        return f"{words_of(type(other)).called} of {at.name(other.operands[0])}"
    return multiplied(at, other)


def _state(at: Scene) -> str:
    """The state that the product becomes a part of."""
    users = at.structure.users[at.op.index]
    return at.name(next((user for user in users if at.structure.is_state(user)), at.op))


def _past(at: Scene, other: Value) -> str:
    """The earlier state that a gate resets, itself or in a product."""
    found = [other, *(other.operands if isinstance(other, Op) else ())]
    old = [at.structure.old_state(v, at.op.t) for v in found]
    return next((at.name(v) for v in old if v is not None), at.name(other))


def _capital(text: str) -> str:
    """A sentence begins with a capital, unless it begins with a name."""
    return text[0].upper() + text[1:] if text.startswith(("candidate", "tanh", "the ")) else text
