"""What a trace was given, as the first lines of its program."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, replace

from teachrnn.array import Array
from teachrnn.formulas.code_line import Code, Token, code, remark

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
    of : str
        The name in the trace, without the time step.
    data : ndarray or dict
        The numbers; by time step, if it belongs to time steps.
    numbers : bool
        Whether a copy has the numbers; if not, it has zeros of the same shape.
    """

    name: Token
    of: str
    data: Array | dict[int, Array]
    numbers: bool = True

    @property
    def arrays(self) -> list[Array]:
        """The array, or those of all time steps."""
        return list(self.data.values()) if isinstance(self.data, dict) else [self.data]

    @property
    def size(self) -> int:
        """How many numbers it has that are neither whole nor all zero."""
        return sum(a.size for a in self.arrays if a.dtype.kind == "f" and a.any())

    def shown(self) -> Code:
        """The line to look at: a long array is said by its shape."""
        if not isinstance(self.data, dict):
            told = code(self.name, " = ", _short(self.data))
            return told if self.data.ndim == 0 else code(told, "  ", remark(f"{self.data.shape}"))
        entries = [f"{t}: {_short(array)}" for t, array in self.data.items()]
        if len(entries) > FEW:
            entries = [*entries[:3], "\N{HORIZONTAL ELLIPSIS}", entries[-1]]
        return code(self.name, f" = {{{', '.join(entries)}}}")

    def copied(self) -> str:
        """The text to run. The player writes the same (``code/given.js``) of the numbers it has."""
        written = [
            _written(a) if self.numbers or a.dtype.kind != "f" else _zeros(a) for a in self.arrays
        ]
        if not isinstance(self.data, dict):
            return f"{self.name.text} = {written[0]}"
        entries = [f"{t}: {text}" for t, text in zip(self.data, written, strict=True)]
        if any(array.ndim for array in self.arrays):
            return "\n".join([f"{self.name.text} = {{", *(f"{entry}," for entry in entries), "}"])
        return f"{self.name.text} = {{{_wrapped(', '.join(entries))}}}"


def given_lines(given: Sequence[GivenArray]) -> tuple[list[Code], list[str | GivenArray]]:
    """The lines to look at, and what a copy has in their place.

    Parameters
    ----------
    given : sequence of GivenArray
        What the trace was given.

    Returns
    -------
    tuple
        Code for the one; text, and what is to be written out, for the other.
    """
    count = sum(one.size for one in given)
    heading = "What the network is given. Put your own in its place."
    shown = [remark(heading), *(one.shown() for one in given)]
    if count <= MAX_NUMBERS:
        return shown, [f"# {heading}", *given]
    many = f"# The {count:,} numbers of the trace are too many to write here: these are zeros."
    return shown, [f"# {heading}", many, *(replace(one, numbers=False) for one in given)]


def _short(array: Array) -> str:
    if array.ndim == 0 or not array.any():
        return _written(array)
    return "np.array([\N{HORIZONTAL ELLIPSIS}])"


def _zeros(array: Array) -> str:
    if array.ndim == 0:
        return "0.0"
    return f"np.zeros({array.shape[0] if array.ndim == 1 else array.shape})"


def _written(array: Array) -> str:
    """An array as an expression that gives the same numbers to the last bit."""
    if array.ndim == 0:
        return repr(array.item())
    if not array.any():
        return _zeros(array)
    if array.ndim == 1:
        return f"np.array([{_wrapped(', '.join(map(repr, array.tolist())))}])"
    rows = [f"    [{_wrapped(', '.join(map(repr, row)))}]," for row in array.tolist()]
    return "\n".join(["np.array([", *rows, "])"])


def _wrapped(numbers: str) -> str:
    """Numbers over several lines, if they are many."""
    lines = textwrap.wrap(numbers, WIDTH, break_long_words=False, break_on_hyphens=False)
    return "\n        ".join(lines)
