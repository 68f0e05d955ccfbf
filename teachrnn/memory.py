"""Sizes too large for the memory: refused before anything is allocated, with advice."""

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
    """Allocate arrays of that many numbers in total; raise if there is not enough memory for them.

    A system that overcommits memory allows an array to be allocated, and kills the process silently
    when it is written to: so more than the whole memory of the machine is not even tried.

    Parameters
    ----------
    numbers : int
        How many numbers, at least.
    dtype : dtype
        The type of the numbers.
    what : str
        What they are for.
    advice : str
        What to do if there is too little memory.

    Raises
    ------
    DomainError
        If they need more than the memory of the machine, or more than it gives now.

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
    """Bytes of the machine's memory; where that is unknown, as many as an address can name."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):  # not on Windows
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
