"""How the gradient of a parameter is formed from what arrived at the operations that use it.

That is linear, rightly or wrongly done: a matrix, made once, forms the gradient of a thousand sweeps
in one product.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeAlias

import numpy as np

from teachrnn.array import Array
from teachrnn.diagnosis.changes.change import Change
from teachrnn.diagnosis.tape import Edge, Tape
from teachrnn.diagnosis.wrong_sum import WrongSum
from teachrnn.op import Value


class SweepsDone(Protocol):
    """Backward sweeps that are over: how many, and what arrived in them."""

    @property
    def count(self) -> int:
        """How many there are."""

    def arrived(self, value: Value) -> Array:
        """The gradient that arrived at a value in every sweep, with the sweeps along the first axis."""


@dataclass(frozen=True)
class WrongTerm:
    """Every term of a parameter's gradient is formed wrongly, in the way of a change."""

    change: Change


@dataclass(frozen=True)
class GradientOf:
    """The gradient is that of another parameter."""

    parameter: str


Spec: TypeAlias = WrongTerm | WrongSum | GradientOf
"""What is wrong with the gradient of one parameter."""


@dataclass(frozen=True, eq=False)
class Reading:
    """The gradient of a parameter as a linear function of the gradients that arrived.

    Attributes
    ----------
    sources : list of Value
        At which values they arrived.
    matrix : ndarray, shape (sum of the sizes of the sources, size of the parameter)
        What each of their entries adds to each entry of the gradient.
    """

    sources: list[Value]
    matrix: Array

    def of(self, sweeps: SweepsDone) -> Array:
        """The gradient in every sweep, flat: shape (M, size)."""
        return self._arrived(sweeps) @ self.matrix

    def with_size(self, sweeps: SweepsDone) -> tuple[Array, Array]:
        """The same, and for each sweep the largest sum of absolute values that an entry is made of."""
        dy = self._arrived(sweeps)
        sizes = np.abs(dy) @ np.abs(self.matrix)
        return dy @ self.matrix, sizes.max(axis=1, initial=0.0)

    def errors(self, sweeps: SweepsDone, given: Array, unit: float, tolerance: float) -> Array:
        """How far the gradient in every sweep is from a given one, in units of rounding.

        The unit of a sweep is the largest sum of absolute values that an entry is made of, but no less
        than the one that is passed. It is formed only where the error may be within the tolerance;
        elsewhere the error is infinite.
        """
        dy = self._arrived(sweeps)
        sizes = np.abs(self.matrix)
        with np.errstate(all="ignore"):
            off = np.abs(dy @ self.matrix - given).max(axis=1, initial=0.0)
            most = np.abs(dy).sum(axis=1) * sizes.max(initial=0.0)
            near = np.flatnonzero(off <= tolerance * np.maximum(most, unit))
            size = (np.abs(dy[near]) @ sizes).max(axis=1, initial=0.0)
            error = off[near] / np.maximum(size, unit)
        found = np.full(len(off), np.inf)
        found[near] = np.where(np.isfinite(error), error, np.inf)
        return found

    def _arrived(self, sweeps: SweepsDone) -> Array:
        parts = [sweeps.arrived(value).reshape(sweeps.count, -1) for value in self.sources]
        return np.concatenate(parts, axis=1) if parts else np.zeros((sweeps.count, 0))


def read(tape: Tape, parameter: str, spec: Spec | None, B: int) -> Reading | None:
    """The reading of a parameter's gradient; None where the mistake cannot be made."""
    if isinstance(spec, GradientOf):
        same = tape.trace[spec.parameter].shape == tape.trace[parameter].shape
        return read(tape, spec.parameter, None, B) if same else None
    sources, blocks = [], []
    for edge in tape.uses[parameter]:
        source, block = _term(tape, edge, spec)
        if block is None:
            return None
        if source is not None:
            sources.append(source)
            blocks.append(block)
    size = tape.trace[parameter].data.size
    matrix = np.concatenate(blocks) if blocks else np.zeros((0, size))
    if isinstance(spec, WrongSum):
        return _added(tape, parameter, spec, B, sources, blocks)
    return Reading(sources, matrix)


def term(
    tape: Tape, edge: Edge, spec: Spec | None
) -> tuple[Value | None, Callable[[Array], Array] | None]:
    """What one use adds, as a function of the gradient that arrived at a value.

    Returns
    -------
    Value or None, callable or None
        No value where nothing arrives: beyond the ends of the sequence. No function where the mistake
        cannot be made with these shapes.
    """
    if not isinstance(spec, WrongTerm):
        return edge.op, edge.right
    source, local = spec.change.source(tape, edge), spec.change.local(tape, edge)
    fits = source is None or source.shape == edge.op.shape
    return source, local if fits else None


def counts(tape: Tape, spec: WrongSum, times: list[int | None], B: int) -> Array:
    """How many times the terms of these steps count."""
    t = np.array([time or 0 for time in times])
    return np.asarray(spec.weights(t, tape.T, B), dtype=float)


def _term(tape: Tape, edge: Edge, spec: Spec | None) -> tuple[Value | None, Array | None]:
    """What one use adds, as a matrix, and what it is a function of; no source where it adds nothing."""
    source, local = term(tape, edge, spec)
    if local is None:
        return None, None
    if source is None:  # beyond the ends of the sequence there is no gradient
        return None, np.zeros((0, edge.value.data.size))
    units = np.eye(int(np.prod(source.shape))).reshape(-1, *source.shape)
    with np.errstate(all="ignore"):
        rows = [local(unit) for unit in units]
    if any(row.shape != edge.value.shape for row in rows):
        return None, None
    return source, np.array([row.ravel() for row in rows])


def _added(
    tape: Tape, parameter: str, spec: WrongSum, B: int, sources: list[Value], blocks: list[Array]
) -> Reading | None:
    weights = counts(tape, spec, [source.t for source in sources], B)
    matrix = np.concatenate([w * block for w, block in zip(weights, blocks, strict=True)])
    if spec.transposed:
        shape = tape.trace[parameter].shape
        if len(shape) != 2 or shape[0] != shape[1]:
            return None
        matrix = matrix.reshape(-1, *shape).transpose(0, 2, 1).reshape(len(matrix), -1)
    return Reading(sources, matrix)
