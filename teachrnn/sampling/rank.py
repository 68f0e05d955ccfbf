"""The rank of every symbol, the likeliest first, for the formulas."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def ranks(scores: Sequence[Any]) -> list[int]:
    r"""How many symbols come before each: those with a higher score, and earlier ones with the same.

    $$r_i = \left| \{ j : o_j > o_i \} \cup \{ j < i : o_j = o_i \} \right|$$

    It defines the order without sorting, and for numbers of any kind, so that a formula that uses it
    shares no code with the drawing.

    Examples
    --------
    >>> ranks([1, 3, 3, 2])
    [3, 0, 1, 2]
    """
    symbols = list(enumerate(scores))
    return [
        len([j for j, other in symbols if other > score or (other == score and j < i)])
        for i, score in symbols
    ]
