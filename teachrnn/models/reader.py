"""A model that reads one symbol after the other, to write with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from teachrnn.models.char_rnn import CharRNN

Array = NDArray[Any]


class Reader:
    """Reads a text symbol by symbol, keeps the state, and scores the symbol that comes next.

    Made by `CharRNN.reader`. It is what `teachrnn.sampling` writes with, and follows when the model
    is trained on.

    Examples
    --------
    >>> from teachrnn.models import CharRNN
    >>> reader = CharRNN(hidden=4, symbols=3, rng=np.random.default_rng(0)).reader()
    >>> reader.read(2).shape
    (3,)
    """

    def __init__(self, model: CharRNN) -> None:
        self.model, self.symbols = model, model.symbols
        self._path = model.path(length=1)
        self._several: dict[int, Any] = {}

    def start(self, state: Mapping[str, Array] | None = None) -> None:
        """Forget what was read: from zeros, or from state vectors by name, (m,) or (1, m)."""
        self._path.start(state)

    def read(self, symbol: int) -> Array:
        """Read one symbol and return the scores o of the next, (K,), good until the next is read."""
        return self._path.read(symbol)

    def read_many(
        self, symbols: Array, state: Mapping[str, Array] | None
    ) -> tuple[Array, dict[str, Array]]:
        """Read the next symbol of several texts, whose states are the caller's.

        Parameters
        ----------
        symbols : ndarray of int
            One for each text, (B,).
        state : mapping, optional
            State vectors before, (B, m); zeros where not given.

        Returns
        -------
        tuple
            Scores, (B, K), and the state vectors after, (B, m).
        """
        batch = len(symbols)
        if batch not in self._several:
            self._several[batch] = self.model.path(length=1, batch=batch)
        path = self._several[batch]
        path.start(state)
        scores = path.forward(np.asarray(symbols, np.intp)).copy()
        path.carry()
        return scores, {name: vectors.copy() for name, vectors in path.state.items()}
