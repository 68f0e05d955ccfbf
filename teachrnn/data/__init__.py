"""From a file to numbers: text, vocabulary."""

from teachrnn.data.text import check_text, read_text
from teachrnn.data.vocabulary import Vocabulary

__all__ = ["Vocabulary", "check_text", "read_text"]
