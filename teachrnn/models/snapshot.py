"""One step of a training run at full speed, kept to be opened as an ordinary trace."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from teachrnn.array import Array
from teachrnn.models.char_rnn import CharRNN, ModelSettings
from teachrnn.models.path import Path
from teachrnn.op import Value
from teachrnn.trace import Trace


@dataclass(frozen=True)
class Snapshot:
    """The memory of a path after a step, with the parameters that the step was made with.

    Keeping it is a handful of copies; the names are made when it is opened.

    Attributes
    ----------
    model : ModelSettings
        Settings of the model, as `CharRNN.settings` gives them.
    theta : ndarray
        All parameters, before the update.
    x, y : ndarray of int
        Inputs and targets, (T, B).
    memory : list of ndarray
        Copies of what `Path.memory` listed.
    """

    model: ModelSettings
    theta: Array
    x: Array
    y: Array
    memory: list[Array]

    @classmethod
    def of(cls, model: CharRNN, path: Path, x: Array, y: Array) -> Snapshot:
        """Keep the step that the path has just made, before the parameters are updated.

        Parameters
        ----------
        model : CharRNN
            The model that is trained.
        path : Path
            What has just computed its loss and gradients.
        x : ndarray
            Inputs of the step, (T, B).
        y : ndarray
            Targets of the step, (T, B).

        Returns
        -------
        Snapshot
            A copy of all that the step needs.
        """
        memory = [array.copy() for array in path.memory()]
        x, y = (np.array(given, np.intp).reshape(path.length, path.batch) for given in (x, y))
        return cls(model.settings(), model.parameters.flat.copy(), x, y, memory)

    def open(self) -> Trace:
        """The step as a trace, in which values that the run had in memory are the same to the last bit.

        Values that a fused pass never forms (``r[t]``, ``a[t]`` ...) are computed from them;
        ``backpropagate(trace)`` gives every gradient.

        Returns
        -------
        Trace
            The trace; it has no batch axis if the batch size is 1.
        """
        model = CharRNN(**self.model, rng=np.random.default_rng(0))
        model.parameters.flat[...] = self.theta
        T, B = self.x.shape
        path = model.path(length=T, batch=B, checked=False)
        for array, kept in zip(path.memory(), self.memory, strict=True):
            array[...] = kept
        single = B == 1
        given = {}
        for name, rows in path.values().items():
            steps = rows.reshape(T, B, *rows.shape[1:])
            for t in range(1, T + 1):
                given[f"{name}[{t}]"] = steps[t - 1, 0] if single else steps[t - 1]
        state = {name: s[0] if single else s for name, s in path.initial().items()}
        x, y = (self.x[:, 0], self.y[:, 0]) if single else (self.x, self.y)
        with np.errstate(all="ignore"):  # a step may be kept because its numbers are not finite
            return model.record(x, y, state=state, trace=_Recalled(given))


class _Recalled(Trace):
    """A trace in which some values are given, finite or not, whatever their operation returns."""

    def __init__(self, given: Mapping[str, Array]) -> None:
        super().__init__()
        self._given = given

    def enter(self, value: Value, name: str, role: str, data: Array) -> None:
        given = self._given.get(name)
        super().enter(value, name, role, data if given is None else given.copy())

    def check_finite(self, name: str, data: Array) -> None:
        pass
