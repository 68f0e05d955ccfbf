"""One set of numbers on which a student's code and ours are compared."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import DTypeLike

from teachrnn.array import Array
from teachrnn.diagnosis.reading import Reading, Spec, read
from teachrnn.diagnosis.rounding import gradient_units, rounding_units
from teachrnn.diagnosis.sweeps import Sweeps
from teachrnn.diagnosis.tape import Tape
from teachrnn.models import CharRNN
from teachrnn.trace import Trace

GradientsByName = Mapping[str, Array]
"""What a student's code returns."""


class Instance:
    """A network with its numbers, a sequence, and what is right for them.

    Parameters
    ----------
    model : CharRNN
        The network.
    x, y : ndarray of int, shape (T,) or (T, B)
        Input and target symbols.
    state : dict
        The initial state, by name.
    """

    def __init__(self, model: CharRNN, x: Array, y: Array, state: dict[str, Array]) -> None:
        self.model, self.x, self.y, self.state = model, x, y, state
        self.T = len(x)
        self.B = x.shape[1] if x.ndim > 1 else 1
        self._readings: dict[tuple[str, Spec | None], Reading | None] = {}

    @classmethod
    def draw(
        cls,
        cell: str,
        *,
        T: int,
        hidden: int,
        symbols: int,
        batch: int | None = None,
        scale: float = 0.7,
        start: float = 0.8,
        distinct: bool = False,
        seed: int = 0,
        dtype: DTypeLike = np.float64,
        digits: int | None = None,
    ) -> Self:
        """Draw every number at random, biases and the initial state too: a zero hides mistakes.

        Parameters
        ----------
        cell : str
            Name of the cell.
        T, hidden, symbols : int
            T, m and K.
        batch : int, optional
            B; by default there is one sequence, without an axis for it.
        scale, start : float
            Standard deviation of the parameters, and of the initial state.
        distinct : bool
            Draw no input symbol twice, so that each step has its own column of dU.
        seed : int
            Of the random numbers.
        dtype : dtype
            Of the parameters.
        digits : int, optional
            Significant digits to which numbers are rounded, so that a small case can be done by hand.
        """
        rng = np.random.default_rng(seed)
        model = CharRNN(hidden=hidden, symbols=symbols, cell=cell, scale=scale, rng=rng, dtype=dtype)
        for name, shape in model.shapes().items():
            model.parameters[name] = _rounded(rng.normal(size=shape) * scale, digits).astype(dtype)
        shape = (T,) if batch is None else (T, batch)
        if distinct:
            x = np.stack([rng.permutation(symbols)[:T] for _ in range(batch or 1)], axis=1).reshape(
                shape
            )
        else:
            x = rng.integers(0, symbols, shape)
        y = rng.integers(0, symbols, shape)  # independent of x: else x[t] and y[t-1] are one
        lead = () if batch is None else (batch,)
        state = {
            name: _rounded(rng.normal(size=(*lead, hidden)) * start, digits).astype(dtype)
            for name in model.state_names()
        }
        return cls(model, x, y, state)

    @property
    def said_sizes(self) -> str:
        """Its sizes in words."""
        batch = f", B = {self.B}" if self.B > 1 else ""
        return f"T = {self.T}, m = {self.model.hidden}, K = {self.model.symbols}{batch}"

    @cached_property
    def trace(self) -> Trace:
        """The record of the forward pass."""
        return self.model.record(self.x, self.y, state=self.state)

    @cached_property
    def tape(self) -> Tape:
        """Its edges."""
        return Tape(self.trace)

    @cached_property
    def right(self) -> Sweeps:
        """The right backward sweep."""
        return Sweeps(self.tape, [{}])

    @cached_property
    def gradients(self) -> dict[str, Array]:
        """The right gradient of every parameter."""
        found = {}
        for name in self.tape.uses:
            reading = self.reading(name, None)
            assert reading is not None
            found[name] = reading.of(self.right)[0].reshape(self.trace[name].shape)
        return found

    @cached_property
    def state_gradients(self) -> dict[str, Array]:
        """The right gradient of every initial state, by its name in the trace: ``h[0]``."""
        names = (f"{name}[0]" for name in self.state)
        return {name: self.right.arrived(self.trace[name])[0] for name in names}

    @cached_property
    def state_units(self) -> dict[str, float]:
        """For each initial state the size against which an error of its gradient is measured."""
        units = gradient_units(self.trace)
        return {name: units.get(name, 1.0) for name in self.state_gradients}

    @cached_property
    def units(self) -> dict[str, float]:
        """For each parameter the size against which an error of rounding is measured."""
        return rounding_units(self.tape, self)

    def reading(self, parameter: str, spec: Spec | None) -> Reading | None:
        """How the gradient of a parameter follows from a sweep: rightly, or with a mistake in it.

        None where the mistake cannot be made with these shapes.
        """
        key = (parameter, spec)
        if key not in self._readings:
            self._readings[key] = read(self.tape, parameter, spec, self.B)
        return self._readings[key]

    def __repr__(self) -> str:
        m, batch = self.model, f", B={self.B}" if self.x.ndim > 1 else ""
        return f"Instance(cell={m.cell.name}, T={self.T}, m={m.hidden}, K={m.symbols}{batch})"


def _rounded(numbers: Array, digits: int | None) -> Array:
    if digits is None:
        return numbers
    decimal = [float(f"{number:.{digits}g}") for number in numbers.ravel()]
    return np.array(decimal).reshape(numbers.shape) + 0.0  # no -0
