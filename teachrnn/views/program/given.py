"""What a trace was given, as the first lines of its program."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from teachrnn.array import Array
from teachrnn.formulas.numpy_code import Code, Token, code
from teachrnn.views.program.block import comment

MAX_NUMBERS = 2_500
"""A copy holds the numbers of the trace up to so many of them; of more, only the shapes."""
WIDTH = 100
FEW = 12
"""So many entries of a dict over time are shown; of more, the first and the last."""


@dataclass(frozen=True, eq=False)
class GivenArray:
    """What was given under one name: an array, or one for each time step.

    Attributes
    ----------
    name : Token
        The identifier.
    data : ndarray or dict
        The numbers; by time step, if it belongs to time steps.
    """

    name: Token
    data: Array | dict[int, Array]

    @property
    def size(self) -> int:
        """How many numbers it has that are not whole."""
        arrays = self.data.values() if isinstance(self.data, dict) else [self.data]
        return sum(a.size for a in arrays if a.dtype.kind == "f" and a.any())

    def shown(self) -> Code:
        """The line to look at: a long array is said by its shape."""
        if not isinstance(self.data, dict):
            told = code(self.name, " = ", _short(self.data))
            return told if self.data.ndim == 0 else code(told, "  ", comment(f"{self.data.shape}"))
        entries = [f"{t}: {_short(array)}" for t, array in self.data.items()]
        if len(entries) > FEW:
            entries = [*entries[:3], "\N{HORIZONTAL ELLIPSIS}", entries[-1]]
        return code(self.name, f" = {{{', '.join(entries)}}}")

    def copied(self, *, numbers: bool) -> list[str]:
        """The lines to run; without the numbers, zeros of the same shape."""
        write = _written if numbers else _zeros
        if not isinstance(self.data, dict):
            return f"{self.name.text} = {write(self.data)}".split("\n")
        entries = [f"{t}: {write(array)}" for t, array in self.data.items()]
        line = f"{self.name.text} = {{{', '.join(entries)}}}"
        if len(line) <= WIDTH and "\n" not in line:
            return [line]
        if all(array.ndim == 0 for array in self.data.values()):
            inner = _wrapped(", ".join(entries))
        else:
            inner = [row for entry in entries for row in f"{entry},".split("\n")]
        return [f"{self.name.text} = {{", *(f"    {row}" for row in inner), "}"]


def given_lines(given: Sequence[GivenArray]) -> tuple[list[Code], list[str]]:
    """The lines to look at, and those to run.

    Parameters
    ----------
    given : sequence of GivenArray
        What the trace was given.

    Returns
    -------
    tuple
        Code for the one, text for the other.
    """
    count = sum(one.size for one in given)
    few = count <= MAX_NUMBERS
    heading = "What the network is given. Put your own in its place."
    shown = [comment(heading), *(one.shown() for one in given)]
    copied = [f"# {heading}"]
    if not few:
        copied.append(
            f"# The {count:,} numbers of the trace are too many to write here: these are zeros."
        )
    return shown, [*copied, *(line for one in given for line in one.copied(numbers=few))]


def _short(array: Array) -> str:
    if array.ndim == 0 or not array.any():
        return _written(array)
    return "np.array([\N{HORIZONTAL ELLIPSIS}])"


def _zeros(array: Array) -> str:
    return _written(array if array.dtype.kind != "f" else np.zeros_like(array))


def _written(array: Array) -> str:
    """An array as an expression that gives the same numbers to the last bit."""
    if array.ndim == 0:
        return repr(array.item())
    if not array.any():
        shape = array.shape[0] if array.ndim == 1 else array.shape
        return f"np.zeros({shape})"
    if array.ndim == 1:
        line = f"np.array([{', '.join(map(repr, array.tolist()))}])"
        if len(line) <= WIDTH:
            return line
        return "\n".join(["np.array([", *(f"    {row}" for row in _wrapped(line[10:-2])), "])"])
    rows = []
    for row in array.tolist():
        wrapped = _wrapped(str(row))
        rows += [f"    {wrapped[0]}", *(f"     {more}" for more in wrapped[1:])]
        rows[-1] += ","
    return "\n".join(["np.array([", *rows, "])"])


def _wrapped(numbers: str) -> list[str]:
    return textwrap.wrap(numbers, WIDTH - 8, break_long_words=False, break_on_hyphens=False)
