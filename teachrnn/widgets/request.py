"""A page's requests to its kernel, and the answers. A reader's mistake raises a `TeachrnnError`."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from teachrnn.checking.nudge import nudge
from teachrnn.errors import DomainError, NameLookupError
from teachrnn.reference import complex_step_gradient
from teachrnn.runs import SmallNetwork, small_network
from teachrnn.trace import Trace
from teachrnn.views.story.named_story import NamedStory

Request = Mapping[str, Any]

SETTINGS: dict[str, Callable[[Any], Any]] = {
    "text": str,
    "cell": str,
    "hidden": int,
    "layers": int,
    "scale": float,
    "updates": int,
    "seed": int,
}
"""The settings that a page may request for a new record, and their types."""

NUDGED = ("entry", "before", "after", "slope", "change", "predicted", "predicted_change", "remainder")


def nudged(trace: Trace, asked: Request) -> dict[str, Any]:
    """Change one number: L before, after, and as the gradient predicts it, in nats per sequence."""
    moved = nudge(trace, asked["name"], _index(asked), _number("delta", asked["delta"], float))
    return {key: _sendable(getattr(moved, key)) for key in NUDGED}


def checked(trace: Trace, asked: Request) -> dict[str, Any]:
    """The gradient with respect to one number by the complex step, which does not use the chain rule."""
    value, index = trace[asked["name"]], _index(asked)
    try:
        entry = int(np.ravel_multi_index(index, value.shape)) if index else 0
    except ValueError as error:
        raise DomainError(f"`{value.name}` has no entry {index}: its shape is {value.shape}.") from error
    return {"value": _sendable(float(complex_step_gradient(trace, value.name, [entry])[index]))}


def recorded(settings: Request) -> SmallNetwork:
    """Another text or another network, briefly trained and recorded."""
    return small_network(
        **{key: _number(key, settings[key], SETTINGS[key]) for key in SETTINGS if key in settings}
    )


def named(stories: Mapping[str, NamedStory], name: Any) -> NamedStory:
    """One of several stories, by its name."""
    if name not in stories:
        raise NameLookupError(f"there is no story {name!r}; there are: {', '.join(stories) or 'none'}.")
    return stories[name]


def _index(asked: Request) -> tuple[int, ...]:
    return tuple(_number("index", i, int) for i in asked["index"])


def _number(key: str, given: Any, kind: Callable[[Any], Any]) -> Any:
    try:
        number = kind(given)
        if kind is int and number != float(given):
            raise ValueError
        return number
    except (TypeError, ValueError, OverflowError) as error:
        raise DomainError(f"`{key}` is {given!r}, which is not a number of that kind.") from error


def _sendable(x: float) -> float | str:
    """JSON has no infinity and no NaN; JavaScript's Number reads these words back."""
    if math.isfinite(x):
        return x
    return "NaN" if math.isnan(x) else "Infinity" if x > 0 else "-Infinity"
