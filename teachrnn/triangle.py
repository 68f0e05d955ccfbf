"""The triangle of itemised gradients, and what truncated BPTT would keep of each gradient."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from teachrnn.array import Array
from teachrnn.backprop import Backprop, Itemised
from teachrnn.formulas.name import Name
from teachrnn.op import Op, Value
from teachrnn.trace import Trace

Arrived = Callable[[Value], Array | None]
"""What a backward sweep brings to a value; None where it brings nothing."""


@dataclass(frozen=True, eq=False)
class Reach:
    r"""How far back each loss reaches, for one parameter or one state, and what truncation costs.

    Attributes
    ----------
    name : str
        The parameter, such as ``W``, or the state without its time step, such as ``h``.
    kind : {"parameter", "state"}
        For a parameter an entry of the triangle belongs to its use at step k, for a state to its
        value at step k.
    norms : ndarray, (T, T)
        Row t-1 holds the loss at t, column k-1 step k: the Euclidean norm of what loss t
        contributes to the gradient through step k. NaN above the diagonal, where the past cannot
        depend on the future, and in the rows of steps without loss.
    kept : ndarray, (T,)
        Norm of the truncated gradient for the horizons 1 .. T: each loss t is followed back to step
        t - horizon + 1. The last is the full gradient's. For a state, of the gradients of all its
        steps together.
    cosine : ndarray, (T,)
        Cosine of the angle between the truncated and the full gradient; NaN where one of them is 0.
    distance : ndarray, (T,)
        $\|truncated - full\| / \|full\|$; NaN where the full gradient is 0.

    Examples
    --------
    >>> from teachrnn import CharRNN, Triangle
    >>> model = CharRNN(hidden=3, symbols=4, scale=0.5, rng=np.random.default_rng(0))
    >>> reach = Triangle.of(model.record([0, 1, 2], targets=[1, 2, 3])).reaches["W"]
    >>> reach.kind, reach.norms.shape, reach.distance[-1]
    ('parameter', (3, 3), np.float64(0.0))
    """

    name: str
    kind: Literal["parameter", "state"]
    norms: Array
    kept: Array
    cosine: Array
    distance: Array

    def to_dict(self) -> dict[str, Any]:
        """The same as plain data; None stands for what is not a finite number.

        Returns
        -------
        dict
            As ``json.dumps`` takes it.
        """
        arrays = {key: _plain(getattr(self, key)) for key in ("norms", "kept", "cosine", "distance")}
        return {"name": self.name, "kind": self.kind, **arrays}


@dataclass(frozen=True, eq=False)
class Triangle:
    """The itemised gradients of a trace, by name.

    Attributes
    ----------
    T : int
        Number of time steps.
    losses : tuple of int
        The time steps that have a loss.
    reaches : dict
        By name of every parameter and every state.

    Examples
    --------
    >>> from teachrnn import CharRNN, Triangle
    >>> model = CharRNN(hidden=3, symbols=4, rng=np.random.default_rng(0))
    >>> Triangle.of(model.record([0, 1, 2], targets=[1, 2, 3])).losses
    (1, 2, 3)
    """

    T: int
    losses: tuple[int, ...]
    reaches: dict[str, Reach]

    @classmethod
    def of(cls, trace: Trace) -> Triangle | None:
        r"""Itemise every parameter's and every state's gradient by (loss at t -> step k).

        One sweep is made per loss, as `Itemised` makes them. The truncated gradients need no others:
        what a horizon of $n$ keeps is the sum of the entries with $t - k < n$. Entries above the
        diagonal arise only where a network reads backwards in time; they are kept by every horizon.

        Parameters
        ----------
        trace : Trace
            A record.

        Returns
        -------
        Triangle or None
            None if no loss belongs to a time step 1 .. T. A parameter that acts outside these steps
            (a learnt initial state, say) has no column, and is left out.

        References
        ----------
        Williams & Peng (1990), Neural Computation 2(4), on truncation.

        Examples
        --------
        >>> from teachrnn import CharRNN, Triangle
        >>> model = CharRNN(hidden=3, symbols=4, scale=0.5, rng=np.random.default_rng(0))
        >>> triangle = Triangle.of(model.record([0, 1, 2], [1, 2, 3]))
        >>> list(triangle.reaches)
        ['U', 'W', 'b', 'V', 'c', 'h']
        >>> triangle.reaches["V"].distance           # the readout of step t meets the loss at t alone
        array([0., 0., 0.])
        >>> bool(triangle.reaches["h"].distance[0] > 0.01)
        True
        """
        with np.errstate(over="ignore", invalid="ignore"):  # an exploded gradient is shown as infinite
            sweeps = {t: sweep for t, sweep in Itemised(trace).sweeps.items() if t >= 1}
            if not sweeps:
                return None
            reaches = {
                name: _parameter(sweeps, value, trace)
                for name, value in trace.parameters.items()
                if all(term.user.t for sweep in sweeps.values() for term in sweep.terms(value))
            }
            arrived = {t: sweep.gradient for t, sweep in sweeps.items()}
            for name in _states(trace):
                reaches[name] = _state(arrived, name, trace)
        return cls(trace.T, tuple(sweeps), reaches)

    @classmethod
    def of_states(cls, trace: Trace, arrived: Mapping[int, Arrived]) -> Triangle:
        """The triangle of the states alone, of backward sweeps of your own.

        Parameters
        ----------
        trace : Trace
            A record.
        arrived : mapping of int to callable
            By the time step of a loss: what a sweep from that loss alone brings to a value, or None.

        Returns
        -------
        Triangle
            The triangle.

        Examples
        --------
        >>> from teachrnn import Backprop, CharRNN
        >>> model = CharRNN(hidden=3, symbols=4, rng=np.random.default_rng(0))
        >>> trace = model.record([0, 1, 2], [1, 2, 3])
        >>> losses = {loss.t: Backprop(trace, losses=[loss]).run() for loss in trace.losses}
        >>> found = Triangle.of_states(trace, {t: sweep.gradient for t, sweep in losses.items()})
        >>> bool(np.all(found.reaches["h"].kept == Triangle.of(trace).reaches["h"].kept))
        True
        """
        with np.errstate(over="ignore", invalid="ignore"):
            reaches = {name: _state(arrived, name, trace) for name in _states(trace)}
        return cls(trace.T, tuple(arrived), reaches)

    def to_dict(self) -> dict[str, Any]:
        """The triangle as plain data, ready for ``json.dumps``.

        Returns
        -------
        dict
            With the keys ``T``, ``losses`` and ``reaches``.
        """
        reaches = [reach.to_dict() for reach in self.reaches.values()]
        return {"T": self.T, "losses": list(self.losses), "reaches": reaches}


def _states(trace: Trace) -> Iterator[str]:
    """Names of the states: values that are given at step 0 and computed from step 1 on."""
    for value in trace.values:
        name = Name.of(value.name)
        first = str(name.at(1))
        if name.t == 0 and first in trace and isinstance(trace[first], Op):
            yield str(name.at(None))


def _parameter(sweeps: dict[int, Backprop], value: Value, trace: Trace) -> Reach:
    norms = _nothing_yet(sweeps, trace.T)
    by_lag = np.zeros((len(norms), value.data.size))
    for t, sweep in sweeps.items():
        through: dict[int | None, Array] = {}
        for term in sweep.terms(value):
            k = term.user.t
            through[k] = through[k] + term.gradient if k in through else term.gradient
        for k, d in through.items():
            assert k  # otherwise the parameter would have been left out
            norms[t - 1, k - 1] = _norm(d)
            by_lag[max(t - k, 0)] += d.ravel()
    return _reach(value.name, "parameter", norms, by_lag)


def _state(arrived: Mapping[int, Arrived], name: str, trace: Trace) -> Reach:
    T = trace.T
    norms = _nothing_yet(arrived, T)
    by_lag = []
    for k in range(1, T + 1):
        if f"{name}[{k}]" not in trace:
            continue
        value = trace[f"{name}[{k}]"]
        parts = np.zeros((T, value.data.size))
        for t, brought in arrived.items():
            d = brought(value)
            if d is not None:
                norms[t - 1, k - 1] = _norm(d)
                parts[max(t - k, 0)] += d.ravel()
        by_lag.append(parts)
    return _reach(name, "state", norms, np.concatenate(by_lag, axis=1))


def _nothing_yet(losses: Iterable[int], T: int) -> Array:
    """Rows of zeros up to the diagonal for the steps with a loss; NaN elsewhere."""
    norms = np.full((T, T), np.nan)
    for t in losses:
        norms[t - 1, :t] = 0.0
    return norms


def _reach(name: str, kind: Literal["parameter", "state"], norms: Array, by_lag: Array) -> Reach:
    truncated = np.cumsum(by_lag, axis=0)
    full = truncated[-1]
    size = _norm(full)
    kept = np.array([_norm(d) for d in truncated])
    return Reach(
        name=name,
        kind=kind,
        norms=norms,
        kept=kept,
        cosine=np.array([_cosine(d, full) for d in truncated]),
        distance=np.array([_norm(d - full) / size if size else np.nan for d in truncated]),
    )


def _norm(d: Array) -> float:
    """Euclidean norm, scaled: squares of exploding or vanishing gradients are out of range."""
    largest = float(np.abs(d).max(initial=0.0))
    if largest == 0 or not math.isfinite(largest):
        return largest
    return largest * float(np.linalg.norm(d / largest))


def _cosine(a: Array, b: Array) -> float:
    sizes = _norm(a), _norm(b)
    if 0 in sizes or not all(map(math.isfinite, sizes)):
        return math.nan
    return float(np.clip(np.dot(a / sizes[0], b / sizes[1]), -1, 1))


def _plain(array: Array) -> Any:
    """Nested lists of numbers; None for what is not finite."""
    return np.where(np.isfinite(array), array, None).tolist()  # type: ignore[call-overload]
