"""Characters and their numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from teachrnn.array import Array
from teachrnn.errors import DomainError, FileFormatError, NameLookupError
from teachrnn.part import Part
from teachrnn.registry import Registry

VOCABULARIES = Registry["type[Vocabulary]"]("vocabulary")
"""Every kind of vocabulary, by the name that files hold: filled by defining subclasses."""


class Vocabulary(Part, registry=VOCABULARIES):
    """The symbols of a text, sorted, so that the same text gives the same numbers everywhere.

    The symbols are characters, the code points of Unicode; `WordVocabulary` has words instead.
    A letter and a mark on it that are two characters in the text are two symbols here: decoding is
    exact, there are few symbols, and the network learns which mark follows which letter, as
    it learns to spell. To make é one symbol, compose the text first
    (``unicodedata.normalize("NFC", text)``).

    Parameters
    ----------
    symbols : sequence of str
        Each once; its position is its number.

    Raises
    ------
    DomainError
        If a symbol occurs twice, or is not of the kind that this vocabulary holds.

    Examples
    --------
    >>> vocabulary = Vocabulary.of("hello")
    >>> vocabulary.symbols
    ('e', 'h', 'l', 'o')
    >>> vocabulary.encode("hole")
    array([1, 3, 2, 0])
    >>> vocabulary.decode([1, 3, 2, 0])
    'hole'
    >>> Vocabulary.from_dict(vocabulary.to_dict()) == vocabulary
    True
    """

    name = "characters"

    def __init__(self, symbols: Sequence[str]) -> None:
        self.symbols = tuple(symbols)
        self._number = {symbol: i for i, symbol in enumerate(self.symbols)}
        if len(self._number) < len(self.symbols):
            twice = next(s for i, s in enumerate(self.symbols) if self._number[s] != i)
            raise DomainError(f"the symbol {twice!r} occurs twice in the vocabulary.")
        self._prepare()

    def _prepare(self) -> None:
        wrong = next((s for s in self.symbols if len(s) != 1), None)
        if wrong is not None:
            raise DomainError(
                f"the symbol {wrong!r} is not one character: a vocabulary of words is a WordVocabulary."
            )
        self._code = _code_points("".join(self.symbols))
        # An entry for every character up to the largest, and one for all others; len(self) = unknown.
        self._table = np.full(int(self._code.max(initial=0)) + 2, len(self), dtype=np.intp)
        self._table[self._code] = np.arange(len(self))

    @classmethod
    def of(cls, text: str | Iterable[str]) -> Vocabulary:
        """All characters that occur in a text, which may come in blocks (see `text_blocks`).

        Parameters
        ----------
        text : str or iterable of str
            The text, whole or in blocks.

        Returns
        -------
        Vocabulary
            The vocabulary of its characters, sorted.

        Raises
        ------
        DomainError
            If the text is empty.
        """
        seen: set[str] = set()
        for block in _blocks(text):
            seen.update(block)
        return cls(sorted(seen))

    def __len__(self) -> int:
        return len(self.symbols)

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and other.symbols == self.symbols

    def __hash__(self) -> int:
        return hash(self.symbols)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {len(self)} {self.name}>"

    @staticmethod
    def whole(blocks: Iterable[str]) -> Iterator[str]:
        """Regroup the blocks of a text so that no symbol is split between two blocks.

        Parameters
        ----------
        blocks : iterable of str
            The blocks of a text.

        Yields
        ------
        str
            A block that begins and ends between two symbols.
        """
        yield from blocks

    def encode(self, text: str, *, before: int = 0) -> NDArray[np.intp]:
        """Numbers of the symbols of a text.

        Parameters
        ----------
        text : str
            What to encode.
        before : int
            How many characters come before it, if it is part of a longer text: for the message.

        Returns
        -------
        ndarray
            The numbers, (N,).

        Raises
        ------
        DomainError
            For the first character that the vocabulary does not hold, with its place.
        """
        numbers = self._table.take(_code_points(text), mode="clip")
        if numbers.max(initial=-1) == len(self):
            place = int(np.argmax(numbers))
            character = text[place]
            raise DomainError(
                f"character {character!r} (U+{ord(character):04X}) at position {before + place} is not "
                f"among the {len(self)} characters of the vocabulary."
            )
        return numbers

    def decode(self, numbers: Iterable[int]) -> str:
        """The text that the numbers stand for.

        Parameters
        ----------
        numbers : iterable of int
            Numbers of symbols.

        Returns
        -------
        str
            The text.

        Raises
        ------
        DomainError
            For a number that no symbol has.
        """
        codes = self._code[self._checked(numbers)]
        return codes.tobytes().decode("utf-32-le", "surrogatepass")

    def _checked(self, numbers: Iterable[int]) -> Array:
        array = np.asarray(numbers if hasattr(numbers, "__len__") else list(numbers), dtype=np.intp)
        if array.size and not 0 <= array.min() <= array.max() < len(self):
            wrong = array.min() if array.min() < 0 else array.max()
            raise DomainError(f"no symbol has the number {wrong}: there are 0 to {len(self) - 1}.")
        return array

    def to_dict(self) -> dict[str, Any]:
        """The vocabulary as plain data for a JSON file; it belongs with the weights.

        Returns
        -------
        dict
            With the keys ``kind`` and ``symbols``.
        """
        return {"kind": self.name, "symbols": list(self.symbols)}

    @staticmethod
    def from_dict(stored: Mapping[str, Any]) -> Vocabulary:
        """Make a vocabulary of any kind from what `to_dict` returned.

        Parameters
        ----------
        stored : mapping
            What `to_dict` returned.

        Returns
        -------
        Vocabulary
            A vocabulary equal to the one that was stored.

        Raises
        ------
        FileFormatError
            If it is not what `to_dict` returns.
        """
        try:
            kind = Vocabulary.find(stored.get("kind", ""))
        except NameLookupError as error:
            raise FileFormatError(str(error)) from error
        symbols = stored.get("symbols")
        if not isinstance(symbols, list) or not all(isinstance(s, str) for s in symbols):
            raise FileFormatError("the symbols of a stored vocabulary must be a list of strings.")
        return kind(symbols)


VOCABULARIES[Vocabulary.name] = Vocabulary  # a base, and a vocabulary itself


def _blocks(text: str | Iterable[str]) -> Iterable[str]:
    return [text] if isinstance(text, str) else text


def _code_points(text: str) -> NDArray[np.int32]:
    # Signed, because on 32-bit systems NumPy does not index with unsigned numbers of that size.
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<i4")
