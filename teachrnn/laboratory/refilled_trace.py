"""A record whose numbers are replaced pass by pass, while its operations stay the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from teachrnn.array import Array
from teachrnn.diagnosis.site import timeless
from teachrnn.diagnosis.tape import Tape
from teachrnn.models import CharRNN
from teachrnn.op import Op, Value


class RefilledTrace:
    """The graph of a network over sequences of one size, recorded once and computed again and again.

    Recording a step takes ten times as long as computing it, and every sequence of a training run has
    the same graph. So the values of one record are made views of arrays that hold a value at all time
    steps, (T, ...), and a pass fills those: values that a fused pass has in memory are copied, all
    others are computed by their operations, for all time steps in one call where that is possible.

    Parameters
    ----------
    model : CharRNN
        The network; its parameters are read in place.
    length, batch : int
        T and B.
    given : set of str
        The names, without time, of values that `fill` is handed.

    Attributes
    ----------
    tape : Tape
        The edges of the record: they hold the numbers of the last pass.
    steps : dict
        For every value that has a time step, by its name without time, its numbers at all of them.
    before : dict
        The same one step earlier: the initial state comes first.
    """

    def __init__(self, model: CharRNN, *, length: int, batch: int, given: set[str]) -> None:
        tokens = np.zeros((length, batch), np.intp)
        self.trace = model.record(tokens, tokens, state=model.initial_state(batch))
        self._whole: dict[str, Array] = {}
        self.parameters = {name: model.parameters[name] for name in self.trace.parameters}
        for value in self.trace.values:
            self._move(value, length)
        self.steps = {name: whole[1:] for name, whole in self._whole.items()}
        self.before = {name: whole[:-1] for name, whole in self._whole.items()}
        self.tape = Tape(self.trace)
        self._computed = [op for op in self.trace.ops if timeless(op) not in given]
        self._at_once = self._calls(given)

    def _move(self, value: Value, length: int) -> None:
        """Let a value be a view of the array that holds it at all time steps."""
        if value.role == "parameter":
            value.data = self.parameters[value.name]
        elif value.t is not None:
            shape, name = (length + 1, *value.shape), timeless(value)
            whole = self._whole.setdefault(name, np.zeros(shape, value.data.dtype))
            value.data = whole[value.t]

    def _calls(self, given: set[str]) -> list[tuple[Callable[..., Array], list[Array], Array]] | None:
        """What computes the values for all time steps at once; None if one waits for the step before."""
        known = given | {timeless(v) for v in self.trace.values if not isinstance(v, Op)}
        calls = []
        for op in self._computed:
            name = timeless(op)
            if op.t != 1:
                continue
            if any(v.role == "result" and timeless(v) not in known for v in op.operands) or any(
                v.t == 0 and timeless(v) not in given for v in op.operands
            ):
                return None
            calls.append((type(op).forward, self.operands(op), self.steps[name]))
            known.add(name)
        return calls

    def operands(self, op: Op) -> list[Array]:
        """What an operation uses at all time steps, (T, ...); a parameter as it is.

        Parameters
        ----------
        op : Op
            The operation at its first step, or at any.

        Returns
        -------
        list of ndarray
            The arrays in the order of its inputs.
        """
        return [self._over_time(op, value) for value in op.operands]

    def _over_time(self, op: Op, value: Value) -> Array:
        if value.t is None:
            return value.data
        return (self.steps if value.t == op.t else self.before)[timeless(value)]

    def fill(
        self, x: Array, y: Array, *, initial: Mapping[str, Array], values: Mapping[str, Array]
    ) -> None:
        """Compute another sequence.

        Parameters
        ----------
        x, y : ndarray of int
            Inputs and targets, (T,) or (T, B).
        initial : mapping
            The initial state by name, (B, m).
        values : mapping
            The values that are given, (T B, ...), as `Path.values` returns them.
        """
        for name, rows in (("x", x), ("y", y), *values.items()):
            own = self.steps[name]
            own[...] = rows.reshape(own.shape)
        for name, vectors in initial.items():
            self._whole[name][0] = vectors
        if self._at_once is not None:
            for forward, operands, result in self._at_once:
                result[...] = forward(*operands)
            return
        for op in self._computed:
            op.data[...] = type(op).forward(*[v.data for v in op.operands])
