"""The inputs, targets and initial state of a model, checked on entry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike

from teachrnn.array import Array
from teachrnn.errors import DomainError, NameLookupError, ShapeError

BLOCK = 1 << 22
"""Symbols checked at a time, of a text that may be mapped from a file and larger than memory."""


def check_sequence(x: Array, *, inputs: int) -> Array:
    """Token numbers below ``inputs``, (T,) or (T, B); or vectors of so many floats, (T, d) or (T, B, d).

    Raises
    ------
    ShapeError, DomainError
        Saying what they are instead.
    """
    if x.dtype.kind in "US":
        raise DomainError(
            "x holds text: turn it into token numbers first, Vocabulary.of(text).encode(text)."
        )
    if x.shape[:1] in ((), (0,)):
        raise ShapeError(
            "the sequence is empty (T = 0): a network needs at least one step, "
            "x of shape (T,) or (T, B) for tokens, (T, d) or (T, B, d) for vectors."
        )
    if x.dtype.kind in "iu":
        if x.ndim > 2:
            raise ShapeError(f"token numbers must have shape (T,) or (T, B), got {x.shape}.")
        _check_numbers(x, inputs, name="x", what="token")
    elif x.dtype.kind != "f":
        raise DomainError(f"x must hold whole numbers (tokens) or floats (vectors), got {x.dtype}.")
    elif x.ndim not in (2, 3) or x.shape[-1] != inputs:
        raise ShapeError(
            f"dense input must have shape (T, d) or (T, B, d) with d={inputs}, got {x.shape}. "
            "Token numbers must be an integer array."
        )
    return x


def check_symbol(symbol: ArrayLike, *, inputs: int) -> int:
    """The number of one symbol, below ``inputs``.

    Raises
    ------
    DomainError
        Saying what it is instead.
    """
    number = np.asarray(symbol)
    if number.ndim or number.dtype.kind not in "iu":
        raise DomainError(
            f"one symbol is read at a time, by its number, got {symbol!r}: turn text into numbers "
            "with Vocabulary.encode."
        )
    if not 0 <= number < inputs:
        raise DomainError(f"there is no symbol {number}; the model knows 0..{inputs - 1}.")
    return int(number)


def check_targets(y: Array, *, shape: tuple[int, ...], symbols: int) -> Array:
    """Numbers of symbols, one for every input.

    Raises
    ------
    ShapeError, DomainError
        Saying what they are instead.
    """
    if y.shape != shape:
        raise ShapeError(
            f"targets have shape {y.shape} but x has {shape}: one target for every input symbol."
        )
    if y.dtype.kind not in "iu":
        raise DomainError(f"targets must hold the numbers of symbols, whole numbers, got {y.dtype}.")
    _check_numbers(y, symbols, name="targets", what="symbol")
    return y


def check_state(
    state: object, *, names: Sequence[str], shape: tuple[int, ...], m: int
) -> dict[str, Array]:
    """Initial state vectors by name; those that are not given are left out.

    Raises
    ------
    NameLookupError, ShapeError, DomainError
        Saying which does not fit.
    """
    if not isinstance(state, Mapping):
        shown = ", ".join(f"{name!r}: ..." for name in names)
        raise DomainError(f"the initial state must be a dict of vectors: {{{shown}}}.")
    unknown = sorted(set(state) - set(names))
    if unknown:
        raise NameLookupError(f"the model has no state {unknown[0]!r}; it has: {', '.join(names)}.")
    vectors = {name: np.asarray(state[name]) for name in names if name in state}
    for name, vector in vectors.items():
        if vector.shape != shape:
            raise ShapeError(
                f"initial state `{name}` has shape {vector.shape} but the sequence and m={m} need "
                f"{shape}."
            )
        if vector.dtype.kind not in "iufb":
            raise DomainError(f"initial state `{name}` must hold real numbers, got {vector.dtype}.")
    return vectors


def check_tokens(tokens: Array, symbols: int, *, what: str) -> None:
    """Refuse a text with symbols that the model does not know: looked up at full speed, they would pass.

    Raises
    ------
    DomainError
        Naming the largest, or the least.
    """
    blocks = [tokens[i : i + BLOCK] for i in range(0, len(tokens), BLOCK)]
    least, largest = min(int(b.min()) for b in blocks), max(int(b.max()) for b in blocks)
    if least < 0 or largest >= symbols:
        raise DomainError(
            f"the {what} holds symbol {least if least < 0 else largest}, but the model knows 0 to "
            f"{symbols - 1}: make the model for as many symbols as the vocabulary has."
        )


def _check_numbers(numbers: Array, count: int, *, name: str, what: str) -> None:
    if numbers.min() < 0 or numbers.max() >= count:
        place = tuple(int(i) for i in np.argwhere((numbers < 0) | (numbers >= count))[0])
        raise DomainError(
            f"{name} holds {what} {numbers[place]} at index {place}; the model knows 0..{count - 1}."
        )
