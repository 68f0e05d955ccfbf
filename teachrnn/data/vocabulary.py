"""Characters and their numbers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from teachrnn.errors import DomainError


class Vocabulary:
    """The symbols of a text, sorted, so that the same text gives the same numbers everywhere.

    Examples
    --------
    >>> vocabulary = Vocabulary.of("hello")
    >>> vocabulary.symbols
    ('e', 'h', 'l', 'o')
    >>> vocabulary.encode("hole")
    array([1, 3, 2, 0])
    >>> vocabulary.decode([1, 3, 2, 0])
    'hole'
    """

    def __init__(self, symbols: Sequence[str]) -> None:
        self.symbols = tuple(symbols)
        self._number = {symbol: i for i, symbol in enumerate(self.symbols)}

    @classmethod
    def of(cls, text: str) -> Vocabulary:
        """All characters that occur in a text."""
        return cls(sorted(set(text)))

    def __len__(self) -> int:
        return len(self.symbols)

    def encode(self, text: str) -> NDArray[Any]:
        """Numbers of the characters.

        Raises
        ------
        DomainError
            For the first character that the vocabulary does not hold, with its place.
        """
        unknown = next(((i, c) for i, c in enumerate(text) if c not in self._number), None)
        if unknown is not None:
            place, character = unknown
            raise DomainError(
                f"character {character!r} (U+{ord(character):04X}) at position {place} is not among the "
                f"{len(self)} characters of the vocabulary."
            )
        return np.array([self._number[c] for c in text], dtype=np.int64)

    def decode(self, numbers: Iterable[int]) -> str:
        """The text that the numbers stand for."""
        return "".join(self.symbols[int(i)] for i in numbers)
