"""Sizes that no memory holds: refused before anything is made, with what would fit."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from numpy.typing import DTypeLike

from teachrnn.errors import DomainError

UNITS = ("bytes", "kB", "MB", "GB", "TB", "PB", "EB")


@contextmanager
def room_for(numbers: int, dtype: DTypeLike, *, what: str, advice: str) -> Iterator[None]:
    """Make arrays that hold so many numbers together; without the memory for them, say so.

    A system that lends more memory than it has lets an array be made, and ends the process, without
    a word, when it is written to: so what is more than the whole machine has is not tried.

    Parameters
    ----------
    numbers : int
        How many numbers at least.
    dtype : dtype
        What a number is.
    what : str
        What they are for.
    advice : str
        What to do about it.

    Raises
    ------
    DomainError
        If they are more than the memory of the machine, or it gives no more.

    Examples
    --------
    >>> with room_for(10**18, float, what="A state of 10^18 numbers", advice="Choose a smaller one."):
    ...     state = np.zeros(10**18)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    teachrnn.errors.DomainError: A state of 10^18 numbers would take 8.0 EB of memory or more, ...
    """
    needed = numbers * np.dtype(dtype).itemsize
    refusal = f"{what} would take {written(needed)} of memory or more, and this machine"
    if needed > memory():
        raise DomainError(f"{refusal} has {written(memory())}. {advice}")
    try:
        yield
    except MemoryError as error:
        raise DomainError(f"{refusal} does not give so much now. {advice}") from error


def memory() -> int:
    """Bytes of the machine's memory; where the system does not tell, as many as an address can name."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):  # Windows has other ways
        return sys.maxsize


def written(size: int) -> str:
    """A number of bytes in a unit of three digits or fewer.

    Examples
    --------
    >>> [written(n) for n in (17, 16_700_000_000, 10**25)]
    ['17 bytes', '16.7 GB', '10,000,000.0 EB']
    """
    power = min((len(str(size)) - 1) // 3, len(UNITS) - 1)
    return f"{size / 1000**power:,.1f} {UNITS[power]}" if power else f"{size} bytes"
