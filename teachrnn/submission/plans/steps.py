"""Functions of one time step, chained by us: ``rnn_step_forward`` and ``rnn_step_backward``."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from itertools import islice
from typing import Any

import numpy as np

from teachrnn.submission import lexicon
from teachrnn.submission.filling import Fill, fillings
from teachrnn.submission.functions import Function
from teachrnn.submission.plan import HandedIn, Plan, PlanFamily, Step
from teachrnn.submission.roles_of_functions import is_step
from teachrnn.submission.run import by_name
from teachrnn.submission.surroundings import global_parameters, global_sizes, passed_names

_BACK = re.compile(r"back|bptt|bprop|grad|bwd", re.I)


class StepFunctions(PlanFamily):
    """Forward and backward of one step; the loop over time is ours."""

    name = "steps"
    order = 3

    @classmethod
    def plans(cls, program: HandedIn) -> Iterator[Plan]:
        chosen = program.chosen
        steps = {n: f for n, f in program.functions.items() if is_step(n) or n in chosen.values()}
        ahead = [f for n, f in steps.items() if not _BACK.search(n) and chosen.get("forward", n) == n]
        back = [f for n, f in steps.items() if _BACK.search(n) and chosen.get("backward", n) == n]
        for backward in back:
            stem = re.sub("backward|bwd|back", "", backward.name)
            for forward in sorted(ahead, key=lambda f: re.sub("forward|fwd", "", f.name) != stem):
                for forward_step, back_steps in chained(forward, backward):
                    fills = forward_step.fills
                    both = [forward, backward]
                    passed = any(f.kind in ("slot", "container") for f in fills.values())
                    yield Plan(
                        said=f"{forward.name} and {backward.name}, once for every t",
                        forward=forward_step,
                        backwards=back_steps,
                        namespace=program.namespace,
                        globals=() if passed else global_parameters(both, program.namespace),
                        sizes=global_sizes(both, program.namespace),
                        names=passed_names([fills, *(step.fills for step in back_steps)]),
                        required=frozenset(
                            a for a, f in fills.items() if f.kind == "slot" and forward.arguments[a]
                        ),
                        steps=True,
                    )


class StepMethods(PlanFamily):
    """A cell as a class: its methods do one step, its attributes hold the parameters."""

    name = "step methods"
    order = 4

    @classmethod
    def plans(cls, program: HandedIn) -> Iterator[Plan]:
        for kind in program.classes.values():
            methods = {
                name: Function.of(method, owner=kind)
                for name, method in inspect.getmembers(kind, inspect.isfunction)
                if not name.startswith("__") or name == "__call__"
            }
            for backward in (f for n, f in methods.items() if _BACK.search(n)):
                for forward in (f for n, f in methods.items() if not _BACK.search(n)):
                    for forward_step, back_steps in chained(forward, backward, methods=True):
                        for make in islice(fillings(Function.of(kind)), 6):
                            fills = [make, forward_step.fills, *(s.fills for s in back_steps)]
                            yield Plan(
                                said=f"{kind.__name__}.{forward.name} and "
                                f"{kind.__name__}.{backward.name}, once for every t",
                                forward=forward_step,
                                backwards=back_steps,
                                make=Step(Function.of(kind), make),
                                namespace=getattr(forward.call, "__globals__", {}),
                                names=passed_names(fills),
                                steps=True,
                            )


def chained(
    forward: Function, backward: Function, *, methods: bool = False
) -> Iterator[tuple[Step, tuple[Step, ...]]]:
    """Both functions over a sequence, in every sensible reading of their arguments."""
    for fills in fillings(forward):
        kinds = {fill.kind for fill in fills.values()}
        if "x" not in kinds or not kinds & {"h", "hs"}:
            continue
        back = []
        for back_fills in fillings(backward, returned=[*forward.returned, "cache"]):
            if any(fill.kind == "upstream" for fill in back_fills.values()):
                through = partial(chained_backward, step=backward, fills=back_fills)
                back.append(Step(backward, back_fills, backward.name if methods else "", through))
        if back:
            through = partial(chained_forward, step=forward, fills=fills)
            yield Step(forward, fills, forward.name if methods else "", through), tuple(back)


def chained_forward(
    one: Callable[..., Any], *, step: Function, fills: Mapping[str, Fill]
) -> Callable[..., dict[str, list[Any]]]:
    """The step over a sequence: what it returns, by name, as lists over t."""
    of = {fill.kind: name for name, fill in fills.items()}

    def forward(**given: Any) -> dict[str, list[Any]]:
        kept: dict[str, list[Any]] = {}
        for x in given[of["x"]]:
            returned = one(**{**given, of["x"]: x})
            parts = _parts(returned, step)
            for name, value in parts.items():
                kept.setdefault(name, []).append(value)
            states = [v for n, v in parts.items() if not re.search("cache|mem", n)]
            if "hs" in of:
                given[of["hs"]] = states[0] if isinstance(states[0], tuple) else tuple(states[:2])
                continue
            flat = [*states[0], *states[1:]] if isinstance(states[0], tuple) else states
            given[of["h"]] = flat[0]
            if "s" in of:
                given[of["s"]] = flat[1]
        return kept

    forward.__qualname__ = step.name
    return forward


def _parts(returned: Any, step: Function) -> dict[str, Any]:
    """What one step returns, by name; the last value is the cache, unless another is named so."""
    parts = by_name(returned, step.returns)
    if not isinstance(returned, tuple):
        return parts or {"h": returned}
    if len(parts) < len(returned):
        parts = {f"value {i}": value for i, value in enumerate(returned)}
    if not any(re.search("cache|mem", name) for name in parts):
        parts["cache"] = returned[-1] if len(returned) > 1 else returned
    return parts


def chained_backward(
    one: Callable[..., Any], *, step: Function, fills: Mapping[str, Fill]
) -> Callable[..., dict[str, Any]]:
    """The backward step from the last t: parameter gradients are summed, the state's is carried."""
    of = {fill.kind: name for name, fill in fills.items()}
    by_t = [
        n for n, f in fills.items() if f.kind in ("upstream", "bound", "cache", "x", "y", "state values")
    ]

    def backward(**given: Any) -> dict[str, Any]:
        sums: dict[str, Any] = {}
        carried: Any = 0.0
        for t in reversed(range(len(given[of["upstream"]]))):
            now = {name: value[t] if name in by_t else value for name, value in given.items()}
            now[of["upstream"]] = now[of["upstream"]] + carried
            returned = one(**now)
            parts = by_name(returned, step.returns)
            for name, value in parts.items():
                roles = lexicon.roles(lexicon.gradient_of(name) or "")
                if re.search("prev|h0|a0|last|_in$", name) or "h" in roles:
                    if "s" in roles or re.match("d_?(prev_?)?c", name):
                        if "upstream_s" in of:
                            given[of["upstream_s"]] = value
                    else:
                        carried = value
                elif isinstance(value, np.ndarray) and lexicon.gradient_of(name):
                    sums[name] = sums[name] + value if name in sums else value.copy()
        return {**sums, "dh0": carried}

    backward.__qualname__ = step.name
    return backward
