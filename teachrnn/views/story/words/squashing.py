"""The wording of steps that squash every number by itself, depending on the role of the result."""

from __future__ import annotations

from teachrnn.op import Op, Value
from teachrnn.views.story.scene import Scene

DECIDES = {
    "keep": "what of {other} is kept",
    "write": "how much of {other} is written",
    "show": "what of {other} is shown",
    "reset": "what of {other} is used",
    "mix": "how much of {other} stays",
    "pass": "how much of {other} passes",
}


def decision(at: Scene, gate: Value) -> str:
    """What a gate decides: "what of s₂ is kept"."""
    use = at.structure.gate_use(gate)
    assert use is not None
    return DECIDES[use.kind].format(other=multiplied(at, use.other))


def multiplied(at: Scene, other: Value) -> str:
    """What a gate multiplies: a state by its own name where it is a squashed copy of it."""
    if isinstance(other, Op) and at.structure.part(other) == "candidate":
        return f"candidate {at.name(other)}"
    if isinstance(other, Op) and len(other.operands) == 1 and at.structure.is_shown(other):
        return at.name(other.operands[0])
    old = at.structure.old_state(other, at.op.t)
    past = [v for v in other.operands if v.t is not None] if isinstance(other, Op) else []
    if old is None and len(past) == 1:
        return f"{at.name(past[0])}'s share"
    return at.name(other)


def heading(at: Scene, word: str) -> str:
    """What a squashing function does, without giving its result away."""
    (a,) = at.op.operands
    match at.structure.part(at.op):
        case "gate":
            return f"How far gate {at.y} opens"
        case "candidate":
            return f"{word} makes the candidate {at.y}"
    if at.structure.is_state(a):
        return f"{word} squashes {at.name(a)} before it is shown"
    return f"{word} squashes {at.name(a)} into {at.y}"


def meaning(at: Scene) -> str:
    """What its result is for."""
    (a,) = at.op.operands
    match at.structure.part(at.op):
        case "gate":
            return f"Gate {at.y} will decide {decision(at, at.op)}."
        case "candidate":
            gate = at.structure.gate_of(at.op)
            who = f"Gate {at.name(gate)}" if gate is not None else "A gate"
            return (
                f"It is proposed for the new state; {who[0].lower()}{who[1:]} decides how much is taken."
            )
        case "state":
            text = at.telling.had_read(at.op.t)
            return f"{at.y} is the new state: all that is kept of {text or 'what was read'}."
    if at.structure.is_state(a):
        gate = at.structure.gate_of(at.op)
        then = f" Gate {at.name(gate)} will decide what of it is shown." if gate is not None else ""
        return f"Only this copy is squashed: {at.name(a)} itself stays as it is.{then}"
    return ""
