"""The text of a run: read, encoded, and identified when the run is resumed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, partial
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from teachrnn.array import Array
from teachrnn.data import (
    CORPORA,
    END,
    Corpus,
    Vocabulary,
    check_text,
    join_items,
    load_items,
    load_text,
    load_tokens,
)
from teachrnn.recipes import Recipe

BLOCK = 1 << 22


@dataclass(frozen=True, eq=False)
class Source:
    """A text as numbers.

    Attributes
    ----------
    name : str
        Name of a corpus, or path of a file.
    tokens : ndarray
        The text, (N,), of the smallest unsigned type; mapped into memory where it is large.
    vocabulary : Vocabulary
        Its symbols.
    end : int or None
        The number of the symbol that ends an item, where the text is items.

    Examples
    --------
    >>> from teachrnn import Recipe, Source
    >>> words = Source.load("help", Recipe.find("words"))
    >>> words.name, len(words.vocabulary)
    ('help', 2000)
    """

    name: str
    tokens: Array
    vocabulary: Vocabulary
    end: int | None = None

    @classmethod
    def load(cls, name: str | type[Corpus], recipe: Recipe) -> Source:
        """Read a corpus or a file as the recipe specifies: characters or words, a book or items.

        Parameters
        ----------
        name : str or type of Corpus
            The name of a corpus, or the path of a file.
        recipe : Recipe
            The recipe that specifies how it is read.

        Returns
        -------
        Source
            The text as numbers.

        Raises
        ------
        NameLookupError, MissingExtraError, FileFormatError
            If there is no such text, or it cannot be read.
        """
        if isinstance(name, type):
            name = Corpus.find(name).name
        kind: Any = Vocabulary.find(recipe.vocabulary)
        cap = {"max_symbols": recipe.max_symbols} if recipe.vocabulary == "words" else {}
        is_file = name not in CORPORA and Path(name).exists()
        if recipe.items:
            items = load_items(name) if is_file else load_text(name).splitlines()
            text = join_items(item for item in items if item)
            vocabulary = kind.of(text, **cap)
            return cls(name, _numbers(text, vocabulary), vocabulary, int(vocabulary.encode(END)[0]))
        if is_file:
            tokens, vocabulary = load_tokens(name, make=partial(kind.of, **cap))
            return cls(name, tokens, vocabulary)
        text = load_text(name)
        vocabulary = kind.of(text, **cap)
        return cls(name, _numbers(text, vocabulary), vocabulary)

    @classmethod
    def of(cls, text: str, *, name: str = "text") -> Source:
        """A text from a string.

        Parameters
        ----------
        text : str
            The text, at least two characters.
        name : str
            Its name in messages and reports.

        Returns
        -------
        Source
            The text as numbers of its characters.

        Raises
        ------
        FileFormatError
            If the text is too short, or holds something that is not a character.

        Examples
        --------
        >>> from teachrnn import Source
        >>> source = Source.of("hello")
        >>> source.tokens.tolist(), source.vocabulary.symbols
        ([1, 0, 2, 2, 3], ('e', 'h', 'l', 'o'))
        """
        vocabulary = Vocabulary.of(check_text(text, where=name))
        return cls(name, _numbers(text, vocabulary), vocabulary)

    def fingerprint(self) -> str:
        """SHA-256 of the token numbers: with the vocabulary, it identifies a text.

        Returns
        -------
        str
            64 hexadecimal digits.
        """
        return self._digest

    def is_that_of(self, fingerprint: str, vocabulary: Vocabulary) -> bool:
        """Whether it is the text that had this fingerprint and this vocabulary, whatever its name.

        Parameters
        ----------
        fingerprint : str
            What `fingerprint` returned.
        vocabulary : Vocabulary
            The vocabulary of that text.

        Returns
        -------
        bool
            True if both are the same.
        """
        return (self.fingerprint(), self.vocabulary) == (fingerprint, vocabulary)

    @cached_property
    def _digest(self) -> str:
        digest = sha256()
        for start in range(0, len(self.tokens), BLOCK):
            digest.update(np.ascontiguousarray(self.tokens[start : start + BLOCK], "<u4").tobytes())
        return digest.hexdigest()


def _numbers(text: str, vocabulary: Vocabulary) -> Array:
    return vocabulary.encode(text).astype(np.min_scalar_type(max(len(vocabulary) - 1, 0)))
