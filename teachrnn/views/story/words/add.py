"""The wording of steps with Add: past and present meet, a state is added to, a bias comes in."""

from __future__ import annotations

import numpy as np

from teachrnn.op import Op, Value
from teachrnn.ops import Add
from teachrnn.views.story.said import Said
from teachrnn.views.story.scene import ReturnScene, Scene, norm, number
from teachrnn.views.story.structure import squashes
from teachrnn.views.story.words.op_words import OpWords, words_of


class AddWords(OpWords, of=Add):
    """Both summands count in full; both get the whole gradient."""

    @staticmethod
    def forward(at: Scene) -> Said:
        u, v = at.op.operands
        if _kept(at) is not None:
            return _state_is_added_to(at)
        biases = [value for value in (u, v) if value.role == "parameter"]
        if biases:
            other = v if biases[0] is u else u
            return Said.of(
                f"The bias {at.name(biases[0])} is added",
                f"{at.plainly(biases[0])} has one number for each unit, the same at every step. Added "
                f"to {at.plainly(other)}, it gives {at.plainly(at.op)}.",
            )
        sources = [_source(at, value) for value in (u, v)]
        if at.structure.aim(at.op) is None or not all(sources):
            return Said.of(
                f"{at.name(u)} and {at.name(v)} are added",
                f"Entry by entry; the sum is {at.y}.",
                _larger(at, u, v),
            )
        return Said.of(
            f"The shares of {sources[0]} and {sources[1]} add up to {at.y}",
            f"{at.plainly(at.op)} = {at.plainly(u)} + {at.plainly(v)}, unit by unit; {_squashing(at)} "
            f"comes next. {_weightier(at, u, v)}",
        )

    @staticmethod
    def backward(at: ReturnScene) -> Said:
        u, v = at.op.operands
        both = f"{at.plainly(u)} and {at.plainly(v)}"
        d = f"d{at.plainly(at.op)}"
        if _kept(at) is not None:
            return Said.of(
                f"The sum {at.y} passes its gradient on",
                f"What was kept and what was written both get {d} as it is.",
                _only_the_gate(at),
            )
        if any(p.value.role == "parameter" for p in at.parts):
            return Said.of(
                at.adds_to(at.to_parameters[0].value),
                f"Both summands get {d} as it is: a bias counts once in every unit.",
                at.parameters(),
            )
        sources = [_source(at, value) for value in (u, v)]
        ends = [f"the column of {s}" if s == _symbol(at) else s for s in sources]
        return Said.of(
            f"The sum {at.y} passes its gradient on",
            f"{at.plainly(at.op)} grows as {both} grow, so both get {d} as it is.",
            f"One copy goes on to {ends[0]}, the other to {ends[1]}." if all(ends) else "",
        )


def _kept(at: Scene) -> Value | None:
    """The summand that was kept of the same state one step before."""
    if not at.structure.is_state(at.op):
        return None
    for value in at.op.operands:
        for factor in value.operands if isinstance(value, Op) else ():
            use = at.structure.gate_use(factor)
            if use is not None and use.kind == "keep" and use.result is value:
                return value
    return None


def _state_is_added_to(at: Scene) -> Said:
    kept = _kept(at)
    assert kept is not None
    written = next(v for v in at.op.operands if v is not kept)
    old = at.structure.state_at(at.op, None if at.op.t is None else at.op.t - 1)
    before = "what it was" if old is None else at.name(old)
    sizes = f"What is kept has norm {number(norm(kept.data))}, what is written "
    sizes += f"{number(norm(written.data))}."
    if not np.any(kept.data):
        sizes = "There was nothing to keep yet, so it is what is written."
    return Said.of(
        f"{at.y} is what is kept plus what is written",
        f"The state is not overwritten but added to, so the way from {before} to {at.y} stays open.",
        sizes,
    )


def _source(at: Scene, value: Value) -> str:
    """From where a summand comes: the state before, the symbol, the layer below."""
    old = _past(at, value)
    if old is not None:
        return at.name(old)
    for operand in value.operands if isinstance(value, Op) else ():
        if at.telling.symbol(operand):
            return at.telling.symbol(operand)
        if at.structure.is_state(operand) or operand.role == "input":
            return at.name(operand)
    inner = [_source(at, v) for v in value.operands] if isinstance(value, Op) else []
    return next((found for found in inner if found), "")


def _symbol(at: Scene) -> str:
    """The symbol that this time step reads; empty if it reads none."""
    return at.telling.symbol(None if at.op.t is None else at.structure.read.get(at.op.t))


def _past(at: Scene, value: Value) -> Value | None:
    """The earlier state of which a summand is the share; not that which only opened a gate."""
    for operand in value.operands if isinstance(value, Op) and not squashes(type(value)) else ():
        old = at.structure.old_state(operand, at.op.t)
        found = _past(at, operand) if old is None else old
        if found is not None:
            return found
    return None


def _squashing(at: Scene) -> str:
    squashed = at.structure.aim(at.op)
    assert squashed is not None
    return words_of(type(squashed)).called


def _weightier(at: Scene, u: Value, v: Value) -> str:
    """Which of past and present has the larger norm."""
    old = [_past(at, value) for value in (u, v)]
    nothing = next((w for w in old if w is not None and not np.any(w.data)), None)
    if nothing is not None:
        return f"{at.name(nothing)} is all zeros, so nothing of the past is in it yet."
    sizes = norm(u.data), norm(v.data)
    first, second = (v, u) if sizes[1] > sizes[0] else (u, v)
    who = "The past" if _past(at, first) is not None else "What comes in"
    texts = number(max(sizes)), number(min(sizes))
    if not np.isfinite(sizes).all() or texts[0] == texts[1]:
        return f"Their norms are {number(sizes[0])} and {number(sizes[1])}."
    return (
        f"{who} counts more here: {at.plainly(first)} has norm {texts[0]}, {at.plainly(second)} "
        f"{texts[1]}."
    )


def _only_the_gate(at: Scene) -> str:
    """What will happen to the gradient on its way to the state before."""
    kept = _kept(at)
    assert isinstance(kept, Op)
    uses = [at.structure.gate_use(factor) for factor in kept.operands]
    use = next(use for use in uses if use is not None)
    return f"On the way to {at.name(use.other)} only gate {at.name(use.gate)} will scale it."


def _larger(at: Scene, u: Value, v: Value) -> str:
    """Which of two summands is larger; empty if their norms are written alike."""
    first, second = (v, u) if norm(v.data) > norm(u.data) else (u, v)
    texts = number(norm(first.data)), number(norm(second.data))
    if texts[0] == texts[1] or not np.isfinite([norm(u.data), norm(v.data)]).all():
        return ""
    return f"{at.name(first)} has the larger norm here: {texts[0]} against {texts[1]}."
