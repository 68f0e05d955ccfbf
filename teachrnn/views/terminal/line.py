"""Lines of text: wrapped by their width on the screen, not by their number of characters."""

from __future__ import annotations

import io
from collections.abc import Iterable

from rich.console import Console
from rich.text import Text

_WRAPS = Console(file=io.StringIO(), color_system=None)
"""Rich wraps for a console; nothing is written to this one."""


def wrapped(lines: Iterable[Text], width: int) -> list[Text]:
    """The lines, the long ones broken into several."""
    return [part for line in lines for part in (line.wrap(_WRAPS, width) if line else [line])]
