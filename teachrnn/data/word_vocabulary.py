"""Words and their numbers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import chain
from unicodedata import category

import numpy as np
from numpy.typing import NDArray

from teachrnn.data.vocabulary import Vocabulary
from teachrnn.errors import DomainError

UNKNOWN = "<unknown>"
"""Stands for every word that a capped vocabulary leaves out; in a text it would be three symbols."""

APOSTROPHES = "'\N{RIGHT SINGLE QUOTATION MARK}"
JOINERS = "\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}"
PLANES_WITH_MARKS = (range(0x20000), range(0xE0000, 0xF0000))
"""The Unicode ranges with marks: the planes of modern and ancient scripts, and the selectors."""


@cache
def marks() -> frozenset[str]:
    """What belongs to the letter before it: combining marks (accents, vowel signs), and the joiners."""
    characters = map(chr, chain(*PLANES_WITH_MARKS))
    return frozenset([c for c in characters if category(c).startswith("M")] + list(JOINERS))


@cache
def word_or_sign() -> re.Pattern[str]:
    r"""A word, with marks on its letters and apostrophes inside; or another character; or whitespace.

    The boundaries are nearly those of the standard. Words stay whole in every script that puts blanks
    between them, whether an accented letter is one character or a letter and a mark.

    References
    ----------
    Unicode Standard Annex 29, Unicode text segmentation, rules WB4 to WB7.

    Examples
    --------
    >>> [len(found) for found in word_or_sign().findall("cafe\u0301 isn't")]    # e and its accent
    [5, 1, 5]
    """
    mark = f"[{''.join(sorted(marks()))}]"
    letters = rf"[^\W_]+(?:{mark}[^\W_]*)*"
    return re.compile(rf"{letters}(?:[{APOSTROPHES}]{letters})*|\S{mark}*|\s")


class WordVocabulary(Vocabulary):
    """The words and other characters of a text, sorted; spaces and newlines are symbols too.

    So decoding gives the text back exactly, unless words were left out. A text has thousands of
    words, most of them rare: a cap keeps the most frequent and one symbol, ``<unknown>``, for all
    others. Scripts without spaces between words, such as Chinese or Thai, are better read character
    by character.

    References
    ----------
    Goodfellow, Bengio & Courville (2016), Deep Learning, section 12.4.3.1, on short lists.

    Examples
    --------
    >>> vocabulary = WordVocabulary.of("to be, or not to be")
    >>> vocabulary.symbols
    (' ', ',', 'be', 'not', 'or', 'to')
    >>> vocabulary.decode(vocabulary.encode("be, or be not"))
    'be, or be not'
    >>> capped = WordVocabulary.of("to be, or not to be", max_symbols=4)
    >>> capped.symbols
    (' ', '<unknown>', 'be', 'to')
    >>> capped.decode(capped.encode("be not afraid"))
    'be <unknown> <unknown>'
    """

    name = "words"

    @classmethod
    def of(cls, text: str | Iterable[str], *, max_symbols: int | None = None) -> WordVocabulary:
        """All words and other characters of a text, which may come in blocks (see `text_blocks`).

        Parameters
        ----------
        text : str or iterable of str
            The text.
        max_symbols : int, optional
            K, the largest number of symbols, ``<unknown>`` included; of equally frequent words
            the first in the alphabet stay. Without it every word is kept, and there is no
            ``<unknown>``.

        Raises
        ------
        DomainError
            If the cap leaves no room for a word.
        """
        if max_symbols is not None and max_symbols < 2:
            raise DomainError(
                f"max_symbols is {max_symbols}, but {UNKNOWN} and one word need a cap of at least 2."
            )
        counts: Counter[str] = Counter()
        for piece in cls.whole([text] if isinstance(text, str) else text):
            counts.update(word_or_sign().findall(piece))
        if max_symbols is None:
            return cls(sorted(counts))
        frequent = sorted(counts, key=lambda word: (-counts[word], word))[: max_symbols - 1]
        return cls(sorted([*frequent, UNKNOWN]))

    def _prepare(self) -> None:
        one = word_or_sign().fullmatch
        wrong = next((s for s in self.symbols if s != UNKNOWN and not one(s)), None)
        if wrong is not None:
            raise DomainError(f"the symbol {wrong!r} is neither one word nor one character.")

    @staticmethod
    def whole(blocks: Iterable[str]) -> Iterator[str]:
        """Regroup the blocks of a text so that no word is split between two blocks.

        Examples
        --------
        >>> list(WordVocabulary.whole(["I don", "'", "t kno", "w."]))
        ['I ', "don't ", 'know', '.']
        """
        held, inside, after_a_sign = "", marks() | set(APOSTROPHES), marks() | {""}
        for block in blocks:
            text = held + block
            edge = len(text)  # a match that the next block may make longer is held back
            while edge and (text[edge - 1].isalnum() or text[edge - 1] in inside):
                edge -= 1
            if edge and not text[edge - 1].isspace() and text[edge : edge + 1] in after_a_sign:
                edge -= 1  # a character, whose marks may be in the next block
            held = text[edge:]
            if edge:
                yield text[:edge]
        if held:
            yield held

    def encode(self, text: str, *, before: int = 0) -> NDArray[np.intp]:
        """Numbers of the words and other characters of a text.

        Parameters
        ----------
        text : str
            What to encode.
        before : int
            How many characters come before it, where it is a piece of a text: for the message.

        Raises
        ------
        DomainError
            For the first word that a vocabulary without ``<unknown>`` does not hold, with the
            place of its first character.
        """
        words = word_or_sign().findall(text)
        unknown = self._number.get(UNKNOWN, -1)
        numbers = np.fromiter((self._number.get(w, unknown) for w in words), np.intp, len(words))
        if numbers.min(initial=0) < 0:
            first = int(np.argmin(numbers))
            place = before + sum(map(len, words[:first]))
            raise DomainError(
                f"the word {words[first]!r} at position {place} is not among the {len(self)} symbols of "
                f"the vocabulary. A vocabulary made with max_symbols=... encodes it as {UNKNOWN}."
            )
        return numbers

    def decode(self, numbers: Iterable[int]) -> str:
        """The text that the numbers stand for.

        Raises
        ------
        DomainError
            For a number that no symbol has.
        """
        return "".join([self.symbols[i] for i in self._checked(numbers)])
