"""The gradient of a recorded network to as many digits as wanted.

Every recorded operation is replaced by its *formula*. SymPy differentiates each elementary function
that occurs in it (a sum, a product, a power, exp, tanh ...) once; the pieces are chained backwards
over the recorded graph and evaluated by mpmath. None of the library's own gradients is used, no
derivative is written by hand here, and the cost is a few operations on long numbers for each one
on short numbers: it grows with the graph, not exponentially with T as an expanded expression does.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from teachrnn.array import Array
from teachrnn.deferred import Deferred
from teachrnn.op import Op, Value
from teachrnn.reference.derivative import Numbers, Sizes, core_positions, symbolic_op, whole_numbers
from teachrnn.reference.estimate import EntriesDone, Estimate, Oracle
from teachrnn.trace import Trace

if TYPE_CHECKING:
    import mpmath
    import sympy
else:
    mpmath = Deferred("mpmath")
    sympy = Deferred("sympy")


@dataclass(frozen=True, eq=False)
class Primitive:
    """One elementary function and its partial derivatives; a partial of None is the constant 1."""

    value: Callable[..., Any]
    partials: list[Callable[..., Any] | None]


@dataclass(frozen=True, eq=False)
class Program:
    """An operation's formula as straight-line code over numbered slots."""

    inputs: list[tuple[int, int, int]]  # (operand, flat entry, slot)
    numbers: list[tuple[sympy.Expr, int]]
    steps: list[tuple[Primitive, tuple[int, ...], int]]
    outputs: list[int]
    slots: int

    def run(self, operands: Sequence[Array]) -> list[Any]:
        """Value of every slot."""
        slots: list[Any] = [None] * self.slots
        for operand, entry, slot in self.inputs:
            slots[slot] = operands[operand][entry]
        for number, slot in self.numbers:
            slots[slot] = mpmath.mpmathify(number)
        for function, arguments, slot in self.steps:
            slots[slot] = function.value(*[slots[a] for a in arguments])
        return slots

    def pull_back(self, slots: list[Any], upstream: Sequence[Any]) -> list[tuple[int, int, Any]]:
        """Chain rule, from the outputs to the inputs: (operand, flat entry, gradient)."""
        d: list[Any] = [0] * self.slots
        for slot, g in zip(self.outputs, upstream, strict=True):
            d[slot] = d[slot] + g
        for function, arguments, slot in reversed(self.steps):
            g = d[slot]
            if g == 0:
                continue
            if len(arguments) == 1 or any(function.partials):
                values = [slots[a] for a in arguments]
            for a, partial in zip(arguments, function.partials, strict=True):
                d[a] = d[a] + (g if partial is None else g * partial(*values))
        return [(operand, entry, d[slot]) for operand, entry, slot in self.inputs]


@lru_cache(maxsize=256)
def _elementary(kind: type[sympy.Expr], count: int) -> Primitive:
    """Value and SymPy's partial derivatives of ``kind`` with ``count`` arguments."""
    z = [sympy.Dummy(f"z{i}", real=True) for i in range(count)]
    expression = kind(*z)
    modules: list[Any] = [{"Heaviside": lambda x, *_: mpmath.mpf(x > 0)}, "mpmath"]
    partials: list[Callable[..., Any] | None] = []
    for dummy in z:
        partial = expression.diff(dummy)
        partials.append(None if partial == 1 else sympy.lambdify(z, partial, modules=modules))
    return Primitive(sympy.lambdify(z, expression, modules=modules), partials)


@lru_cache(maxsize=512)
def _program(op: type[Op], sizes: Sizes, numbers: Numbers) -> Program:
    fake = [np.array(0 if n is None else n) for n in numbers]
    symbolic = symbolic_op(op, dict(sizes), fake)
    slot_of: dict[sympy.Expr, int] = {}
    inputs: list[tuple[int, int, int]] = []
    constants: list[tuple[sympy.Expr, int]] = []
    steps: list[tuple[Primitive, tuple[int, ...], int]] = []
    place = {s: (i, j) for i, entries in enumerate(symbolic.symbols) for j, s in enumerate(entries)}
    for output in symbolic.outputs:
        for node in sympy.postorder_traversal(output):
            if node in slot_of:
                continue
            slot = slot_of[node] = len(slot_of)
            if node in place:
                inputs.append((*place[node], slot))
            elif node.is_Number:
                constants.append((node, slot))
            else:
                arguments = tuple(slot_of[a] for a in node.args)
                steps.append((_elementary(node.func, len(node.args)), arguments, slot))
    outputs = [slot_of[y] for y in symbolic.outputs]
    return Program(inputs, constants, steps, outputs, len(slot_of))


class HighPrecisionGradient:
    """Loss and gradients of a trace, evaluated with ``digits`` significant decimal digits.

    Parameters
    ----------
    trace : Trace
        Any record; its leaves are taken as exact.
    digits : int
        Significant digits of the arithmetic.
    linearise_at : {"exact", "recorded"}
        Where the derivatives are taken: at the exact values of the network's function, or at the
        values that were recorded in float64. The first gives the true gradient. Comparing both
        tells how much of an error is due to rounding in the *forward* pass, which a network with
        large weights amplifies from step to step, and which no backward pass can undo.
    progress : callable, optional
        Called with the number of operations done since the last call.

    Attributes
    ----------
    loss : mpmath.mpf
        L, in nats.
    gradients : dict
        Object arrays of mpf for every value that the loss depends on, results included, by name.
    """

    def __init__(
        self,
        trace: Trace,
        *,
        digits: int = 50,
        linearise_at: Literal["exact", "recorded"] = "exact",
        progress: EntriesDone | None = None,
    ) -> None:
        self.trace, self.digits, self.linearise_at = trace, digits, linearise_at
        self._report = progress or (lambda _: None)
        with mpmath.workdps(digits):
            self._values: list[Array] = []
            self._runs: dict[int, list[tuple[Program, list[Any]]]] = {}
            self._forward()
            self.loss = sum((mpmath.fsum(self._values[v.index]) for v in trace.losses), mpmath.mpf(0))
            self.gradients = self._backward()

    def value(self, name: str) -> Array:
        """A recorded value, recomputed: an object array of mpf.

        Parameters
        ----------
        name : str
            Name of a value of the trace.

        Returns
        -------
        ndarray
            Its entries, to as many digits as asked for.
        """
        value = self.trace[name]
        return self._values[value.index].reshape(value.shape)

    def _forward(self) -> None:
        for value in self.trace.values:
            if not isinstance(value, Op):
                self._values.append(_exact(value.data))
                continue
            op = type(value)
            arrays = [self._values[v.index].reshape(v.shape) for v in value.operands]
            recorded = [v.data for v in value.operands]
            sizes = tuple(sorted(op.check(*recorded).sizes.items()))
            runs: list[tuple[Program, list[Any]]] = []
            entries: list[Any] = []
            for row in core_positions(op, recorded, carried=arrays):
                program = _program(op, sizes, whole_numbers(op, row))  # type: ignore[arg-type]
                slots = program.run([a.ravel() for a in row])
                runs.append((program, slots))
                entries.extend(slots[s] for s in program.outputs)
            self._runs[value.index] = runs
            exact = self.linearise_at == "exact"
            self._values.append(np.array(entries, dtype=object) if exact else _exact(value.data))
            self._report(1)

    def _backward(self) -> dict[str, Array]:
        d: dict[int, Array] = {}
        for loss in self.trace.losses:
            d[loss.index] = np.full(loss.data.size, mpmath.mpf(1), dtype=object)
        for op in reversed(self.trace.ops):
            self._report(1)
            if op.index not in d:
                continue
            upstream = d[op.index].reshape(len(self._runs[op.index]), -1)
            for position, ((program, slots), g) in enumerate(
                zip(self._runs.pop(op.index), upstream, strict=True)
            ):
                self._add(op, position, program.pull_back(slots, list(g)), d)
        return {
            self.trace[index].name: array.reshape(self.trace[index].shape) for index, array in d.items()
        }

    def _add(
        self, op: Op, position: int, found: list[tuple[int, int, Any]], d: dict[int, Array]
    ) -> None:
        """Add gradients of one leading position into those of the operands."""
        into: list[tuple[Array, int]] = []
        for value, axes in zip(op.operands, type(op).shape_rule.inputs, strict=True):
            if value.index not in d:
                d[value.index] = np.full(value.data.size, mpmath.mpf(0), dtype=object)
            split = value.data.ndim - len(axes)
            offset = position * math.prod(value.shape[split:]) if split else 0
            into.append((d[value.index], offset))
        for operand, entry, g in found:
            array, offset = into[operand]
            array[offset + entry] += g


def _exact(array: Array) -> Array:
    """The entries, flat, as exact long numbers; whole numbers as they are."""
    if array.dtype.kind in "iu":
        return array.ravel()
    return np.array([mpmath.mpf(x) for x in array.ravel().tolist()], dtype=object)


class HighPrecision(Oracle):
    """The true gradient: SymPy's derivatives, evaluated by mpmath with 50 digits, then rounded.

    Its own error is negligible. Its bound shows how much the gradient moves because the *forward* pass
    was recorded in float64, which matters in networks that amplify rounding from step to step.
    """

    name = "mpmath"
    title = "50 digits (SymPy, mpmath)"

    def __init__(self, digits: int = 50) -> None:
        self.digits = digits
        self._last: tuple[HighPrecisionGradient, HighPrecisionGradient] | None = None

    def evaluate(
        self, trace: Trace, value: Value, entries: Array, progress: EntriesDone | None
    ) -> Estimate:
        if self._last is None or self._last[0].trace is not trace:  # one sweep serves all values
            self._last = (
                HighPrecisionGradient(trace, digits=self.digits),
                HighPrecisionGradient(trace, digits=self.digits, linearise_at="recorded"),
            )
        exact, recorded = (
            sweep.gradients[value.name].ravel()[entries]
            if value.name in sweep.gradients  # or the loss does not depend on it
            else np.zeros(len(entries))
            for sweep in self._last
        )
        moved = np.abs((recorded - exact).astype(float))
        if progress is not None:
            progress(len(entries))
        return Estimate(entries, exact.astype(float), moved, 0.0)
