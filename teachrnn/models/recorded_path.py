"""The slow path with the interface of the fast one: for cells that define only one step."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from teachrnn.array import Array
from teachrnn.backprop import backpropagate
from teachrnn.copying import CopiedWhole
from teachrnn.models.network import Network
from teachrnn.models.parameter_vector import ParameterVector
from teachrnn.trace import Trace


class RecordedPath(CopiedWhole):
    """Loss and gradients of a model by recording everything and going back through the record.

    A `Path` for cells that have no fused layer.
    """

    def __init__(self, model: Network, gradients: ParameterVector, *, length: int, batch: int) -> None:
        self.model, self.gradients = model, gradients
        self.length, self.batch = length, batch
        self.state = model.initial_state(batch)
        self._trace: Trace | None = None

    def forward(self, x: Array) -> Array:
        """Scores o, (T B, K), of token numbers (T,) or (T, B)."""
        self._trace = self.model.record(self._sequence(x), state=self.state)
        return np.concatenate([self._trace[f"o[{t}]"].data for t in range(1, self.length + 1)])

    def read(self, symbol: int) -> Array:
        """Scores o, (K,), of the symbol after this one, and carry the state on; for T = B = 1."""
        scores = self.forward(np.array([symbol]))
        self.carry()
        return scores[0]

    def loss(self, x: Array, y: Array) -> float:
        """The loss summed over time and batch, in nats."""
        trace = self.model.record(self._sequence(x), self._sequence(y), state=self.state)
        self._trace = trace
        return float(trace.total_loss)

    def gradient(self, x: Array, y: Array, *, weight: float = 1.0) -> float:
        """The loss, summed over time and batch, in nats; ``gradients`` are of ``weight`` times it."""
        loss = self.loss(x, y)
        assert self._trace is not None
        for name, d in backpropagate(self._trace).gradients().items():
            self.gradients[name] = weight * d
        return loss

    def carry(self) -> None:
        """Let the last state be the initial state of the next sequences."""
        if self._trace is not None:
            self.start(self.model.final_state(self._trace))

    def start(self, state: Mapping[str, Array] | None = None) -> None:
        """Set the initial state, to zeros where it is not given."""
        for name, view in self.state.items():
            view[...] = 0 if state is None else state[name]

    def _sequence(self, tokens: Array) -> Array:
        return tokens.reshape(self.length, self.batch)

    def memory(self) -> list[Array]:
        """The initial state: everything else follows from it, by the same operations."""
        return list(self.state.values())

    def initial(self) -> dict[str, Array]:
        """State vectors that the last pass began with, (B, m)."""
        return self.state

    def values(self) -> dict[str, Array]:
        """Nothing that recording again would not give."""
        return {}
