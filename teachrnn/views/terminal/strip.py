"""Heat strips of characters: the sign as a character, the size as a block, colour in addition."""

from __future__ import annotations

import math

from rich.text import Text

from teachrnn.views.style.number import MINUS
from teachrnn.views.style.palette import ACCENT, COLOURS, PAPER

BLOCKS = "▁▂▃▄▅▆▇█"
CELL = 3
"""Width of an entry, in characters."""
MARKED = f"bold underline {PAPER.light} on {ACCENT}"
"""The entry that is pointed at, with and without colours."""


def strip(row: list[float], largest: float, kind: str, selected: int | None = None) -> Text:
    """A row of numbers as a strip; the full block is ``largest``.

    Examples
    --------
    >>> strip([0.5, -1.0, 0.0, float("nan")], 1.0, "value").plain
    '+▄ −█  · ?? '
    """
    text = Text()
    for i, x in enumerate(row):
        minus, plus = COLOURS[kind]
        style = MARKED if i == selected else minus if x < 0 else plus
        text.append(_cell(x, largest), "dim" if x == 0 and i != selected else style)
        text.append(" ")
    return text


def _cell(x: float, largest: float) -> str:
    if math.isnan(x):
        return "??"
    sign = MINUS if x < 0 else "+"
    if math.isinf(x):
        return f"{sign}∞"
    if x == 0 or largest == 0:
        return " ·"
    return sign + BLOCKS[min(math.ceil(abs(x) / largest * len(BLOCKS)), len(BLOCKS)) - 1]
