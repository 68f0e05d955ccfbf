"""The text of a run: read, numbered, and proved the same when the run goes on."""

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
    """

    name: str
    tokens: Array
    vocabulary: Vocabulary
    end: int | None = None

    @classmethod
    def load(cls, name: str | type[Corpus], recipe: Recipe) -> Source:
        """Read a corpus or a file as the recipe says: characters or words, a book or items.

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
        """A text that is at hand."""
        vocabulary = Vocabulary.of(check_text(text, where=name))
        return cls(name, _numbers(text, vocabulary), vocabulary)

    def fingerprint(self) -> str:
        """SHA-256 of the numbers: with the vocabulary, what tells one text from another."""
        return self._digest

    def is_that_of(self, fingerprint: str, vocabulary: Vocabulary) -> bool:
        """Whether it is the text that had this fingerprint and this vocabulary, whatever its name."""
        return (self.fingerprint(), self.vocabulary) == (fingerprint, vocabulary)

    @cached_property
    def _digest(self) -> str:
        digest = sha256()
        for start in range(0, len(self.tokens), BLOCK):
            digest.update(np.ascontiguousarray(self.tokens[start : start + BLOCK], "<u4").tobytes())
        return digest.hexdigest()


def _numbers(text: str, vocabulary: Vocabulary) -> Array:
    return vocabulary.encode(text).astype(np.min_scalar_type(max(len(vocabulary) - 1, 0)))
