"""A whole small network as one SymPy expression: the recorded graph replayed with formulas."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from teachrnn.array import Array
from teachrnn.deferred import Deferred
from teachrnn.formulas.symbolic import evaluate
from teachrnn.op import Op
from teachrnn.reference.derivative import as_matrix, core_positions, flat_entries, whole_numbers
from teachrnn.trace import Trace

if TYPE_CHECKING:
    import sympy
else:
    sympy = Deferred("sympy")


class SymbolicNetwork:
    """The loss of a trace as an expression in its leaves, and its derivatives.

    Every leaf of floating-point numbers becomes symbols, every operation its formula. The
    expression grows exponentially with T: meant for networks of two or three steps and units. For
    larger ones see `HighPrecisionGradient`.

    Parameters
    ----------
    trace : Trace
        A small record.

    Examples
    --------
    >>> from teachrnn import CharRNN
    >>> model = CharRNN(hidden=1, symbols=2, rng=np.random.default_rng(0))
    >>> network = SymbolicNetwork(model.record([0], [1]))
    >>> network.values["h[1]"]
    [tanh(U[0,0] + W[0,0]*h[0][0] + b[0])]
    """

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.symbols: dict[str, list[sympy.Symbol]] = {}
        self.values: dict[str, list[Any]] = {}
        for value in trace.values:
            if isinstance(value, Op):
                self.values[value.name] = self._apply(value)
            elif value.data.dtype.kind == "f":
                places = np.ndindex(value.shape)
                self.symbols[value.name] = self.values[value.name] = [
                    sympy.Symbol(f"{value.name}[{','.join(map(str, p))}]", real=True) for p in places
                ]
            else:
                self.values[value.name] = value.data.ravel().tolist()

    @cached_property
    def loss(self) -> sympy.Expr:
        """L as one expression."""
        return sympy.Add(*(e for v in self.trace.losses for e in self.values[v.name]))

    @property
    def size(self) -> int:
        """Number of nodes of the loss written out as a tree: differentiating it costs by that."""
        sizes: dict[Any, int] = {}

        def of(part: Any) -> int:
            if part not in sizes:  # what occurs often is measured once
                sizes[part] = 1 + sum(of(inner) for inner in part.args)
            return sizes[part]

        return of(self.loss)

    def derivative(self, name: str) -> list[sympy.Expr]:
        """Derivatives of the loss by every entry of a leaf, flat.

        Parameters
        ----------
        name : str
            Name of a leaf.

        Returns
        -------
        list of sympy.Expr
            One expression for each entry.
        """
        return [self.loss.diff(s) for s in self.symbols[name]]

    def gradient(self, name: str) -> Array:
        """The derivatives by one leaf, at the recorded numbers.

        Parameters
        ----------
        name : str
            Name of a leaf.

        Returns
        -------
        ndarray
            The gradient, of the leaf's shape.
        """
        return self.gradients([name])[name]

    def gradients(self, names: Iterable[str]) -> dict[str, Array]:
        """The derivatives by several leaves, at the recorded numbers.

        Much is common to derivatives of one loss; it is computed once.

        Parameters
        ----------
        names : iterable of str
            Names of leaves.

        Returns
        -------
        dict
            Gradients by name.
        """
        known: dict[Any, Any] = {
            symbol: sympy.Float(number)
            for leaf, symbols in self.symbols.items()
            for symbol, number in zip(symbols, self.trace[leaf].data.ravel().tolist(), strict=True)
        }

        def number(part: Any) -> Any:
            if part not in known:
                known[part] = part.func(*map(number, part.args)) if part.args else part
            return known[part]

        return {
            name: np.array([number(d) for d in self.derivative(name)], float).reshape(
                self.trace[name].shape
            )
            for name in names
        }

    def _apply(self, applied: Op) -> list[Any]:
        op = type(applied)
        objects = [
            np.array(self.values[v.name], dtype=object).reshape(v.shape) for v in applied.operands
        ]
        entries: list[Any] = []
        recorded = [v.data for v in applied.operands]
        for row, numbers in zip(
            core_positions(op, recorded, carried=objects), core_positions(op, recorded), strict=True
        ):
            fixed = whole_numbers(op, numbers)
            operands = [
                n if n is not None else as_matrix(list(np.ravel(a)), np.shape(a))
                for n, a in zip(fixed, row, strict=True)
            ]
            letters = dict(zip(op.inputs, operands, strict=True))
            entries.extend(flat_entries(evaluate(op.definition, letters)))
        return entries
