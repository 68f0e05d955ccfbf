"""Functions that could be the forward or the backward pass, too, beside those that were taken."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from teachrnn.submission.called import called_by
from teachrnn.submission.functions import Function
from teachrnn.submission.plan import HandedIn, Plan
from teachrnn.submission.roles_of_functions import is_step, is_update, looks_forward, losses

SAID = {"forward": "the forward pass", "backward": "the backward pass"}


def unused(program: HandedIn, plans: Sequence[Plan], taken: Plan, used: Sequence[Function]) -> list[str]:
    """Say which others were found, a sentence for each role.

    Parameters
    ----------
    program : HandedIn
        Its functions and classes.
    plans : sequence of Plan
        All ways to call it that were found.
    taken : Plan
        The one that was taken.
    used : sequence of Function
        The functions that are called for it.

    Returns
    -------
    list of str
        None where nothing else has a fitting name and fitting arguments.
    """
    kind = taken.make.function.call if taken.make is not None else None
    reached = {id(call) for function in used for call in _reached(program, function.call, kind)}
    if kind is not None:
        reached |= {id(call) for call in _reached(program, kind, kind)} - {
            id(call) for call in vars(kind).values()
        }
    found: dict[str, dict[str, None]] = {"forward": {}, "backward": {}, "class": {}}
    for plan in plans:
        if plan.steps and not taken.steps:
            continue
        for role, function in _roles(plan):
            owner = plan.make.function.call if plan.make is not None else None
            if id(function.call) in reached or id(owner) in reached or is_update(function.name):
                continue
            goes_on = {id(call) for call in _reached(program, function.call, owner)}
            if any(id(other.call) in goes_on for other in used):  # it calls what was taken
                continue
            if owner is not None and owner is not kind:
                found["class"].setdefault(owner.__name__)
            else:
                found[role].setdefault(function.name)
    return [
        _sentence(role, list(names))
        for role, names in found.items()
        if names and role not in program.chosen
    ]


def _reached(program: HandedIn, call: Any, kind: Any) -> Iterator[Any]:
    return (one for one, _ in called_by(call, program, kind=kind))


def _roles(plan: Plan) -> Iterator[tuple[str, Function]]:
    """The functions of a plan by their roles; what does both is a backward pass, a loss is neither."""
    ahead = plan.forward.function
    if not plan.backwards:
        yield "backward", ahead
        return
    if looks_forward(ahead.name) and not is_step(ahead.name) and not losses({ahead.name: ahead}):
        yield "forward", ahead
    yield from (("backward", step.function) for step in plan.backwards[:1])


def _sentence(role: str, names: Sequence[str]) -> str:
    listed = " and ".join(filter(None, [", ".join(f"`{n}`" for n in names[:-1]), f"`{names[-1]}`"]))
    found = f"Found, too, and not compared: {listed}."
    if role == "class":
        return f"{found} A class is compared if it is handed in by itself."
    takes = "it" if len(names) == 1 else "one of them"
    return f"{found} {role}= takes {takes} as {SAID[role]} instead."
