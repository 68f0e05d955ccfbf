"""What writing needs of a network: it reads a symbol and scores the next."""

from __future__ import annotations

from typing import Protocol

from teachrnn.array import Array

State = dict[str, Array]
"""State vectors by name, (B, m): one row for every text that is being written."""


class Reader(Protocol):
    """Reads one text, a symbol at a time, and keeps the state.

    Attributes
    ----------
    symbols : int
        K, the size of the vocabulary.
    """

    symbols: int

    def read(self, symbol: int) -> Array:
        """Read one symbol, advance the state and return the scores o of the next, (K,).

        The array may be the reader's own, good until the next symbol is read.

        Parameters
        ----------
        symbol : int
            The symbol's number.

        Returns
        -------
        ndarray
            The scores.
        """
        ...


class BranchingReader(Protocol):
    """Reads several texts side by side; the states are the caller's, to choose among and repeat.

    Attributes
    ----------
    symbols : int
        K, the size of the vocabulary.
    """

    symbols: int

    def read_many(self, tokens: Array, state: State | None) -> tuple[Array, State]:
        """Read the next symbol of every text.

        Parameters
        ----------
        tokens : ndarray of int
            One for each text, (B,).
        state : dict, optional
            State vectors before, (B, m); zeros where not given.

        Returns
        -------
        tuple
            The scores o of the symbols after, (B, K), and the state vectors after, (B, m).
        """
        ...
