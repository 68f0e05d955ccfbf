"""Functions of a module: forward and backward, or one for both; parameters passed, or globals."""

from __future__ import annotations

import re
from collections.abc import Iterator

from teachrnn.submission import lexicon
from teachrnn.submission.filling import fillings, is_cache
from teachrnn.submission.functions import Function
from teachrnn.submission.plan import HandedIn, Plan, PlanFamily, Step
from teachrnn.submission.roles_of_functions import backwards, forwards, is_step, losses, wholes
from teachrnn.submission.surroundings import global_parameters, global_sizes, passed_names


class Functions(PlanFamily):
    """``forward(x, ...)`` and ``backward(...)``; ``lossFun(inputs, targets, hprev)``; ``bptt(x, y)``."""

    name = "functions"
    order = 1

    @classmethod
    def plans(cls, program: HandedIn) -> Iterator[Plan]:
        functions = {
            n: f for n, f in program.functions.items() if not is_step(n) or "train" in n.lower()
        }
        pairs = list(_pairs(program, functions))
        for forward, backward in pairs:
            yield from plans_of(program, forward, backward)
        both = [] if "backward" in program.chosen else wholes(functions)
        if not pairs and not both:  # they are told what is missing, by the function's name
            takes_both = [f for f in forwards(functions) if {"x", "y"} <= roles_of(f)]
            both = [f for f in takes_both if "loss" in f.name.lower()]
        for whole in both:
            yield from plans_of(program, whole, None)


def roles_of(function: Function) -> set[str]:
    """The possible roles of its arguments."""
    return {role for name in function.arguments for role in lexicon.roles(name)}


def _pairs(
    program: HandedIn, functions: dict[str, Function]
) -> Iterator[tuple[Function, Function | None]]:
    """Pairs of functions, those with matching names first."""
    chosen = {role: [functions[n]] for role, n in program.chosen.items() if n in functions}
    back = chosen.get("backward") or backwards(functions)
    ahead = chosen.get("forward") or chosen.get("loss") or forwards(functions)
    couples = [(f, b) for b in back for f in ahead if f.name != b.name]
    yield from sorted(couples, key=lambda c: (_unexplained(*c), _stem(c[0].name) != _stem(c[1].name)))
    for alone in ("forward", "backward"):
        if len(chosen) == 1 and alone in chosen:
            yield chosen[alone][0], None


def _unexplained(forward: Function, backward: Function) -> int:
    """How many arguments of a backward pass come from neither the forward pass nor its arguments."""
    known = {*forward.returned, *forward.arguments}
    return sum(
        must and name not in known and not lexicon.roles(name) and not is_cache(name)
        for name, must in backward.arguments.items()
    )


def _stem(name: str) -> str:
    return re.sub(
        r"_?(forward|backward|fwd|bwd|propagation|propagate|prop|pass|backprop|bptt|fprop|bprop|back|loss|gradients?|grad)_?",
        "",
        name.lower(),
    )


def plans_of(program: HandedIn, forward: Function, backward: Function | None) -> Iterator[Plan]:
    """All readings of the arguments of a pair, or of one function that does both."""
    together = [f for f in (forward, backward) if f is not None]
    loss = tuple(
        Step(f, fills)
        for f in losses(program.functions)
        if f.name != forward.name
        for fills in list(fillings(f, returned=forward.returned))[:6]
    )
    for fills in fillings(forward):
        if not any(fill.kind == "x" for fill in fills.values()):
            continue
        back = []
        if backward is not None:
            ways = fillings(backward, returned=forward.returned, before=fills)
            back = [Step(backward, way) for way in ways]
        names = passed_names([fills, *(step.fills for step in back)])
        passed = any(f.kind in ("slot", "container") for f in fills.values())
        namespace = (
            forward.call.__globals__ if hasattr(forward.call, "__globals__") else program.namespace
        )
        yield Plan(
            said=f"{forward.name} and {backward.name}" if backward else forward.name,
            forward=Step(forward, fills),
            backwards=tuple(back),
            losses=loss,
            namespace=namespace,
            globals=() if passed else global_parameters(together, namespace),
            sizes=global_sizes(together, namespace),
            names=names,
            required=frozenset(a for a, f in fills.items() if f.kind == "slot" and forward.arguments[a]),
        )
