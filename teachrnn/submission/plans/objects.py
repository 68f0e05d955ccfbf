"""Classes: what the constructor takes, parameters as attributes, forward and backward as methods."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from itertools import islice

from teachrnn.submission.filling import fillings
from teachrnn.submission.functions import Function
from teachrnn.submission.plan import HandedIn, Plan, PlanFamily, Step
from teachrnn.submission.roles_of_functions import backwards, forwards, is_step, losses, wholes
from teachrnn.submission.surroundings import global_sizes, passed_names


class Objects(PlanFamily):
    """An object that is made with sizes or with arrays, and has ``forward`` and ``backward``."""

    name = "objects"
    order = 2

    @classmethod
    def plans(cls, program: HandedIn) -> Iterator[Plan]:
        kinds = list(program.classes.values())
        # What holds others is defined after them.
        for kind in reversed(kinds):
            yield from _plans_of(program, kind)


def _plans_of(program: HandedIn, kind: type) -> Iterator[Plan]:
    methods = {
        name: Function.of(method, owner=kind)
        for name, method in inspect.getmembers(kind, inspect.isfunction)
        if not name.startswith("__") or name == "__call__"
    }
    makes = list(islice(fillings(Function.of(kind)), 6))
    chosen = program.chosen
    long = {n: f for n, f in methods.items() if not is_step(n)}
    ahead = [methods[chosen["forward"]]] if chosen.get("forward") in methods else forwards(long)
    back = [methods[chosen["backward"]]] if chosen.get("backward") in methods else backwards(long)
    pairs: list[tuple[Function, Function | None]] = [
        (f, b) for b in back for f in ahead if f.name != b.name
    ]
    pairs += [(f, None) for f in wholes(long)]
    loss = losses(methods)
    for forward, backward in pairs:
        loss_steps = tuple(
            Step(f, fills, f.name)
            for f in loss
            if f.name != forward.name
            for fills in list(fillings(f, returned=forward.returned))[:4]
        )
        for fills in fillings(forward):
            if not any(fill.kind == "x" for fill in fills.values()):
                continue
            steps = []
            if backward is not None:
                ways = fillings(backward, returned=forward.returned, before=fills)
                steps = [Step(backward, way, backward.name) for way in ways]
            for make in makes:
                names = passed_names([make, fills, *(step.fills for step in steps)])
                together = [f for f in (forward, backward) if f is not None]
                namespace = getattr(forward.call, "__globals__", program.namespace)
                yield Plan(
                    said=f"{kind.__name__}.{forward.name}"
                    + (f" and {kind.__name__}.{backward.name}" if backward else ""),
                    forward=Step(forward, fills, forward.name),
                    backwards=tuple(steps),
                    losses=loss_steps,
                    make=Step(Function.of(kind), make),
                    namespace=namespace,
                    sizes=global_sizes(together, namespace),
                    names=names,
                    required=frozenset(
                        a
                        for one, f in ((make, Function.of(kind)), (fills, forward))
                        for a, fill in one.items()
                        if fill.kind == "slot" and f.arguments[a]
                    ),
                )
