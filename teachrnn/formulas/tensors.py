"""Formulas evaluated by PyTorch, on tensors with any leading (time, batch) axes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from teachrnn.formulas import tree
from teachrnn.formulas.formula_error import UnreadableFormulaError
from teachrnn.formulas.functions import FUNCTIONS
from teachrnn.formulas.tree import Formula, over_all


@dataclass(frozen=True, eq=False)
class Tensor:
    """A torch tensor (..., rows, columns), and which of the two it has: a number has neither."""

    data: Any
    rows: bool
    columns: bool

    @classmethod
    def of(cls, data: Any, axes: int) -> Tensor:
        """A number (...), a vector (..., n), which becomes a column, or a matrix (..., h, d)."""
        for _ in range(2 - axes):
            data = data[..., None]
        return cls(data, axes > 0, axes > 1)

    def without_axes(self) -> Any:
        """The tensor as it is kept: a vector without its column's axis."""
        data = self.data if self.columns else self.data[..., 0]
        return data if self.rows else data[..., 0]

    @property
    def is_number(self) -> bool:
        """Whether it has neither rows nor columns."""
        return not (self.rows or self.columns)


def evaluate(torch: Any, formula: Formula, letters: Mapping[str, Tensor]) -> Tensor:
    """A definition in PyTorch.

    Parameters
    ----------
    torch : module
        PyTorch.
    formula : Formula
        The right side of a definition.
    letters : mapping
        What its letters stand for; places are tensors of whole numbers.
    """

    def value(node: Formula) -> Tensor:
        return evaluate(torch, node, letters)

    def entrywise(function: Callable[..., Any], *nodes: Formula) -> Tensor:
        parts = [value(node) for node in nodes]
        return Tensor(
            function(*(part.data for part in parts)),
            any(part.rows for part in parts),
            any(part.columns for part in parts),
        )

    match formula:
        case tree.Letter(name=name):
            return letters[name]
        case tree.Number(value=number):
            return Tensor.of(torch.tensor(float(number), dtype=torch.float64, device="cpu"), 0)
        case tree.Plus(left=a, right=b):
            return entrywise(lambda x, y: x + y, a, b)
        case tree.Minus(left=a, right=b):
            return entrywise(lambda x, y: x - y, a, b)
        case tree.Negative(of=a):
            return entrywise(lambda x: -x, a)
        case tree.Product(left=a, right=b):
            left, right = value(a), value(b)
            if left.is_number or right.is_number:
                return entrywise(lambda x, y: x * y, a, b)
            return Tensor(left.data @ right.data, left.rows, right.columns)
        case tree.Elementwise(left=a, right=b):
            return entrywise(lambda x, y: x * y, a, b)
        case tree.Quotient(left=a, right=b):
            return entrywise(lambda x, y: x / y, a, b)
        case tree.Power(base=a, exponent=b):
            return entrywise(lambda x, y: x**y, a, b)
        case tree.Transpose(of=a):
            of = value(a)
            return Tensor(of.data.mT, of.columns, of.rows)
        case tree.Function(name=word, arguments=arguments):
            name = FUNCTIONS[word].name
            return entrywise(
                getattr(torch, {"max": "maximum", "min": "minimum"}.get(name, name)), *arguments
            )
        case tree.Stack(columns=columns):
            parts = [value(column).data for column in columns]
            leading = torch.broadcast_shapes(*(part.shape[:-2] for part in parts))
            full = [part.expand(*leading, *part.shape[-2:]) for part in parts]
            return Tensor(torch.cat(full, dim=-2), rows=True, columns=False)
        case tree.Sum(index=str(name), body=body):
            whole = value(over_all(body, name))
            return Tensor(whole.data.sum(dim=-2, keepdim=True), rows=False, columns=whole.columns)
        case tree.At(base=base, places=places):
            return _picked(torch, value(base), places, value)
    raise UnreadableFormulaError(f"{type(formula).__name__} is not supported in PyTorch")


def _picked(
    torch: Any, base: Tensor, places: tuple[Formula, ...], value: Callable[[Formula], Tensor]
) -> Tensor:
    """An entry of a vector, some of its rows, or a column of a matrix."""
    match places:
        case [tree.Span(start=start, stop=stop)]:
            first, last = (None if end is None else int(value(end).data) for end in (start, stop))
            return Tensor(base.data[..., first:last, :], rows=True, columns=False)
        case [tree.Span(start=None, stop=None), place]:
            columns = base.data.mT[value(place).without_axes()]
            return Tensor(columns[..., None], rows=True, columns=False)
        case [place]:
            at = value(place).data
            leading = torch.broadcast_shapes(at.shape[:-2], base.data.shape[:-2])
            vector = base.data.expand(*leading, *base.data.shape[-2:])
            picked = torch.gather(vector, -2, at.expand(*leading, 1, 1))
            return Tensor(picked, rows=False, columns=False)
    raise UnreadableFormulaError("this subscript is not supported in PyTorch")
