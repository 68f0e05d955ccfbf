"""The symbols that a text is started with."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from teachrnn.errors import DomainError


def check_tokens(what: str, given: ArrayLike, *, symbols: int) -> list[int]:
    """The numbers of at least one symbol, as a list.

    Raises
    ------
    DomainError
        If there is none, or they are not the numbers of symbols.
    """
    numbers = np.asarray(given)
    if numbers.ndim != 1 or numbers.size == 0:
        raise DomainError(f"{what} must be a sequence of at least one symbol, got {given!r}.")
    if numbers.dtype.kind not in "iu":
        raise DomainError(
            f"{what} must hold the numbers of symbols, got {given!r}: turn text into numbers with "
            "Vocabulary.encode."
        )
    if numbers.min() < 0 or numbers.max() >= symbols:
        wrong = next(n for n in numbers.tolist() if not 0 <= n < symbols)
        raise DomainError(f"{what} holds symbol {wrong}; the network knows 0..{symbols - 1}.")
    found: list[int] = numbers.tolist()
    return found


def check_request(prime: ArrayLike, count: int, stop: int | None, *, symbols: int) -> list[int]:
    """The prime as a list, if it, the length and the last symbol of a text make sense.

    Raises
    ------
    DomainError
        Saying which does not.
    """
    if count < 0:
        raise DomainError(f"count is {count} but cannot be negative: it is how many symbols to write.")
    if stop is not None:
        check_tokens("stop", [stop], symbols=symbols)
    return check_tokens("prime", prime, symbols=symbols)
