"""What was inferred, in sentences for the learner."""

from __future__ import annotations

from teachrnn.submission.attempts import LOSS_TELLS, Recognised, is_flipped, stacked_orders
from teachrnn.submission.findings import NEAR
from teachrnn.submission.form import Form
from teachrnn.submission.gate_names import order_of_gates
from teachrnn.submission.gradients import FoundGradients
from teachrnn.submission.plan import Step
from teachrnn.submission.recognition import right_without
from teachrnn.submission.run import Arrangement

AS_NEAR = 1.5
"""Two orders of gates whose distances from our numbers are within this factor are not told apart."""


def facts_of(
    recognised: Recognised, arrangement: Arrangement, backward: Step | None, gradients: FoundGradients
) -> dict[str, str]:
    """By what it is about, a sentence each."""
    filled = {fill.kind: name for name, fill in recognised.plan.forward.fills.items()}
    facts = {
        "functions": f"Called: {recognised.plan.said}.",
        "cell": f"The cell is {arrangement.cell}.",
        "parameters": "; ".join(f"`{n}` is {_said(form)}" for n, form in arrangement.forms.items())
        + ".",
    }
    if "x" in filled:
        facts["inputs"] = f"`{filled['x']}` holds the inputs: {arrangement.x.said}."
    if "y" in filled:
        facts["targets"] = f"`{filled['y']}` holds the targets: {arrangement.y.said}."
    for role in ("h", "s"):
        if role in filled:
            shape = ", ".join({"D": "m"}.get(a, a) for a in arrangement.state)
            comma = "," if len(arrangement.state) == 1 else ""
            facts[role] = f"`{filled[role]}` is the initial state {role}[0]: ({shape}{comma})."
    zero = sorted(recognised.needs.zero)
    if zero:
        facts["without"] = f"It has no {', '.join(zero)}: zero in every instance."
    if not recognised.needs.batches:
        facts["batch"] = "It takes one sequence at a time."
    if recognised.loss_name:
        facts["loss"] = (
            "The loss is the sum over all steps."
            if recognised.loss_name == "sum"
            else f"The loss is a {recognised.loss_name}; gradients are scaled to those of the sum."
        )
    if arrangement.upstream is not None:
        at, form = arrangement.upstream
        facts["upstream"] = (
            f"It is a layer: it is given the gradient of {at}, in the layout {form.axes}."
        )
    if gradients.updated:
        facts["update"] = "The gradients are read from the update, divided by the learning rate."
    elif gradients.names:
        facts["gradients"] = (
            ", ".join(f"`{theirs}` is the gradient of `{n}`" for n, theirs in gradients.names.items())
            + "."
        )
    for ours, theirs in gradients.states.items():
        facts[f"gradient {ours}"] = f"`{theirs}` is the gradient of the initial state {ours}."
    if gradients.others:
        facts["others"] = (
            f"Returned, and not compared: {', '.join(f'`{name}`' for name in gradients.others)}."
        )
    for name, found in recognised.found.items():
        if recognised.forward_right and found.error < 1e-3:
            facts[f"value {name}"] = f"`{found.name}` is {name}."
        elif name in recognised.wrong_readout:
            facts[f"value {name}"] = f"`{found.name}` should be {name}, and is not."
    if not recognised.forward_right:
        facts["forward"] = (
            "The forward pass does not give the numbers of this cell in any layout that was tried: "
            "it is wrong, or follows an unknown convention." + _how_far(recognised)
        )
        if len(recognised.orders) > 1:
            facts["gates"] = _which_gate(recognised, arrangement)
    return facts


def _how_far(recognised: Recognised) -> str:
    """Which parts of a wrong forward pass are right."""
    right = [name for name, found in recognised.found.items() if found.error < NEAR]
    text = f" Right are {' and '.join(right)}." if right else ""
    first = recognised.states_right
    if first is not None and "h" not in right:
        found = recognised.found["h"]
        at = "already h[1] is wrong" if first == 0 else f"h[{first}] is right, h[{first + 1}] is not"
        text += f" `{found.name}` should be h: {at}; it is off by up to {found.error:.2g} of its size."
    zero = right_without(recognised)
    return text + (f" It is right where {zero} is zero: look at how {zero} is used." if zero else "")


def _which_gate(recognised: Recognised, arrangement: Arrangement) -> str:
    """Where the order of what is joined comes from, and how sure it is: a wrong pass cannot prove it."""
    code = recognised.plan.forward.function
    gates = order_of_gates(arrangement.cell, code.parts)
    stands = stacked_orders(arrangement)
    sense = code.sense_of_z if arrangement.cell.startswith("gru") else None
    said = sense.said if sense is not None and sense.keeps != is_flipped(arrangement) else ""
    if gates is not None and gates in stands:
        named = f"Which gate is which is taken from the names in the code: {', '.join(gates)}."
        text = f"{named} {said}".rstrip()
    elif said and not stands:
        text = said
    else:
        joined = any(len(row) > 1 for form in arrangement.forms.values() for row in form.blocks)
        what = (
            "Which gate is which" if stands else "The order of x and h" if joined else "The sense of z"
        )
        text = f"{what} is a guess: what comes nearest to our numbers."
    nearest, next_one = recognised.orders[:2]
    if nearest >= LOSS_TELLS:
        return text + " The numbers do not confirm it."
    if next_one > AS_NEAR * nearest:
        return text + (
            f" The numbers support it: they are {nearest:.0%} of their size away from ours, and"
            f" {next_one:.0%} or more in every other order."
        )
    return text + " Another order comes as near, so it is not certain; if you know it, say layout=."


def _said(form: Form) -> str:
    rows = [
        " | ".join(p.parameter if p.factor >= 0 else f"-{p.parameter}" for p in row)
        for row in form.blocks
    ]
    text = "[" + "; ".join(rows) + "]" if len(rows) > 1 or len(form.blocks[0]) > 1 else rows[0]
    bias = text.lstrip("[-")[:1] in ("b", "c")
    return text + (" transposed" if form.transposed and not bias else "")
