"""How a student lays out the inputs of an operation, and reads its output."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any, Literal

import numpy as np

from teachrnn.array import Array
from teachrnn.diagnosis.operations import OperationCase
from teachrnn.domain import Index
from teachrnn.op import Op

Lead = Literal["rows", "columns", "time", "vector", "column", "row"]
SAID = {
    "rows": "a batch of rows",
    "columns": "a batch of columns",
    "time": "a batch of sequences of rows",
    "vector": "one vector",
    "column": "one column, (n, 1)",
    "row": "one row, (1, n)",
}
SINGLE = ("vector", "column", "row")


@dataclass(frozen=True)
class OperationLayout:
    """One layout.

    Attributes
    ----------
    lead : str
        Where the batch is, a key of `SAID`.
    turned : bool
        Whether matrices stand to the right of a row, $x W$.
    bias : str
        The shape of what is one vector for all rows: "flat" (h,), "column" (h, 1), "row" (1, h).
    one_hot : bool
        Whether whole numbers are one-hot vectors.
    adds : str
        What becomes of a number for each row: "each", "sum" or "mean".
    """

    lead: Lead
    turned: bool = False
    bias: Literal["flat", "column", "row"] = "flat"
    one_hot: bool = False
    adds: Literal["each", "sum", "mean"] = "each"

    @property
    def single(self) -> bool:
        """Whether it has no batch."""
        return self.lead in SINGLE

    @classmethod
    def every(cls, op: type[Op]) -> Iterator[OperationLayout]:
        """All that make a difference to an operation, those of batches first."""
        rule = op.shape_rule
        shared = [len(a) for n, a in zip(op.inputs, rule.inputs, strict=True) if n in op.shared]
        whole = any(isinstance(d, Index) and n not in op.shared for n, d in op.domain.items())
        number = not rule.output
        yield from (
            cls(lead, turned, bias, one_hot, adds)  # type: ignore[arg-type]
            for lead, one_hot, turned, bias, adds in product(
                SAID,
                (False, True) if whole else (False,),
                (True, False) if 2 in shared else (False,),
                ("flat", "column", "row") if 1 in shared else ("flat",),
                ("mean", "sum", "each") if number else ("each",),
            )
        )

    def factor(self, N: int) -> float:
        """What every row's number counts in the output."""
        return 1 / N if self.adds == "mean" else 1.0

    def encode(self, case: OperationCase, name: str) -> Any:
        """An input as the student has it."""
        op, array = case.op, case.arrays[name]
        axes = len(op.shape_rule.inputs[op.inputs.index(name)])
        if name in op.shared:
            return self._shared(array, axes)
        domain = op.domain.get(name)
        if isinstance(domain, Index) and self.one_hot:
            size = case.numbers.sizes[domain.axis]
            return self._vectors(np.eye(size)[array], case.N)
        return self._vectors(array.copy(), case.N) if axes else self._numbers(array, case.N)

    def upstream(self, case: OperationCase) -> Any:
        """What arrives, as the student has the output."""
        if case.op.shape_rule.output:
            return self._vectors(case.dy.copy(), case.N)
        if self.adds != "each":
            return 1.0
        return self._numbers(case.dy.copy(), case.N)

    def output(self, case: OperationCase, value: Any) -> Array:
        """The output in our axes; where rows were added up, every row the mean.

        Raises
        ------
        ValueError, TypeError
            If it has another shape.
        """
        array = np.asarray(value, dtype=float)
        if case.op.shape_rule.output:
            return self._back(array, case.y.shape, case.N)
        if self.adds != "each" or self.single:
            return np.asarray(array.reshape(()))
        return array.reshape(case.y.shape) if array.size == case.y.size else _refused(array, case.y)

    def value(self, case: OperationCase) -> Array:
        """What `output` has to be."""
        if case.op.shape_rule.output or (self.adds == "each" and not self.single):
            return case.y
        return np.asarray(case.y.sum() * self.factor(case.N))

    def forward_value(self, case: OperationCase) -> Any:
        """The right output, as the student would have it."""
        if case.op.shape_rule.output:
            return self._vectors(case.y.copy(), case.N)
        if self.adds != "each":
            return float(self.value(case))
        return self._numbers(case.y.copy(), case.N)

    def gradient(self, case: OperationCase, name: str, value: Any) -> Array:
        """A gradient in our axes.

        Raises
        ------
        ValueError, TypeError
            If it has another shape; (n, 1) for (n,) is let pass.
        """
        op, like = case.op, case.arrays[name]
        array = np.asarray(value, dtype=float)
        if name not in op.shared:
            return self._back(array, like.shape, case.N)
        if like.ndim == 2:
            shape = like.shape[::-1] if self.turned else like.shape
            if array.shape != shape:
                _refused(array, np.zeros(shape))
            return array.T if self.turned else array
        return array.reshape(like.shape) if array.size == like.size else _refused(array, like)

    def _shared(self, array: Array, axes: int) -> Any:
        if axes == 0:
            return array.item()
        if axes == 2:
            return np.ascontiguousarray(array.T) if self.turned else array.copy()
        shape = {"flat": (-1,), "column": (-1, 1), "row": (1, -1)}[self.bias]
        return array.reshape(shape).copy()

    def _vectors(self, array: Array, N: int) -> Any:
        match self.lead:
            case "columns":
                return np.ascontiguousarray(array.T)
            case "time":
                return array.reshape(_times(N), -1, array.shape[-1])
            case "vector":
                return array[0]
            case "column":
                return array[0][:, np.newaxis]
        return array

    def _numbers(self, array: Array, N: int) -> Any:
        if self.lead == "time":
            return array.reshape(_times(N), -1)
        return array[0].item() if self.single else array

    def _back(self, array: Array, shape: tuple[int, ...], N: int) -> Array:
        if self.lead == "columns":
            if array.shape != shape[::-1]:
                _refused(array, np.zeros(shape[::-1]))
            return array.T
        needed = {"time": (_times(N), N // _times(N), shape[-1]), "rows": shape}.get(self.lead)
        if needed is not None and array.shape != needed:
            _refused(array, np.zeros(needed))
        if array.size != int(np.prod(shape)):
            _refused(array, np.zeros(shape))
        return array.reshape(shape)


def _times(N: int) -> int:
    return 2 if N % 2 == 0 else 1


def _refused(array: Array, like: Array) -> Array:
    raise ValueError(f"has shape {array.shape} where {like.shape} is needed")
