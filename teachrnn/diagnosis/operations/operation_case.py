"""One set of numbers on which a student's operation and ours are compared."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Self

import numpy as np

from teachrnn.array import Array
from teachrnn.diagnosis.formula_value import FormulaValue, LetterValues, value_of
from teachrnn.domain import Index
from teachrnn.drawn_inputs import drawn_input
from teachrnn.formulas.equation import gradient_formula
from teachrnn.formulas.formula_error import UnreadableFormulaError
from teachrnn.formulas.tree import Formula
from teachrnn.op import Op

DIFFERENT = (4, 3, 5, 6)
"""Lengths of the axes of an operation, in the order in which its signature names them."""


class OperationCase:
    """An operation with its inputs, what is right for them, and the gradient that arrives.

    Parameters
    ----------
    op : type of Op
        The operation.
    arrays : mapping
        Its inputs by name, in our axes: a batch in front, but of what is shared.
    dy : ndarray
        What arrives, of the shape of the output.
    """

    def __init__(self, op: type[Op], arrays: Mapping[str, Array], dy: Array) -> None:
        self.op, self.arrays, self.dy = op, dict(arrays), dy
        self.y = np.asarray(op.forward(*self.arrays.values()))
        self.N = max((len(a) for n, a in self.arrays.items() if n not in op.shared), default=1)

    @classmethod
    def draw(
        cls,
        op: type[Op],
        *,
        N: int,
        sizes: tuple[int, ...] = DIFFERENT,
        arrives: float | None = None,
        seed: int = 0,
    ) -> Self:
        """Draw every number at random.

        Parameters
        ----------
        op : type of Op
            The operation.
        N : int
            How many rows the batch has.
        sizes : tuple of int
            Lengths of its axes, in the order in which the signature names them.
        arrives : float, optional
            What arrives at every entry of the output; by default numbers at random.
        seed : int
            Of the random numbers.

        Returns
        -------
        OperationCase
            The numbers.
        """
        rng = np.random.default_rng(seed)
        lengths = dict(zip(op.shape_rule.letters(), sizes, strict=False))
        arrays: dict[str, Array] = {}
        for _ in range(100):
            for name, axes in zip(op.inputs, op.shape_rule.inputs, strict=True):
                lead = () if name in op.shared else (N,)
                shape = (*lead, *(lengths[axis] for axis in axes))
                arrays[name] = drawn_input(op, name, shape, lengths, rng)
            if op.requires(*arrays.values()) is None:
                break
        y = np.asarray(op.forward(*arrays.values()))
        dy = rng.normal(size=y.shape) if arrives is None else np.full(y.shape, arrives)
        return cls(op, arrays, dy)

    @property
    def said_sizes(self) -> str:
        """Its sizes in words."""
        shapes = ", ".join(
            f"{name} {a.shape}"
            for name, a in self.arrays.items()
            if a.ndim or name not in self.op.shared
        )
        return f"a batch of {self.N} ({shapes})" if self.N > 1 else f"a single row ({shapes})"

    @cached_property
    def gradients(self) -> dict[str, Array]:
        """The right gradient of every input that has one."""
        arrays = [*self.arrays.values(), self.y]
        methods = self.op.gradient_methods.items()
        return {name: np.asarray(d(self.dy, *arrays)) for name, d in methods if d is not None}

    @cached_property
    def numbers(self) -> LetterValues:
        """What the letters of its formulas stand for."""
        rule, op = self.op.shape_rule, self.op
        sizes: dict[str, int] = {}
        letters: dict[str, FormulaValue] = {}
        arrays = [*self.arrays.values(), self.y, self.dy]
        names = [*op.inputs, op.output, f"d{op.output}"]
        for name, axes, array in zip(
            names, [*rule.inputs, rule.output, rule.output], arrays, strict=True
        ):
            sizes |= dict(zip(axes, array.shape[array.ndim - len(axes) :], strict=True))
            letters.setdefault(name, FormulaValue.of(array, len(axes), shared=name in op.shared))
        letters["N"] = FormulaValue.of(np.array(float(self.N)), 0, shared=True)
        places = {name: d.axis for name, d in op.domain.items() if isinstance(d, Index)}
        return LetterValues(letters, sizes, places)

    @cached_property
    def units(self) -> dict[str, float]:
        """For each gradient the size against which an error of rounding is measured.

        The largest entry of its formula with all terms counted by their absolute values; where no
        formula is stated, the largest entry itself.
        """
        units = {}
        for name, right in self.gradients.items():
            size = float(np.abs(right).max(initial=0.0))
            try:
                terms = value_of(gradient_formula(self.op, name), self.numbers, absolute=True)
                size = max(size, float(np.abs(terms.data).max(initial=0.0)))
            except (UnreadableFormulaError, ValueError, KeyError):
                pass
            units[name] = max(size, float(np.finfo(float).tiny))
        return units

    def value(self, formula: Formula, like: Array, *, shared: bool) -> Array | None:
        """A formula on these numbers, in the shape of an array.

        Parameters
        ----------
        formula : Formula
            Right or wrong.
        like : ndarray
            Of the shape that is wanted.
        shared : bool
            Whether one value stands for all rows of the batch.

        Returns
        -------
        ndarray or None
            None if it has no such value.
        """
        try:
            with np.errstate(all="ignore"):
                found = value_of(formula, self.numbers)
        except (UnreadableFormulaError, ValueError, KeyError, IndexError):
            return None
        shape = like.shape if not shared else (1, *like.shape)
        wide = (*shape, *([1] * (3 - len(shape))))
        try:
            return np.broadcast_to(found.data, wide).reshape(like.shape)
        except ValueError:
            return None
