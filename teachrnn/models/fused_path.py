"""The fast path: a whole training step in as few array operations as possible."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import numpy as np

from teachrnn.array import Array
from teachrnn.copying import CopiedWhole
from teachrnn.models.fused_embedding import FusedEmbedding
from teachrnn.models.fused_readout import FusedReadout
from teachrnn.models.network import Network
from teachrnn.models.parameter_vector import ParameterVector


class FusedPath(CopiedWhole):
    """Loss and gradients of a model on sequences of one size, computed in memory that is made once.

    Made by `CharRNN.path`. It re-orders and batches what the recorded path says and re-derives
    nothing; a test compares every value and gradient of the two, for every cell.

    Parameters
    ----------
    model : Network
        Its parameters are read in place: the path follows when they change.
    gradients : ParameterVector
        Where the gradients go.
    length, batch : int
        T and B.

    Attributes
    ----------
    state : dict
        The initial state by name, (B, m): views, to be read and written.
    """

    def __init__(self, model: Network, gradients: ParameterVector, *, length: int, batch: int) -> None:
        self.model = model
        theta = model.parameters
        self.length, self.batch = length, batch
        self.gradients = gradients
        rows = length * batch
        fused = model.cell.fused
        assert fused is not None  # where it is None, the model hands out a recorded path
        if batch == 1 and length > 1:
            fused = model.cell.fused_single or fused
        self.layers = [
            fused(weights, d, length=length, batch=batch)
            for weights, d in zip(theta.layers, gradients.layers, strict=True)
        ]
        self.embedding = FusedEmbedding(theta.layers[0].U, gradients.layers[0].U, rows=rows)
        self._rows = list(theta.layers[0].U)
        self.readout = FusedReadout(theta.readout, gradients.readout, rows=rows)
        self._scoped = [(model.scope(i), layer) for i, layer in enumerate(self.layers, start=1)]
        self.state: dict[str, Array] = {
            scope + name: view for scope, layer in self._scoped for name, view in layer.state.items()
        }

    def __getstate__(self) -> dict[str, Any]:
        """What it is made of, and what it holds: copied one by one, its views would be views no more."""
        made_of = {"model": self.model, "gradients": self.gradients}
        return {**made_of, "length": self.length, "batch": self.batch, "held": self._held()}

    def __setstate__(self, state: dict[str, Any]) -> None:
        made_of = {name: part for name, part in state.items() if name != "held"}
        self.__init__(**made_of)  # type: ignore[misc]
        for array, saved in zip(self._held(), state["held"], strict=True):
            array[...] = saved

    def _held(self) -> list[Array]:
        """The last pass, and the state that the next one begins in."""
        return [*self.memory(), *self.state.values()]

    def forward(self, x: Array) -> Array:
        """Scores o, (T B, K), of token numbers (T,) or (T, B)."""
        self.embedding.forward(x.reshape(-1), self.layers[0].u)
        return self._scores()

    def read(self, symbol: int) -> Array:
        """Scores o, (K,), of the symbol after this one, and carry the state on; for T = B = 1."""
        np.copyto(self.layers[0].u, self._rows[symbol])
        scores = self._scores()[0]
        self.carry()
        return scores

    def _scores(self) -> Array:
        """From the input products of the first layer to the scores."""
        self.layers[0].forward()
        for below, layer in pairwise(self.layers):
            below.h.dot(layer.weights.U, layer.u)
            layer.forward()
        self.readout.forward(self.layers[-1].after)
        return self.readout.scores

    def loss(self, x: Array, y: Array) -> float:
        """The loss summed over time and batch, in nats."""
        with np.errstate(all="ignore"):  # what is not finite shows in the result
            self.forward(x)
            return self.readout.loss(y.reshape(-1))

    def gradient(self, x: Array, y: Array, *, weight: float = 1.0) -> float:
        """The loss, summed over time and batch, in nats; ``gradients`` are of ``weight`` times it."""
        with np.errstate(all="ignore"):
            self.forward(x)
            loss = self.readout.loss(y.reshape(-1))
            top = self.layers[-1]
            self.readout.backward(top.after, weight, top.dh)
            for i in range(len(self.layers) - 1, -1, -1):
                layer = self.layers[i]
                layer.backward()
                if i:
                    below = self.layers[i - 1]
                    layer.du.dot(layer.weights.U.T, below.dh)
                    below.h.T.dot(layer.du, layer.gradients.U)
            self.embedding.backward(self.layers[0].du)
        return loss

    def carry(self) -> None:
        """Let the last state be the initial state of the next sequences."""
        for layer in self.layers:
            layer.carry()

    def start(self, state: Mapping[str, Array] | None = None) -> None:
        """Set the initial state, to zeros where it is not given."""
        for name, view in self.state.items():
            view[...] = 0 if state is None else state[name]

    def memory(self) -> list[Array]:
        """The arrays that hold the last pass: their copies are a `Snapshot`, and can be put back."""
        held = [array for layer in self.layers for array in layer.memory()]
        return [*held, self.readout.losses]

    def initial(self) -> dict[str, Array]:
        """State vectors that the last pass began with, (B, m)."""
        return {scope + name: s for scope, layer in self._scoped for name, s in layer.initial().items()}

    def values(self) -> dict[str, Array]:
        """What the last pass left in memory, by textbook name: (T B, m), and the losses L, (T B,)."""
        held = {scope + name: v for scope, layer in self._scoped for name, v in layer.values().items()}
        return {**held, "L": self.readout.losses}
