"""A novel."""

from __future__ import annotations

import json

from teachrnn.data.corpora.corpus import Corpus


class PrideAndPrejudice(Corpus):
    """The whole novel, from its title to its last word; 76 different characters.

    What Project Gutenberg put before and after it is left out, the line of the producers too.
    Italics are marked by underscores and the double quotation marks are curly, as published there.
    """

    name = "pride-and-prejudice"
    title = "Pride and Prejudice"
    author = "Jane Austen (1813)"
    source = "Project Gutenberg, book 1342, in the package olipy"
    licence = "public domain"
    install = "olipy==1.0.5"
    file = "olipy/data/corpora-olipy/words/literature/fiction/pride_and_prejudice.json"
    characters = 684_781
    sha256 = "d02c06ecdee0120842aa1274288a07fe68d5316d1e8285853eaf4fc65a0b39a0"

    @classmethod
    def extract(cls) -> str:
        text = json.loads(cls.path().read_text(encoding="utf-8"))["text"].replace("\r\n", "\n")
        begin = text.index("PRIDE AND PREJUDICE\n\nBy Jane Austen\n")
        return text[begin : text.index("End of the Project Gutenberg EBook")].rstrip() + "\n"
