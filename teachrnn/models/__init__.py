"""Models: a cell unrolled over a sequence."""

from teachrnn.models.char_rnn import CharRNN

__all__ = ["CharRNN"]
