"""A way through a network whose loss is right and whose gradients are wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from teachrnn.array import Array
from teachrnn.copying import CopiedWhole
from teachrnn.diagnosis.mistake import Mistake
from teachrnn.laboratory.mistaken_sweep import MistakenSweep
from teachrnn.laboratory.refilled_trace import RefilledTrace
from teachrnn.models import CharRNN, ParameterVector


class MistakenPath(CopiedWhole):
    """Trains like any other `Path`, with a backward pass that has mistakes in it.

    The forward pass is that of the model, fused where the cell is; the backward pass goes over the
    recorded graph with the changes applied, whatever the cell.

    Parameters
    ----------
    model : CharRNN
        A network of one layer, whose parameters are read in place.
    mistakes : sequence of Mistake
        All are made at once.
    gradients : ParameterVector
        Where the gradients go.
    length, batch : int
        T and B.

    Examples
    --------
    >>> import numpy as np
    >>> from teachrnn import CharRNN
    >>> from teachrnn.laboratory import find_mistake
    >>> model = CharRNN(hidden=4, symbols=5, scale=0.5, rng=np.random.default_rng(0))
    >>> right = model.path(length=3)
    >>> no_carry = find_mistake("no carry", "vanilla")
    >>> wrong = MistakenPath(model, no_carry.backward, model.zero_gradients(), length=3)
    >>> x, y = np.array([0, 1, 2]), np.array([1, 2, 3])
    >>> right.gradient(x, y) == wrong.gradient(x, y)
    True
    >>> [name for name, d in wrong.gradients.items() if not np.allclose(d, right.gradients[name])]
    ['U', 'W', 'b']
    """

    def __init__(
        self,
        model: CharRNN,
        mistakes: Sequence[Mistake],
        gradients: ParameterVector,
        *,
        length: int,
        batch: int = 1,
    ) -> None:
        self.model, self.mistakes = model, tuple(mistakes)
        self.right = model.path(length=length, batch=batch, gradients=gradients, checked=False)
        self._sweep: MistakenSweep | None = None
        self.sweep  # noqa: B018  # a mistake that this network has no place for is refused here

    def __getstate__(self) -> dict[str, Any]:
        """Without the record, which is made again: its values are views of one another's memory."""
        return self.__dict__ | {"_sweep": None}

    @property
    def length(self) -> int:
        """T."""
        return self.right.length

    @property
    def batch(self) -> int:
        """B."""
        return self.right.batch

    @property
    def gradients(self) -> ParameterVector:
        """Where the gradients go."""
        return self.right.gradients

    @property
    def state(self) -> dict[str, Array]:
        """The initial state by name, (B, m): views, to be read and written."""
        return self.right.state

    @property
    def sweep(self) -> MistakenSweep:
        """The backward sweep: after `gradient`, what arrived where."""
        if self._sweep is None:
            given = set(self.right.values())
            refilled = RefilledTrace(self.model, length=self.length, batch=self.batch, given=given)
            self._sweep = MistakenSweep(refilled, self.mistakes)
        return self._sweep

    def forward(self, x: Array) -> Array:
        """Scores o, (T B, K), of token numbers (T,) or (T, B)."""
        return self.right.forward(x)

    def read(self, symbol: int) -> Array:
        """Scores o, (K,), of the symbol after this one, and carry the state on; for T = B = 1."""
        return self.right.read(symbol)

    def loss(self, x: Array, y: Array) -> float:
        """The loss summed over time and batch, in nats."""
        return self.right.loss(x, y)

    def gradient(self, x: Array, y: Array, *, weight: float = 1.0) -> float:
        """The loss, summed over time and batch, in nats; ``gradients`` are of ``weight`` times it."""
        loss = self.right.loss(x, y)
        with np.errstate(all="ignore"):  # what is not finite shows in the result
            sweep = self.sweep
            sweep.refilled.fill(x, y, initial=self.right.initial(), values=self.right.values())
            for name, d in sweep.gradients(weight).items():
                self.gradients[name] = d
        return loss

    def carry(self) -> None:
        """Let the last state be the initial state of the next sequences."""
        self.right.carry()

    def start(self, state: Mapping[str, Array] | None = None) -> None:
        """Set the initial state, to zeros where it is not given."""
        self.right.start(state)

    def memory(self) -> list[Array]:
        """The arrays that hold the last pass: their copies are a `Snapshot`, and can be put back."""
        return self.right.memory()

    def initial(self) -> dict[str, Array]:
        """State vectors that the last pass began with, (B, m)."""
        return self.right.initial()

    def values(self) -> dict[str, Array]:
        """What the last pass left in memory, by textbook name: (T B, m), and the losses L, (T B,)."""
        return self.right.values()
