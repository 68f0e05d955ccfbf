"""Backpropagation, made visible: the reversed loop over a trace, one chain-rule application a step.

On a trace that was unrolled over time this loop *is* backpropagation through time (BPTT).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from operator import length_hint
from typing import Any, Self

import numpy as np

from teachrnn.application import applied
from teachrnn.array import Array
from teachrnn.copying import CopiedWhole, NotPickled
from teachrnn.errors import TeachrnnError
from teachrnn.gradients import Arrival, Gradients, Term
from teachrnn.op import Op, Value
from teachrnn.trace import Trace


@dataclass(frozen=True, eq=False)
class ChainRule:
    """One application of the chain rule: dy goes in, one term per input comes out.

    Examples
    --------
    >>> from teachrnn import Backprop, CharRNN
    >>> model = CharRNN(hidden=3, symbols=4, rng=np.random.default_rng(0))
    >>> step = next(Backprop(model.record([0, 1], targets=[1, 2])))
    >>> step.op.name, list(step.terms)
    ('L[2]', ['o'])
    """

    op: Op
    dy: Array

    @property
    def terms(self) -> dict[str, Term]:
        """The terms by input name."""
        return {name: Term(self.op, name, self.dy) for _, name, _ in self.op.differentiable}


class Backprop(CopiedWhole, NotPickled):
    """Walk a trace backwards; ``next()`` applies the chain rule once, `run` does the rest.

    Gradients of results are added up as they arrive. Gradients of leaves (parameters, inputs) are
    computed when asked for: the terms of a shared parameter stay apart (`terms`), and their sum
    is formed in one product over all uses (see `Gradients`).

    Parameters
    ----------
    trace : Trace
        A record with at least one loss.
    losses : sequence of Value, optional
        Start from these losses only, instead of all: one loss L_t itemises the gradient.
    horizon : int, optional
        Truncate: follow the gradient of the loss at t back to step t - horizon + 1 and no further.
        The losses must then be those of one time step; see `Itemised.total` for all of them.

    Examples
    --------
    >>> from teachrnn import Backprop, CharRNN
    >>> import numpy as np
    >>> model = CharRNN(hidden=3, symbols=4, rng=np.random.default_rng(0))
    >>> trace = model.record([0, 1, 2], [1, 2, 3])
    >>> sweep = Backprop(trace)
    >>> next(sweep).op.name                      # the last loss comes first
    'L[3]'
    >>> trace["h[1]"].grad is None               # not yet
    True
    >>> sweep.run().gradient("W").shape
    (3, 3)
    >>> [term.user.t for term in sweep.terms("W")]
    [3, 2, 1]
    """

    instead_of_pickle = "keep its trace with teachrnn.save_trace(trace, path)."

    def __init__(
        self,
        trace: Trace,
        *,
        losses: Sequence[Value] | None = None,
        horizon: int | None = None,
    ) -> None:
        self.trace = trace
        self.losses = tuple(trace.losses if losses is None else losses)
        self.horizon = horizon
        if not self.losses:
            raise TeachrnnError(
                "the trace has no loss to start from: give the model targets= when it records, "
                "or declare one with trace.loss(...)."
            )
        self._earliest = self._first_step()
        self.found = Gradients()
        for loss in self.losses:
            self.found.start(loss)
        self._left = reversed(trace.ops)
        self._steps = self._sweep()
        if losses is None and horizon is None:
            trace.gradients = self.found

    def _first_step(self) -> int | None:
        if self.horizon is None:
            return None
        times = {loss.t for loss in self.losses}
        if self.horizon < 1 or len(times) != 1 or None in times:
            raise TeachrnnError(
                "a horizon is a number of time steps, at least 1, for the loss of one time step: "
                f"got horizon={self.horizon} and losses at t={sorted(map(str, times))}."
            )
        (t,) = times
        assert t is not None
        return t - self.horizon + 1

    def _sweep(self) -> Iterator[tuple[Op, Array]]:
        sums, uses, earliest = self.found.sums, self.found.uses, self._earliest
        for op in self._left:
            dy = sums.get(op.index)
            if dy is None:  # the loss does not depend on this result
                continue
            if earliest is not None and op.t is not None and op.t < earliest:
                continue
            operands = op.operands
            handed = [dy, *[value.data for value in operands], op.data]
            for position, name, gradient in op.differentiable:
                value = operands[position]
                index = value.index
                uses[index].append((op, name))
                if value.role == "result":
                    d = applied(gradient, handed, value.data.shape, op, name)
                    if index in sums:
                        d = sums[index] + d
                    d.setflags(False)  # type: ignore[call-arg]  # by place: three times as fast
                    sums[index] = d
            yield op, dy

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        """A sweep that continues, on a copy of the trace, from where this one is."""
        twin = object.__new__(type(self))
        memo[id(self)] = twin
        others = {name: held for name, held in self.__dict__.items() if name not in ("_left", "_steps")}
        twin.__dict__.update(deepcopy(others, memo))
        twin._left = reversed(twin.trace.ops[: length_hint(self._left)])
        twin._steps = twin._sweep()
        return twin

    def __iter__(self) -> Iterator[ChainRule]:
        return self

    def __next__(self) -> ChainRule:
        return ChainRule(*next(self._steps))

    def run(self) -> Backprop:
        """Apply the chain rule to everything that is left.

        Returns
        -------
        Backprop
            The sweep itself, so that calls can be chained.
        """
        deque(self._steps, maxlen=0)  # takes every step and keeps none
        return self

    def terms(self, value: Value | str) -> list[Term]:
        """The summands of a value's gradient so far, one per use, in the order of arrival.

        Parameters
        ----------
        value : Value or str
            The value, or its name in the trace.

        Returns
        -------
        list of Term
            One term for each use of the value that the sweep has passed.

        Raises
        ------
        NameLookupError
            If the trace has no value of that name.
        """
        return self.found.terms(self._find(value))

    def arrivals(self, value: Value | str) -> Iterator[Arrival]:
        """The same as they arrived, each with what had arrived before it and the sum of both.

        The last sum is `gradient`, to the last bit.

        Parameters
        ----------
        value : Value or str
            The value, or its name in the trace.

        Yields
        ------
        Arrival
            A part of the gradient, with the sum before it and after it.

        Raises
        ------
        NameLookupError
            If the trace has no value of that name.

        Examples
        --------
        >>> from teachrnn import Add, Tanh, Trace
        >>> trace = Trace()
        >>> x = trace.input("x", [0.0])
        >>> loss = trace.loss(Add(x, Tanh(x, name="h"), name="y"))
        >>> for arrival in backpropagate(trace).arrivals("x"):
        ...     print(arrival.term.user.name, arrival.part, arrival.sum)
        y [1.] [1.]
        h [1.] [2.]
        """
        return self.found.arrivals(self._find(value))

    def gradient(self, value: Value | str) -> Array | None:
        """Gradient of the loss with respect to ``value``; None until the sweep has reached it.

        Parameters
        ----------
        value : Value or str
            The value, or its name in the trace.

        Returns
        -------
        ndarray or None
            The gradient, of the value's shape.

        Raises
        ------
        NameLookupError
            If the trace has no value of that name.
        """
        return self.found.gradient(self._find(value))

    def gradients(self) -> dict[str, Array]:
        """Gradient of every parameter, after the whole sweep; zeros where the loss does not depend.

        Returns
        -------
        dict
            Gradients by name of the parameter, each of the parameter's shape.
        """
        self.run()
        found = {name: self.gradient(value) for name, value in self.trace.parameters.items()}
        return {
            name: np.zeros_like(self.trace[name].data) if d is None else d for name, d in found.items()
        }

    def _find(self, value: Value | str) -> Value:
        return self.trace[value] if isinstance(value, str) else value


class Itemised(CopiedWhole):
    """Every gradient split by (loss at t -> step k): how far back each loss reaches.

    One sweep is made per loss, so the triangle costs as many sweeps as there are losses.

    Parameters
    ----------
    trace : Trace
        A record whose losses belong to time steps.
    horizon : int, optional
        Follow each loss back over this many steps only (truncated BPTT).

    Examples
    --------
    >>> from teachrnn import CharRNN, Itemised
    >>> model = CharRNN(hidden=3, symbols=4, scale=0.5, rng=np.random.default_rng(0))
    >>> items = Itemised(model.record([0, 1, 2], targets=[1, 2, 3]))
    >>> items.term("W", loss=3, step=1).shape
    (3, 3)
    >>> items.norms("V").round(3)              # a readout meets the loss of its own step alone
    array([[0.363, 0.   , 0.   ],
           [0.   , 0.634, 0.   ],
           [0.   , 0.   , 0.728]])
    """

    def __init__(self, trace: Trace, *, horizon: int | None = None) -> None:
        self.trace = trace
        times = sorted({loss.t for loss in trace.losses if loss.t is not None})
        self.sweeps: dict[int, Backprop] = {
            t: Backprop(trace, losses=[v for v in trace.losses if v.t == t], horizon=horizon).run()
            for t in times
        }

    def term(self, name: str, loss: int, step: int) -> Array:
        """What the loss at time ``loss`` contributes to the gradient through time ``step``.

        Parameters
        ----------
        name : str
            A parameter, or another value, such as ``"h[0]"``.
        loss : int
            t, the time step of the loss.
        step : int
            k, the time step at which the value is used.

        Returns
        -------
        ndarray
            The term, of the value's shape; zeros where the loss does not depend on that use.

        Raises
        ------
        TeachrnnError
            If no loss belongs to that time step.
        NameLookupError
            If the trace has no value of that name.
        """
        if loss not in self.sweeps:
            raise TeachrnnError(f"there is no loss at t={loss}; losses are at {list(self.sweeps)}.")
        value = self.trace[name]
        found = [s.gradient for s in self.sweeps[loss].terms(value) if s.user.t == step]
        return sum(found[1:], start=found[0]) if found else np.zeros_like(value.data, dtype=float)

    def total(self, name: str) -> Array:
        """The gradient: all entries of the triangle added up. Truncated BPTT if there is a horizon.

        Parameters
        ----------
        name : str
            A parameter, or another value, such as ``"h[0]"``.

        Returns
        -------
        ndarray
            The gradient, of the value's shape.

        Raises
        ------
        NameLookupError
            If the trace has no value of that name.
        """
        value = self.trace[name]
        found = [d for s in self.sweeps.values() if (d := s.gradient(value)) is not None]
        return sum(found[1:], start=found[0]) if found else np.zeros_like(value.data, dtype=float)

    @np.errstate(under="ignore")
    def norms(self, name: str) -> Array:
        """Norm of every entry of the triangle: row t-1 holds the loss at t, column k-1 step k.

        Parameters
        ----------
        name : str
            A parameter, or another value, such as ``"h[0]"``.

        Returns
        -------
        ndarray
            The norms, (T, T).

        Raises
        ------
        NameLookupError
            If the trace has no value of that name.
        """
        T = self.trace.T
        return np.array(
            [
                [
                    np.linalg.norm(self.term(name, t, k)) if k <= t and t in self.sweeps else 0.0
                    for k in range(1, T + 1)
                ]
                for t in range(1, T + 1)
            ]
        )


def backpropagate(trace: Trace) -> Backprop:
    """Backpropagate through the whole trace; afterwards every value has its gradient, ``value.grad``.

    Parameters
    ----------
    trace : Trace
        A record with at least one loss.

    Returns
    -------
    Backprop
        The sweep, run to its end.

    Raises
    ------
    TeachrnnError
        If the trace has no loss.

    Examples
    --------
    >>> from teachrnn import CharRNN, backpropagate
    >>> model = CharRNN(hidden=3, symbols=4, rng=np.random.default_rng(0))
    >>> trace = model.record([0, 1, 2], targets=[1, 2, 3])
    >>> sweep = backpropagate(trace)
    >>> trace["h[2]"].grad.shape, sweep.gradient("W").shape
    ((3,), (3, 3))
    """
    return Backprop(trace).run()
