"""What computes a model's loss and gradients, however it does so."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from teachrnn.array import Array
from teachrnn.models.parameter_vector import ParameterVector


class Path(Protocol):
    """A way through a model: its loss and gradients on sequences of one size, again and again.

    There are three, and the caller of `CharRNN.path` need not know which it has: `FusedPath` computes
    in memory that is allocated once; `RecordedPath` records everything, for cells that define only one
    step; `CheckedPath` checks its input and passes it to either. The path keeps the hidden state:
    `carry` lets the next sequences continue from it.

    Attributes
    ----------
    length, batch : int
        T and B.
    gradients : ParameterVector
        Where the gradients go.
    state : dict
        The initial state by name, (B, m): views, to be read and written.
    """

    @property
    def length(self) -> int: ...

    @property
    def batch(self) -> int: ...

    @property
    def gradients(self) -> ParameterVector: ...

    @property
    def state(self) -> dict[str, Array]: ...

    def forward(self, x: Array) -> Array:
        """Scores o, (T B, K), of token numbers (T,) or (T, B).

        Parameters
        ----------
        x : ndarray
            Token numbers, (T,) or (T, B), or vectors (T, B, d).

        Returns
        -------
        ndarray
            The scores; they are good until the next pass.
        """
        ...

    def read(self, symbol: int) -> Array:
        """Scores o, (K,), of the symbol after this one, and carry the state on; for T = B = 1.

        Parameters
        ----------
        symbol : int
            The symbol's number.

        Returns
        -------
        ndarray
            The scores; they are good until the next symbol is read.
        """
        ...

    def loss(self, x: Array, y: Array) -> float:
        """The loss summed over time and batch, in nats.

        Parameters
        ----------
        x : ndarray
            Inputs, as for `forward`.
        y : ndarray
            Targets, (T,) or (T, B).

        Returns
        -------
        float
            L, in nats.
        """
        ...

    def gradient(self, x: Array, y: Array, *, weight: float = 1.0) -> float:
        """The loss, summed over time and batch, in nats; ``gradients`` are of ``weight`` times it.

        Parameters
        ----------
        x : ndarray
            Inputs, as for `forward`.
        y : ndarray
            Targets, (T,) or (T, B).
        weight : float
            What the gradients are multiplied by, such as 1/T for those of the mean.

        Returns
        -------
        float
            L, in nats.
        """
        ...

    def carry(self) -> None:
        """Let the last state be the initial state of the next sequences."""
        ...

    def start(self, state: Mapping[str, Array] | None = None) -> None:
        """Set the initial state, to zeros where it is not given.

        Parameters
        ----------
        state : mapping, optional
            State vectors by name, (B, m).
        """
        ...

    def memory(self) -> list[Array]:
        """The arrays that hold the last pass: their copies are a `Snapshot`, and can be put back.

        Returns
        -------
        list of ndarray
            Views, in an order that depends on the model alone.
        """
        ...

    def initial(self) -> dict[str, Array]:
        """State vectors that the last pass began with, (B, m).

        Returns
        -------
        dict
            Vectors by name.
        """
        ...

    def values(self) -> dict[str, Array]:
        """What the last pass left in memory, by textbook name: (T B, m), and the losses L, (T B,).

        Returns
        -------
        dict
            Arrays by name.
        """
        ...
