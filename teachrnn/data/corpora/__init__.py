"""Texts by name, one per file, each read from where it is installed."""

from teachrnn.data.corpora.corpus import CORPORA, Corpus, load_text
from teachrnn.data.corpora.help import Help
from teachrnn.data.corpora.king_james import KingJames
from teachrnn.data.corpora.pride_and_prejudice import PrideAndPrejudice
from teachrnn.data.corpora.sonnets import Sonnets

__all__ = [
    "CORPORA",
    "Corpus",
    "Help",
    "KingJames",
    "PrideAndPrejudice",
    "Sonnets",
    "load_text",
]
