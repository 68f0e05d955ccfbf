"""SymPy's derivative of an operation's formula: the reference for every gradient method."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from teachrnn.array import Array
from teachrnn.deferred import Deferred
from teachrnn.domain import Index
from teachrnn.formulas.symbolic import evaluate
from teachrnn.op import Op

if TYPE_CHECKING:
    import sympy
else:
    sympy = Deferred("sympy")

Sizes = tuple[tuple[str, int], ...]
Numbers = tuple[int | None, ...]


@dataclass(frozen=True, eq=False)
class SymbolicOp:
    """An operation at given core sizes, in symbols.

    Attributes
    ----------
    symbols : list
        For each input a flat list of its entries; whole-number inputs have none.
    outputs : list of sympy.Expr
        The entries of the output, flat.
    """

    symbols: list[list[sympy.Symbol]]
    outputs: list[sympy.Expr]

    def gradient(self, position: int, upstream: Sequence[sympy.Expr]) -> list[sympy.Expr]:
        """Sum over outputs of upstream times derivative, for every entry of one input."""
        return [
            sympy.Add(*(g * y.diff(s) for g, y in zip(upstream, self.outputs, strict=True)))
            for s in self.symbols[position]
        ]


def symbolic_op(op: type[Op], sizes: dict[str, int], arrays: Sequence[Array]) -> SymbolicOp:
    """Apply the formula to matrices of symbols; whole-number inputs are taken from ``arrays``."""
    return _symbolic_op(op, tuple(sorted(sizes.items())), whole_numbers(op, arrays))  # type: ignore[arg-type]


def whole_numbers(op: type[Op], arrays: Sequence[Array]) -> Numbers:
    """The inputs that are whole numbers (tokens, targets, positions); None for all others."""
    return tuple(
        int(array) if isinstance(op.domain.get(name), Index) else None
        for name, array in zip(op.inputs, arrays, strict=True)
    )


@lru_cache(maxsize=512)
def _symbolic_op(op: type[Op], sizes: Sizes, numbers: Numbers) -> SymbolicOp:
    size = dict(sizes)
    symbols: list[list[sympy.Symbol]] = []
    operands: list[Any] = []
    for name, axes, number in zip(op.inputs, op.shape_rule.inputs, numbers, strict=True):
        if number is not None:
            symbols.append([])
            operands.append(number)
            continue
        flat, matrix = _matrix_of_symbols(name, tuple(size[a] for a in axes))
        symbols.append(flat)
        operands.append(matrix)
    letters = dict(zip(op.inputs, operands, strict=True))
    return SymbolicOp(symbols, flat_entries(evaluate(op.definition, letters)))


@lru_cache(maxsize=64)
def _matrix_of_symbols(name: str, shape: tuple[int, ...]) -> tuple[list[sympy.Symbol], Any]:
    flat = [sympy.Symbol("_".join([name, *map(str, place)]), real=True) for place in np.ndindex(shape)]
    return flat, as_matrix(flat, shape)


def as_matrix(flat: Sequence[Any], shape: tuple[int, ...]) -> Any:
    """Entries as SymPy wants them: a scalar as it is, a vector as a column."""
    if not shape:
        return flat[0]
    rows, columns = (*shape, 1)[:2]
    return sympy.ImmutableMatrix(rows, columns, list(flat))


def flat_entries(y: Any) -> list[sympy.Expr]:
    """Entries of a scalar or a matrix, row by row."""
    return list(y) if isinstance(y, sympy.MatrixBase) else [sympy.sympify(y)]


def core_positions(
    op: type[Op], arrays: Sequence[Array], *, carried: Sequence[Array] | None = None
) -> list[list[Array]]:
    """The operands at each leading position: what the formula, which knows no batch, is applied to.

    ``carried`` holds arrays of the same shapes to be cut up in place of ``arrays`` (symbols, long
    numbers), which then only serve the check.
    """
    leading = op.check(*arrays).leading
    positions = []
    for place in np.ndindex(leading):
        row = []
        for axes, array in zip(op.shape_rule.inputs, carried or arrays, strict=True):
            row.append(np.asarray(array[place] if array.ndim > len(axes) else array))
        positions.append(row)
    return positions


class ReferenceOp:
    """Value and gradients of an operation as SymPy computes them, on arrays.

    Parameters
    ----------
    op : type
        The operation.

    Examples
    --------
    >>> from teachrnn import Tanh
    >>> ReferenceOp(Tanh).gradient("x", np.ones(1), np.array([0.0]))
    array([1.])
    """

    def __init__(self, op: type[Op]) -> None:
        self.op = op

    def value(self, *arrays: Array) -> Array:
        """The formula's value.

        Parameters
        ----------
        *arrays : ndarray
            The inputs, in the order of ``forward``.

        Returns
        -------
        ndarray
            The value, in double precision.

        Raises
        ------
        ShapeError, DomainError
            As `Op.check`.
        """
        binding = self.op.check(*arrays)
        rows = [self._evaluate(row, binding.sizes)[0] for row in core_positions(self.op, arrays)]
        core = self._output_shape(*arrays)
        return np.array(rows, dtype=float).reshape(binding.leading + core)

    def gradient(self, name: str, dy: Array, *arrays: Array) -> Array:
        """SymPy's gradient for input ``name``, summed over the leading axes it does not have.

        Parameters
        ----------
        name : str
            Name of the input.
        dy : ndarray
            Gradient of the loss with respect to the output.
        *arrays : ndarray
            The inputs, in the order of ``forward``.

        Returns
        -------
        ndarray
            The gradient, of the input's shape.

        Raises
        ------
        ShapeError, DomainError
            As `Op.check`.
        """
        position = self.op.inputs.index(name)
        binding = self.op.check(*arrays)
        axes = self.op.shape_rule.inputs[position]
        core = tuple(binding.sizes[a] for a in axes)
        upstream = np.asarray(dy, dtype=float).reshape(int(np.prod(binding.leading)), -1)
        rows = [
            self._evaluate(row, binding.sizes, position, list(g))[1]
            for row, g in zip(core_positions(self.op, arrays), upstream, strict=True)
        ]
        stacked = np.array(rows, dtype=float).reshape(binding.leading + core)
        lacking = stacked.ndim - np.asarray(arrays[position]).ndim
        return stacked.sum(axis=tuple(range(lacking))) if lacking else stacked

    def _output_shape(self, *arrays: Array) -> tuple[int, ...]:
        count = len(
            symbolic_op(
                self.op, self.op.check(*arrays).sizes, core_positions(self.op, arrays)[0]
            ).outputs
        )
        return (count,) if self.op.shape_rule.output else ()

    def _evaluate(
        self,
        row: Sequence[Array],
        sizes: dict[str, int],
        position: int | None = None,
        upstream: Sequence[float] = (),
    ) -> tuple[list[float], list[float]]:
        numbers = whole_numbers(self.op, row)
        key = (self.op, tuple(sorted(sizes.items())), numbers)
        flat = [x for array, n in zip(row, numbers, strict=True) if n is None for x in np.ravel(array)]
        if position is None:
            return _value_function(*key)(flat), []  # type: ignore[arg-type]
        return [], _gradient_function(*key, position)(flat, upstream)  # type: ignore[arg-type]


@lru_cache(maxsize=2048)
def _value_function(op: type[Op], sizes: Sizes, numbers: Numbers) -> Callable[..., list[float]]:
    symbolic = _symbolic_op(op, sizes, numbers)  # type: ignore[arg-type]
    symbols = [s for entries in symbolic.symbols for s in entries]
    return sympy.lambdify([symbols], symbolic.outputs, modules="numpy")


@lru_cache(maxsize=2048)
def _gradient_function(
    op: type[Op], sizes: Sizes, numbers: Numbers, position: int
) -> Callable[..., list[float]]:
    symbolic = _symbolic_op(op, sizes, numbers)  # type: ignore[arg-type]
    symbols = [s for entries in symbolic.symbols for s in entries]
    upstream = [sympy.Symbol(f"g_{i}", real=True) for i in range(len(symbolic.outputs))]
    gradient = symbolic.gradient(position, upstream)
    return sympy.lambdify([symbols, upstream], gradient, modules="numpy")
