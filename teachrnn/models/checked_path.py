"""A path as it is handed out: what comes in is checked, and then computed at full speed."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike

from teachrnn.array import Array
from teachrnn.copying import CopiedWhole
from teachrnn.errors import DomainError, ShapeError
from teachrnn.models.network import Network
from teachrnn.models.parameter_vector import ParameterVector
from teachrnn.models.path import Path
from teachrnn.models.sequence import check_sequence, check_state, check_symbol, check_targets


class CheckedPath(CopiedWhole):
    """Loss and gradients of a model on sequences of one size, computed in memory that is made once.

    Made by `CharRNN.path`. At full speed a symbol that the model does not know would be taken for
    another, so what is given is checked here first. A loop over a text that was checked as a whole
    asks for the path inside, ``CharRNN.path(..., checked=False)``.

    Parameters
    ----------
    model : Network
        Its parameters are read in place: the path follows when they change.
    path : Path
        What computes: a `FusedPath` or a `RecordedPath`.

    Examples
    --------
    >>> from teachrnn import CharRNN
    >>> path = CharRNN(hidden=4, symbols=5, rng=np.random.default_rng(0)).path(length=3)
    >>> round(path.gradient([0, 1, 2], [1, 2, 3]), 2)          # near 3 log 5, being untrained
    4.83
    >>> path.gradient([0, 1, 2], [1, 2, 99])
    Traceback (most recent call last):
    ...
    teachrnn.errors.DomainError: targets holds symbol 99 at index (2,); the model knows 0..4.
    """

    def __init__(self, model: Network, path: Path) -> None:
        self.model, self.inside = model, path
        self.length, self.batch = path.length, path.batch

    @property
    def gradients(self) -> ParameterVector:
        """Where the gradients go."""
        return self.inside.gradients

    @property
    def state(self) -> dict[str, Array]:
        """The initial state by name, (B, m): views, to be read and written."""
        return self.inside.state

    def forward(self, x: ArrayLike) -> Array:
        """Scores o, (T B, K), of token numbers (T, B); or (T,), where the batch is 1.

        Raises
        ------
        ShapeError, DomainError
            If these are no token numbers of the model, or of another shape.
        """
        return self.inside.forward(self._tokens(x))

    def read(self, symbol: ArrayLike) -> Array:
        """Scores o, (K,), of the symbol after this one, and carry the state on; for T = B = 1.

        Raises
        ------
        ShapeError, DomainError
            If the path is made for more than one symbol, or the model has none of that number.
        """
        if (self.length, self.batch) != (1, 1):
            raise ShapeError(
                f"one symbol is read by a path made for one, but this path is made for "
                f"{(self.length, self.batch)}: model.path(length=1)."
            )
        return self.inside.read(check_symbol(symbol, inputs=self.model.inputs))

    def loss(self, x: ArrayLike, y: ArrayLike) -> float:
        """The loss summed over time and batch, in nats.

        Raises
        ------
        ShapeError, DomainError
            If x or y are no numbers of symbols of the model, or of another shape.
        """
        return self.inside.loss(*self._pair(x, y))

    def gradient(self, x: ArrayLike, y: ArrayLike, *, weight: float = 1.0) -> float:
        """The loss, summed over time and batch, in nats; ``gradients`` are of ``weight`` times it.

        Raises
        ------
        ShapeError, DomainError
            As `loss`.
        """
        return self.inside.gradient(*self._pair(x, y), weight=weight)

    def carry(self) -> None:
        """Let the last state be the initial state of the next sequences."""
        self.inside.carry()

    def start(self, state: Mapping[str, ArrayLike] | None = None) -> None:
        """Set the initial state, (B, m) by name, or (m,) where the batch is 1; zeros where not given.

        Raises
        ------
        NameLookupError, ShapeError, DomainError
            If the model has no such state, or a vector does not fit.
        """
        if isinstance(state, Mapping) and self.batch == 1:
            state = {n: np.atleast_2d(vector) for n, vector in state.items()}
        names, m = self.model.state_names(), self.model.hidden
        given = {} if state is None else state
        vectors = check_state(given, names=names, shape=(self.batch, m), m=m)
        self.inside.start({name: vectors.get(name, np.zeros(m)) for name in names})

    def memory(self) -> list[Array]:
        """The arrays that hold the last pass: their copies are a `Snapshot`, and can be put back."""
        return self.inside.memory()

    def initial(self) -> dict[str, Array]:
        """State vectors that the last pass began with, (B, m)."""
        return self.inside.initial()

    def values(self) -> dict[str, Array]:
        """What the last pass left in memory, by textbook name: (T B, m), and the losses L, (T B,)."""
        return self.inside.values()

    # Inside ----------------------------------------------------------------------------------

    def _pair(self, x: ArrayLike, y: ArrayLike) -> tuple[Array, Array]:
        x = self._tokens(x)
        y = check_targets(np.asarray(y), shape=x.shape, symbols=self.model.symbols)
        return x, y.astype(np.intp)

    def _tokens(self, x: ArrayLike) -> Array:
        x = check_sequence(np.asarray(x), inputs=self.model.inputs)
        if x.dtype.kind not in "iu":
            raise DomainError(
                f"a path reads token numbers, whole numbers, got {x.dtype}: dense vectors are read "
                "by model.record(x), which has every gradient too."
            )
        fitting = [(self.length, self.batch), *([(self.length,)] if self.batch == 1 else [])]
        if x.shape not in fitting:
            raise ShapeError(
                f"x has shape {x.shape} but this path is made for {' or '.join(map(str, fitting))}: "
                "model.path(length=T, batch=B)."
            )
        return x.astype(np.intp)
