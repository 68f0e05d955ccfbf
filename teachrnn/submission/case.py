"""An instance as plain arrays: what a student's code can be given, and the right results."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

import numpy as np

from teachrnn.array import Array
from teachrnn.diagnosis.instance import Instance
from teachrnn.submission.form import Form
from teachrnn.submission.sequence_form import SequenceForm


class Case:
    """The numbers of an instance, always with a batch axis.

    Attributes
    ----------
    x, y : ndarray of int, shape (T, B)
    parameters : dict
        Of the model, and ``E``, the identity: an embedding that changes nothing.
    state : dict of ndarray, shape (B, m)
    T, B, m, K : int
    """

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.x, self.y = (np.reshape(a, (instance.T, instance.B)) for a in (instance.x, instance.y))
        model = instance.model
        self.T, self.B, self.m, self.K = instance.T, instance.B, model.hidden, model.symbols
        self.cell = model.cell.name
        self._encoded: dict[Form, Array] = {}
        self._given: dict[tuple[str, SequenceForm], Any] = {}
        self.parameters: dict[str, Array] = {n: np.array(p) for n, p in model.parameters.items()}
        self.parameters["E"] = np.eye(self.K, dtype=model.dtype)
        self.state = {
            name: np.reshape(instance.state.get(name, np.zeros(self.m)), (self.B, self.m)).astype(
                model.dtype
            )
            for name in model.state_names()
        }

    def alone(self) -> Iterator[Case]:
        """Each sequence of the batch as a batch of one."""
        for b in range(self.B):
            state = {name: s[[b]] for name, s in self.state.items()}
            yield Case(Instance(self.instance.model, self.x[:, [b]], self.y[:, [b]], state))

    def encoded(self, form: Form) -> Array:
        """A student's array with our numbers in it, as a copy that may be written into."""
        if form not in self._encoded:
            self._encoded[form] = form.encode(self.parameters)
        return self._encoded[form].copy()

    def given(self, what: str, form: SequenceForm) -> Any:
        """Inputs "x" or targets "y" in the student's form: the same object each time, to be copied."""
        if (what, form) not in self._given:
            symbols = self.x if what == "x" else self.y
            vectors = self.parameters["E"][symbols] if what == "x" else self.targets(form)
            self._given[what, form] = form.encode(symbols if form.tokens else vectors)
        return self._given[what, form]

    def shape(self, form: Form) -> tuple[int, ...]:
        """The shape that a student's array has."""
        if form not in self._encoded:
            self._encoded[form] = form.encode(self.parameters)
        return self._encoded[form].shape

    @cached_property
    def right(self) -> dict[str, Array]:
        """What the forward pass has to return: ``h``, ``s`` (T, B, m), ``o``, ``p`` (T, B, K)."""
        trace = self.instance.trace
        found = {
            name: np.stack(
                [np.reshape(trace[f"{name}[{t}]"].data, (self.B, -1)) for t in range(1, self.T + 1)]
            )
            for name in (*self.state, "o")
        }
        shifted = np.exp(found["o"] - found["o"].max(axis=-1, keepdims=True))
        found["p"] = shifted / shifted.sum(axis=-1, keepdims=True)
        return found

    @cached_property
    def loss(self) -> float:
        """Summed over T and B."""
        return float(self.instance.trace.total_loss)

    def loss_for(self, y: SequenceForm | None) -> float:
        """The student's correct loss, summed: ours, or their squared error (see `targets`)."""
        if y is None or not y.residual:
            return self.loss
        from_o = self.right["p"] - self.one_hot_y
        return float((from_o**2).sum()) / (2 if y.residual == 1 else 4)

    def targets(self, y: SequenceForm) -> Array:
        r"""The targets in (T, B, K): one-hot; or such that a squared error has our gradient of o.

        With $Y = o - (p - y)$ the gradient of $\frac12 \sum (o - Y)^2$ with respect to o is p - y, ours;
        so code for regression is asked on the same instances.
        """
        if not y.residual:
            return self.one_hot_y
        return self.right["o"] - (self.right["p"] - self.one_hot_y) / y.residual

    @cached_property
    def one_hot_y(self) -> Array:
        """(T, B, K)."""
        return np.eye(self.K, dtype=self.right["o"].dtype)[self.y]

    @cached_property
    def upstream(self) -> dict[str, Array]:
        """The upstream gradient of a layer: p - y for ``o`` and ``p``, the readout's for ``h``."""
        from_o = self.right["p"] - self.one_hot_y
        return {"o": from_o, "p": from_o, "h": from_o @ self.parameters["V"]}
