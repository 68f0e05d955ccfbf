"""Poems, for a demonstration that takes seconds."""

from __future__ import annotations

import json

from teachrnn.data.corpora.corpus import Corpus


class Sonnets(Corpus):
    """Shakespeare's 154 sonnets, a blank line between two of them; 61 different characters."""

    name = "sonnets"
    title = "Sonnets"
    author = "William Shakespeare (1609)"
    source = "the collection corpora, in the package olipy"
    licence = "public domain"
    install = "olipy==1.0.5"
    file = "olipy/data/corpora-original/data/words/literature/shakespeare_sonnets.json"
    characters = 94_004
    sha256 = "650d210d85fe9d0f4f415ada659c3216823dfa55f8ed2dc6aaac64797929a9bd"

    @classmethod
    def extract(cls) -> str:
        sonnets = json.loads(cls.path().read_text(encoding="utf-8"))["sonnets"]
        return "\n\n".join("\n".join(sonnet["lines"]) for sonnet in sonnets) + "\n"
