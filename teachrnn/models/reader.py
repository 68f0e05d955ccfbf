"""A model that reads one symbol after another, to sample from."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike

from teachrnn.array import Array
from teachrnn.copying import CopiedWhole
from teachrnn.errors import ShapeError
from teachrnn.models.checked_path import CheckedPath
from teachrnn.models.network import Network
from teachrnn.models.path import Path
from teachrnn.models.sequence import check_symbol


class ModelReader(CopiedWhole):
    """Reads a text symbol by symbol, keeps the state, and scores the symbol that comes next.

    Made by `CharRNN.reader`. It is what `teachrnn.sampling` writes with, and follows when the model
    is trained on.

    Examples
    --------
    >>> from teachrnn import CharRNN
    >>> reader = CharRNN(hidden=4, symbols=3, rng=np.random.default_rng(0)).reader()
    >>> reader.read(2).shape
    (3,)
    """

    def __init__(self, model: Network) -> None:
        self.model, self.symbols = model, model.symbols
        self._inputs = model.inputs
        inside = model.path(length=1, checked=False)
        self._path, self._read = CheckedPath(model, inside), inside.read
        self._several: dict[int, Path] = {}

    def start(self, state: Mapping[str, Array] | None = None) -> None:
        """Forget what was read: from zeros, or from state vectors by name, (m,) or (1, m).

        Parameters
        ----------
        state : mapping, optional
            The state to start from; zeros if not given.

        Raises
        ------
        NameLookupError, ShapeError, DomainError
            If the model has no such state, or a vector does not fit.
        """
        self._path.start(state)

    def read(self, symbol: int) -> Array:
        """Read one symbol and return the scores o of the next, (K,), good until the next is read.

        Parameters
        ----------
        symbol : int
            The symbol's number.

        Returns
        -------
        ndarray
            The scores.

        Raises
        ------
        DomainError
            If the model has no symbol of that number.
        """
        if type(symbol) is not int or not 0 <= symbol < self._inputs:  # quicker than any array's check
            symbol = check_symbol(symbol, inputs=self._inputs)
        return self._read(symbol)

    def read_many(
        self, tokens: ArrayLike, state: Mapping[str, Array] | None
    ) -> tuple[Array, dict[str, Array]]:
        """Read the next symbol of several texts, whose states are the caller's.

        Parameters
        ----------
        tokens : ndarray of int
            One for each text, (B,).
        state : mapping, optional
            State vectors before, (B, m); zeros where not given.

        Returns
        -------
        tuple
            Scores, (B, K), and the state vectors after, (B, m).

        Raises
        ------
        NameLookupError, ShapeError, DomainError
            If the model has no such symbol or state, or a vector does not fit.
        """
        tokens = np.asarray(tokens)
        if tokens.ndim != 1 or tokens.size == 0:
            raise ShapeError(
                f"the symbols read have shape {tokens.shape} but must be one for each text, (B,)."
            )
        batch = len(tokens)
        if batch not in self._several:
            inside = self.model.path(length=1, batch=batch, checked=False)
            self._several[batch] = CheckedPath(self.model, inside)
        path = self._several[batch]
        path.start(state)
        scores = path.forward(tokens[np.newaxis]).copy()
        path.carry()
        return scores, {name: vectors.copy() for name, vectors in path.state.items()}
