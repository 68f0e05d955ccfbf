"""What makes a path: a training loop may be given another one than the model's own."""

from __future__ import annotations

from typing import Protocol

from teachrnn.models.char_rnn import CharRNN
from teachrnn.models.parameter_vector import ParameterVector
from teachrnn.models.path import Path


class MakePath(Protocol):
    """Makes a `Path` of a model for sequences of one size, which writes into the given gradients."""

    def __call__(
        self, model: CharRNN, *, length: int, batch: int, gradients: ParameterVector
    ) -> Path: ...
