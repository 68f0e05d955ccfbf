"""What if: one number of a trace changed, and L compared with the gradient's prediction."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from teachrnn.backprop import Backprop
from teachrnn.errors import DomainError
from teachrnn.models import CharRNN
from teachrnn.op import Value
from teachrnn.reference.double_precision import in_double
from teachrnn.trace import Trace


@dataclass(frozen=True)
class Nudge:
    r"""One number changed: $L$ before and after, and the gradient's linear prediction.

    Attributes
    ----------
    name : str
        The value, such as ``W`` or ``h[3]``.
    index : tuple of int
        Which of its entries.
    entry : float
        The number there, as recorded.
    delta : float
        By how much it was moved.
    before, after : float
        L as recorded and L computed again, in nats per sequence.
    slope : float
        dL with respect to that entry, by backpropagation.
    """

    name: str
    index: tuple[int, ...]
    entry: float
    delta: float
    before: float
    after: float
    slope: float

    @property
    def change(self) -> float:
        """The actual change of L: after - before."""
        return self.after - self.before

    @property
    def predicted_change(self) -> float:
        """The change of L that the gradient predicts: slope times delta."""
        return self.slope * self.delta

    @property
    def predicted(self) -> float:
        """L after, as the gradient predicts it."""
        return self.before + self.predicted_change

    @property
    def remainder(self) -> float:
        """What the linear prediction misses: half the nudge gives a quarter of it (second order)."""
        return self.change - self.predicted_change


def nudge(trace: Trace, name: str, index: int | Sequence[int], delta: float) -> Nudge:
    r"""Change one number of a trace, recompute everything that follows from it, and compare.

    The gradient predicts $L + \frac{\partial L}{\partial \theta}\delta$. The rest of the change is of
    second order: it shrinks with the square of $\delta$, if the gradient is right.

    Parameters
    ----------
    trace : Trace
        A record with a loss; it is not changed.
    name : str
        A value of floating-point numbers: a parameter, an initial state, a dense input, any result.
        A result is changed itself; its operands are not.
    index : int or sequence of int
        Which entry; ``()`` for a single number.
    delta : float
        By how much.

    Returns
    -------
    Nudge

    Raises
    ------
    NameLookupError
        If there is no such value, with the nearest names.
    DomainError
        If the value holds whole numbers, has no such entry, or ``delta`` is not a finite number.
    TeachrnnError
        If the trace has no loss.

    Examples
    --------
    >>> from teachrnn import CharRNN
    >>> model = CharRNN(hidden=3, symbols=4, scale=0.5, rng=np.random.default_rng(0))
    >>> trace = model.record([0, 1, 2], [1, 2, 3])
    >>> whole, half = nudge(trace, "W", (2, 0), 0.1), nudge(trace, "W", (2, 0), 0.05)
    >>> abs(whole.remainder) < 0.1 * abs(whole.change)
    True
    >>> 3.8 < whole.remainder / half.remainder < 4.2
    True
    """
    value = trace[name]
    if value.data.dtype.kind != "f":
        raise DomainError(_no_floats(trace, value))
    place = _place(value, index)
    if not math.isfinite(delta):
        raise DomainError(f"`{name}` cannot be moved by {delta}: give a finite number.")
    sweep = Backprop(trace, losses=trace.losses).run()  # the trace's own gradients stay as they are
    slopes = sweep.gradient(value)
    resting = value.data.astype(float)  # in float64, whatever the record is in
    moved = resting.copy()
    moved[place] += delta
    double = in_double(trace)
    return Nudge(
        name=name,
        index=place,
        entry=float(value.data[place]),
        delta=float(delta),
        before=float(double.loss_after({name: resting})),
        after=float(double.loss_after({name: moved})),
        slope=0.0 if slopes is None else float(slopes[place]),
    )


def recorded_like(
    settings: Mapping[str, Any],
    x: ArrayLike,
    targets: ArrayLike | None = None,
    *,
    scale: float,
    seed: int = 0,
) -> Trace:
    """Record a new network: another cell, text, length or weight scale, but the same random numbers.

    With the same settings, another ``scale`` multiplies the same weights, and a longer
    ``x`` is read by the same network: what changes is due to that alone.

    Parameters
    ----------
    settings : mapping
        As `CharRNN.settings` returns them.
    x, targets : array-like
        As `CharRNN.record` takes them.
    scale : float
        Standard deviation of the weights.
    seed : int
        Seed of the random numbers.

    Returns
    -------
    Trace
        The record of the new network.

    Raises
    ------
    ShapeError, DomainError
        As `CharRNN` and `CharRNN.record`.

    Examples
    --------
    >>> settings = {"hidden": 3, "symbols": 4}
    >>> weak = recorded_like(settings, [0, 1], [1, 2], scale=0.1)
    >>> strong = recorded_like(settings, [0, 1, 2], [1, 2, 3], scale=0.2)
    >>> bool(np.allclose(strong["W"].data, 2 * weak["W"].data)), strong.T
    (True, 3)
    """
    model = CharRNN(**settings, scale=scale, rng=np.random.default_rng(seed))
    return model.record(x, targets)


def _place(value: Value, index: int | Sequence[int]) -> tuple[int, ...]:
    place = tuple(index) if isinstance(index, Sequence) else (index,)
    if len(place) == value.data.ndim and all(map(_within, place, value.shape)):
        return tuple(map(int, place))
    first, last = (0,) * value.data.ndim, tuple(n - 1 for n in value.shape)
    raise DomainError(
        f"`{value.name}` has no entry {place}: its shape is {value.shape}, "
        f"so its entries are {first} to {last}."
    )


def _within(i: Any, n: int) -> bool:
    return isinstance(i, int | np.integer) and bool(0 <= i < n)


def _no_floats(trace: Trace, value: Value) -> str:
    floats = [v.name for v in trace.values if v.data.dtype.kind == "f"]
    return (
        f"`{value.name}` holds {value.data.dtype} numbers, which cannot be moved a little; "
        f"these can: {', '.join(floats)}."
    )
