"""A function of the data that returns two of the parameters: ``loss, grad = make(x, y, ...)``."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from teachrnn.submission.filling import Fill, fillings
from teachrnn.submission.functions import Function
from teachrnn.submission.plan import HandedIn, Plan, PlanFamily, Step
from teachrnn.submission.surroundings import global_sizes, passed_names

_INSIDE = "theta"
"""What the parameters of the inner functions are called by us."""


class Factories(PlanFamily):
    """Inner functions of one flat vector, as optimizers want them."""

    name = "factories"
    order = 0

    @classmethod
    def plans(cls, program: HandedIn) -> Iterator[Plan]:
        for function in program.functions.values():
            names = function.returned
            loss = [i for i, n in enumerate(names) if re.search("loss|cost|fun|obj|^f$", n, re.I)]
            grad = [i for i, n in enumerate(names) if re.search("grad|jac|back|^g$|^df$", n, re.I)]
            packed = [
                (name, keys) for name, keys in function.reads.items() if _unpacked(function, name, keys)
            ]
            if not (loss and grad and packed):
                continue
            keys = tuple(packed[0][1])
            for fills in fillings(function):
                fills = {**fills, _INSIDE: Fill("container", keys=keys, how="vector")}
                yield Plan(
                    said=f"the two functions that {function.name} returns",
                    forward=Step(function, fills, through=partial(_inner, place=loss[0])),
                    backwards=(Step(function, fills, through=partial(_inner, place=grad[0])),),
                    namespace=program.namespace,
                    sizes=global_sizes([function], program.namespace),
                    names=passed_names([fills]),
                )


def _unpacked(function: Function, name: str, keys: list[str]) -> bool:
    return (
        function.kinds_of_reading.get(name) == "vector"
        and len(keys) > 2
        and name not in function.arguments
    )


def _inner(make: Callable[..., Any], *, place: int) -> Callable[..., Any]:
    """Make the pair, and call one of them."""

    def inner(**given: Any) -> Any:
        theta = given.pop(_INSIDE)
        return make(**given)[place](theta)

    inner.__qualname__ = getattr(make, "__name__", "it")
    return inner
