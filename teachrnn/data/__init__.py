"""From a file to batches of numbers: text, corpora, vocabularies, items, batching."""

from teachrnn.data.batching import (
    BATCHINGS,
    Batch,
    Batching,
    Chunks,
    InOrder,
    Items,
    RandomPositions,
    Streams,
)
from teachrnn.data.corpora import CORPORA, Corpus, load_text
from teachrnn.data.items import END, END_SIGN, join_items, load_items, show_items
from teachrnn.data.split import split
from teachrnn.data.text import check_text, is_plain_file, load_text_file, text_blocks
from teachrnn.data.token_file import load_tokens
from teachrnn.data.vocabulary import VOCABULARIES, Vocabulary
from teachrnn.data.word_vocabulary import UNKNOWN, WordVocabulary

__all__ = [
    "BATCHINGS",
    "CORPORA",
    "END",
    "END_SIGN",
    "UNKNOWN",
    "VOCABULARIES",
    "Batch",
    "Batching",
    "Chunks",
    "Corpus",
    "InOrder",
    "Items",
    "RandomPositions",
    "Streams",
    "Vocabulary",
    "WordVocabulary",
    "check_text",
    "is_plain_file",
    "join_items",
    "load_items",
    "load_text",
    "load_text_file",
    "load_tokens",
    "show_items",
    "split",
    "text_blocks",
]
