"""Random hyper-parameters within their ranges, and parts that are made with them."""

from __future__ import annotations

from math import inf
from typing import Any, TypeVar

import hypothesis.strategies as st

from teachrnn.hyper_parameter import HyperParameters, Range

WithRanges = TypeVar("WithRanges", bound=HyperParameters)


def numbers_in(allowed: Range) -> st.SearchStrategy[Any]:
    """Numbers within a range, none so extreme that rounding would hide their effect."""
    if allowed.optional:
        return st.none() | st.integers(-8, 8).map(float)
    if allowed.whole:
        return st.integers(int(allowed.low), int(min(allowed.low + 9, allowed.high - 1)))
    if allowed.high < inf:
        width = allowed.high - allowed.low
        ends = 0 if allowed.with_low else 1, 100 if allowed.with_high else 99
        return st.integers(*ends).map(lambda percent: allowed.low + width * percent / 100)
    above = st.integers(-8, 0).map(lambda exponent: allowed.low + 10.0**exponent)
    return above | st.just(float(allowed.low)) if allowed.with_low else above


@st.composite
def made(draw: st.DrawFn, kind: type[WithRanges]) -> WithRanges:
    """A rule with hyper-parameters drawn from their ranges; those without a range keep the default."""
    drawn: dict[str, Any] = {name: draw(numbers_in(r), label=name) for name, r in kind.ranges().items()}
    for name, value in kind(**drawn).settings().items():
        if isinstance(value, bool):
            drawn[name] = draw(st.booleans(), label=name)
    return kind(**drawn)
