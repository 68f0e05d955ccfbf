"""What an entry of an array is called."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def entry_of(array: str, place: Sequence[Any]) -> str:
    """The name of an array with the place of an entry, counted from 0; of a number the name alone.

    Examples
    --------
    >>> entry_of("dW", (0, 1)), entry_of("dy", ())
    ('dW[0, 1]', 'dy')
    """
    return f"{array}[{', '.join(str(int(i)) for i in place)}]" if len(place) else array
