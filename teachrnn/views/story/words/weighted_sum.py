"""The wording of matrix products, with or without a bias: of the past, the input, the readout."""

from __future__ import annotations

import numpy as np

from teachrnn.op import Value
from teachrnn.views.story.said import Said
from teachrnn.views.story.scene import ReturnScene, Scene, listed, norm, number


def forward(at: Scene) -> Said:
    """A matrix W and perhaps a bias b, applied to x."""
    x, W, *bias = at.op.operands
    weight, b = at.name(W), "".join(f" and {at.plainly(v)} is added" for v in bias)
    old = at.structure.old_state(x, at.op.t)
    if old is not None and at.structure.aim(at.op) is not None:
        return _of_the_past(at, old, b)
    if at.structure.aim(at.op) is not None:
        return _of_the_input(at, b)
    if at.structure.is_readout(at.op):
        return _readout(at)
    return Said.of(
        f"{weight} turns {at.name(x)} into {at.y}",
        f"Each of the {at.length} numbers of {at.y} is a weighted sum of those of {at.name(x)}{b}.",
    )


def _of_the_past(at: Scene, old: Value, b: str) -> Said:
    x, W, *bias = at.op.operands
    into, owner = at.name(at.structure.sum_of(at.op) or at.op), at.owner(at.op)
    if x is not old:
        zeros = f"{at.name(old)} is all zeros, so there was nothing to leave."
        return Said.of(
            f"What is left of {at.name(old)} goes to {owner or into}",
            zeros if not np.any(old.data) else "",
            f"A gate has decided what of {at.name(old)} may be used. {at.plainly(W)} mixes what is "
            f"left{b}: the past's share of {into}.",
        )
    heading = (
        f"What {at.name(old)} brings to {owner}" if owner else f"{at.name(old)} enters step {at.op.t}"
    )
    if not np.any(old.data):
        begin = "Nothing has been read yet: " if old.t == 0 else ""
        product = f"{at.plainly(W)} {at.name(old)}"
        rest = f"All that goes on to {owner or into} is the bias {at.plainly(bias[0])}." if bias else ""
        return Said.of(
            heading,
            f"{begin}{at.name(old)} is all zeros, and so is {product}. {rest}",
        )
    text = at.telling.had_read(old.t)
    made = f"{at.name(old)} is what the network has made of {text}. " if text else ""
    if old.role == "input":
        made = f"{at.name(old)} was given, to begin with. "
    if not owner:
        return Said.of(
            heading,
            f"{made}{at.plainly(W)} mixes {'its' if made else 'the'} {x.shape[-1]} numbers"
            f"{'' if made else f' of {at.name(old)}'}{b}: the past's share of {into}.",
            f"The same {at.plainly(W)} does so at every step.",
        )
    own = f"{_capital(owner)} has a {at.plainly(W)}" + "".join(f" and a {at.plainly(v)}" for v in bias)
    share = "how far it opens" if owner.startswith("gate") else "what it proposes"
    return Said.of(
        heading,
        f"{made}{own} of its own; {'they turn' if bias else 'it turns'} {at.name(old)} into the past's "
        f"share in {share}.",
    )


def _of_the_input(at: Scene, b: str) -> Said:
    x, W, *_ = at.op.operands
    into, owner = at.structure.sum_of(at.op), at.owner(at.op)
    assert into is not None
    if at.structure.is_state(x):
        return Said.of(
            f"What {at.name(x)} brings to {owner}"
            if owner
            else f"{at.name(x)} goes up to the next layer",
            f"The state of the layer below is the input here: {at.plainly(W)} mixes the "
            f"{x.shape[-1]} numbers of {at.name(x)}{b}. This is their share of {at.name(into)}.",
        )
    return Said.of(
        f"What {at.name(x)} brings to {owner}" if owner else f"{at.step} reads {at.name(x)}",
        f"{at.plainly(W)} mixes the {x.shape[-1]} numbers of {at.name(x)}{b}. "
        f"This is the input's share of {at.name(into)}.",
    )


def _readout(at: Scene) -> Said:
    x, W, *_ = at.op.operands
    if not at.structure.scores(at.op):
        return Said.of(
            f"{at.name(W)} reads {at.y} out of {at.name(x)}",
            f"Each of the {at.length} numbers of {at.y} is a weighted sum of those of {at.name(x)}. "
            "No later step depends on it.",
        )
    text, best = at.telling.had_read(at.op.t), at.telling.most_expected(at.op.data)
    having = f"Having read {text}, the network" if text else "The network"
    return Said.of(
        f"{at.name(x)} predicts the next symbol",
        f"{at.name(W)} turns {at.name(x)} into a score for each of the {at.length} symbols.",
        f"{having} expects {best}." if best else "The highest score is what it expects most.",
    )


def backward(at: ReturnScene) -> Said:
    """The way back through W, transposed, and the part that W gets."""
    x, W, *_ = at.op.operands
    part = next((p for p in at.parts if p.value is x), None)
    weight = f"{at.plainly(W)}, transposed,"
    old = at.structure.old_state(x, at.op.t)
    parameters = _of_the_parameters(at, x)
    if old is not None and part is not None:
        return _to_the_past(at, old, weight, parameters)
    into = at.structure.sum_of(at.op) or at.op
    if at.structure.is_state(x) and at.structure.is_readout(at.op):
        alone = part is not None and part.of == 1
        return Said.of(
            f"From {at.y} back to {at.name(x)}",
            f"{weight} carries {at.d(at.op)} back to {at.name(x)}.",
            f"Nothing was read after step {at.op.t}, so nothing comes from the future: this is all of "
            f"{at.d(x)}."
            if alone
            else "",
            parameters,
        )
    if at.structure.is_state(x):
        return Said.of(
            f"From {at.owner(at.op) or at.name(into)} down to {at.name(x)}",
            f"{weight} carries the gradient down to the layer below, which was the input here.",
            parameters,
        )
    return Said.of(
        f"From {at.name(into)} back to {at.name(x)}",
        f"{weight} carries the gradient back to {at.name(x)}"
        + (", which was given: there it ends." if x.role == "input" else "."),
        parameters,
    )


def _to_the_past(at: ReturnScene, old: Value, weight: str, parameters: str) -> Said:
    x, W, *_ = at.op.operands
    start = at.owner(at.op) or at.name(at.structure.sum_of(at.op) or at.op)
    if x is old and old.role == "input":
        return Said.of(
            at.adds_to(W),
            parameters,
            f"This way back ends here: {at.name(old)} was given, not computed.",
            f"As {at.name(old)} is all zeros, {at.plainly(W)} learns nothing from this step."
            if not np.any(x.data)
            else "",
        )
    if x is not old:
        return Said.of(
            f"From {start} towards {at.name(old)}",
            f"{weight} carries the gradient back to what the gate had left of {at.name(old)}.",
            parameters,
        )
    heading = f"From {start} back to {at.name(old)}, one step into the past"
    now = number(norm(at.part_of(old)))
    part = next(p for p in at.parts if p.value is old)
    state = at.structure.state_at(old, at.op.t)
    total = None if state is None else at.total(state)
    if state is None or total is None or at.owner(at.op):
        return Said.of(
            heading,
            f"{weight} carries its share of the gradient on to {at.name(old)}: part {part.count} of "
            f"{part.of}, norm {now}.",
            parameters,
        )
    return Said.of(
        heading,
        f"{weight} carries the gradient on to {at.name(old)}: its norm was {number(norm(total))} at "
        f"{at.name(state)} and is {now} now.",
        parameters,
    )


def _of_the_parameters(at: ReturnScene, x: Value) -> str:
    """What W and b get, and which part it is."""
    parts = at.to_parameters
    if at.op.data.ndim > 1 or not parts or parts[0].of == 1:
        return at.parameters()
    W = at.op.operands[1]
    came = f"d{at.plainly(at.op)}"
    gets = [
        f"d{at.plainly(p.value)} gets {f'{came} {at.plainly(x)}ᵀ' if p.value is W else came}"
        for p in parts
    ]
    first = parts[0]
    which = (
        f"the last of {first.of} parts"
        if first.count == first.of
        else f"part {first.count} of {first.of}"
    )
    return f"{listed(gets)}: {which}."


def _capital(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}"
