"""Formulas evaluated on arrays with a batch in front: the gradient of a whole batch at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from teachrnn.array import Array
from teachrnn.formulas import tree
from teachrnn.formulas.formula_error import UnreadableFormulaError
from teachrnn.formulas.functions import FUNCTIONS
from teachrnn.formulas.tree import Formula, Letter
from teachrnn.op import OPS

FIRST, LAST, EACH_FIRST, EACH_LAST = "first", "last", "first for each x", "last for each x"
"""What code that overwrites makes of a sum over the batch: a `Call` of this name."""
OF_ALL = "of any row"
"""The name of a `Call`: 1 at the places of all rows, in every row."""


@dataclass(frozen=True, eq=False)
class FormulaValue:
    """An array (batch, rows, columns), and which of the last two it has: a number has neither."""

    data: Array
    rows: bool
    columns: bool

    @classmethod
    def of(cls, array: Array, axes: int, *, shared: bool) -> FormulaValue:
        """A number, vector (as a column) or matrix for each row of the batch, or one for all."""
        data = np.asarray(array)
        data = data[np.newaxis] if shared else data.reshape(-1, *data.shape[data.ndim - axes :])
        for _ in range(2 - axes):
            data = data[..., np.newaxis]
        return cls(data, axes > 0, axes > 1)

    @property
    def is_number(self) -> bool:
        """Whether it has neither rows nor columns."""
        return not (self.rows or self.columns)


@dataclass(frozen=True, eq=False)
class LetterValues:
    """What letters stand for.

    Attributes
    ----------
    letters : mapping
        By name; of a gradient with a d in front.
    sizes : mapping
        Lengths of axes, by the letter of the signature.
    places : mapping
        The axis that a whole number counts along, by its name.
    """

    letters: Mapping[str, FormulaValue]
    sizes: Mapping[str, int]
    places: Mapping[str, str]


def value_of(formula: Formula, numbers: LetterValues, *, absolute: bool = False) -> FormulaValue:
    """Evaluate a formula.

    Parameters
    ----------
    formula : Formula
        The right side of a line, right or wrong.
    numbers : LetterValues
        What its letters stand for.
    absolute : bool
        Whether every term counts with its absolute value: how large rounding errors can be.

    Raises
    ------
    UnreadableFormulaError
        If a node has no meaning here.
    ValueError
        If shapes do not fit.
    """
    return _Evaluation(numbers, absolute).of(formula)


@dataclass(frozen=True, eq=False)
class _Evaluation:
    numbers: LetterValues
    absolute: bool

    def of(self, node: Formula) -> FormulaValue:
        sign = 1.0 if self.absolute else -1.0
        match node:
            case Letter(name=name, kind=kind):
                known = self.numbers.letters[f"d{name}" if kind == "total" else name]
                return self._sized(known)
            case tree.Number(value=number):
                return FormulaValue(np.full((1, 1, 1), abs(number) if self.absolute else number), *_NO)
            case tree.Size(axis=axis):
                return FormulaValue(np.full((1, 1, 1), float(self.numbers.sizes[axis])), *_NO)
            case tree.Plus(left=a, right=b):
                return self._entrywise(np.add, a, b)
            case tree.Minus(left=a, right=b):
                return self._entrywise(lambda x, y: x + sign * y, a, b)
            case tree.Negative(of=a):
                return self._entrywise(lambda x: sign * x, a)
            case tree.Product(left=a, right=b):
                return self._product(self.of(a), self.of(b))
            case tree.Elementwise(left=a, right=b):
                return self._entrywise(np.multiply, a, b)
            case tree.Quotient(left=a, right=b):
                below = value_of(b, self.numbers)
                top = self.of(a)
                data = top.data / (np.abs(below.data) if self.absolute else below.data)
                return FormulaValue(data, top.rows or below.rows, top.columns or below.columns)
            case tree.Power(base=a, exponent=b):
                found = [value_of(part, self.numbers) for part in (a, b)]
                data = np.power(*(part.data for part in found))
                return self._sized(FormulaValue(data, found[0].rows, found[0].columns))
            case tree.Transpose(of=a):
                inner = self.of(a)
                return FormulaValue(inner.data.swapaxes(-1, -2), inner.columns, inner.rows)
            case tree.Function(name=word, arguments=arguments):
                found = [value_of(part, self.numbers) for part in arguments]
                name = {"max": "maximum", "min": "minimum"}.get(
                    FUNCTIONS[word].name, FUNCTIONS[word].name
                )
                data = getattr(np, name)(*(part.data for part in found))
                rows, columns = any(p.rows for p in found), any(p.columns for p in found)
                return self._sized(FormulaValue(data, rows, columns))
            case tree.Applied(operation=word, argument=argument):
                inner = value_of(argument, self.numbers)
                if not inner.rows or inner.columns:
                    raise ValueError("an operation is applied to a vector")
                data = _op(word)(inner.data[..., 0])[..., np.newaxis]
                return self._sized(FormulaValue(data, *_VECTOR))
            case tree.OneHot(place=place):
                return self._one_hot(place)
            case tree.Filled(value=number, length=None):
                return FormulaValue(np.full((1, 1, 1), float(number)), *_VECTOR)
            case tree.Filled(value=number, length=length):
                assert length is not None
                count = int(value_of(length, self.numbers).data.ravel()[0])
                return FormulaValue(np.full((1, count, 1), float(number)), *_VECTOR)
            case tree.Comparison(sign=sign_, left=a, right=b):
                found = [value_of(part, self.numbers) for part in (a, b)]
                x, y = (part.data for part in found)
                data = (x > y if sign_ == ">" else x < y).astype(float)
                return FormulaValue(data, found[0].rows, found[0].columns)
            case tree.Stack(columns=columns_):
                parts = [self.of(part).data for part in columns_]
                batch = max(len(part) for part in parts)
                full = [np.broadcast_to(part, (batch, *part.shape[1:])) for part in parts]
                return FormulaValue(np.concatenate(full, axis=1), *_VECTOR)
            case tree.Sum(index=None, body=body):
                inner = self.of(body)
                return FormulaValue(inner.data.sum(axis=0, keepdims=True), inner.rows, inner.columns)
            case tree.Sum(body=body):
                inner = self.of(_over_all(body))
                return FormulaValue(inner.data.sum(axis=1, keepdims=True), False, inner.columns)
            case tree.At(base=base, places=places):
                return self._picked(self.of(base), places)
            case tree.Call(name=name, arguments=arguments):
                return self._called(name, arguments[0])
        raise UnreadableFormulaError(f"{type(node).__name__} cannot be evaluated here")

    def _sized(self, value: FormulaValue) -> FormulaValue:
        return FormulaValue(np.abs(value.data), value.rows, value.columns) if self.absolute else value

    def _entrywise(self, function: Callable[..., Array], *nodes: Formula) -> FormulaValue:
        parts = [self.of(node) for node in nodes]
        data = function(*(part.data for part in parts))
        return FormulaValue(data, any(p.rows for p in parts), any(p.columns for p in parts))

    def _product(self, left: FormulaValue, right: FormulaValue) -> FormulaValue:
        if left.is_number or right.is_number:
            rows, columns = left.rows or right.rows, left.columns or right.columns
            return FormulaValue(left.data * right.data, rows, columns)
        return FormulaValue(left.data @ right.data, left.rows, right.columns)

    def _one_hot(self, place: Formula) -> FormulaValue:
        name = place.name if isinstance(place, Letter) else ""
        size = self.numbers.sizes[self.numbers.places[name]]
        at = self.numbers.letters[name].data.astype(int)
        return FormulaValue((np.arange(size)[:, np.newaxis] == at).astype(float), *_VECTOR)

    def _picked(self, base: FormulaValue, places: tuple[Formula, ...]) -> FormulaValue:
        def end(place: Formula | None) -> int | None:
            return None if place is None else int(value_of(place, self.numbers).data.ravel()[0])

        match places:
            case [tree.Span(start=start, stop=stop)]:
                return FormulaValue(base.data[:, end(start) : end(stop)], *_VECTOR)
            case [tree.Span(start=None, stop=None), place]:
                at = value_of(place, self.numbers).data.astype(int).reshape(-1)
                return FormulaValue(base.data[0].T[at][..., np.newaxis], *_VECTOR)
            case [place]:
                at = value_of(place, self.numbers).data.astype(int)
                wide = np.broadcast_to(base.data, (len(at), *base.data.shape[1:]))
                return FormulaValue(np.take_along_axis(wide, at, axis=1), *_NO)
        raise UnreadableFormulaError("this subscript cannot be evaluated here")

    def _called(self, name: str, of: Formula) -> FormulaValue:
        inner = self.of(of)
        if name in (FIRST, LAST):
            one = inner.data[:1] if name == FIRST else inner.data[-1:]
            return FormulaValue(one, inner.rows, inner.columns)
        if name == OF_ALL:
            return FormulaValue(inner.data.max(axis=0, keepdims=True), inner.rows, inner.columns)
        if name in (EACH_FIRST, EACH_LAST):  # each column once: of those rows that have it
            columns = np.abs(inner.data).sum(axis=1) > 0
            order = columns if name == EACH_FIRST else columns[::-1]
            at = order.argmax(axis=0)
            at = at if name == EACH_FIRST else len(columns) - 1 - at
            found = inner.data[at, :, np.arange(inner.data.shape[2])].T[np.newaxis]
            return FormulaValue(found, inner.rows, inner.columns)
        raise UnreadableFormulaError(f"{name} cannot be evaluated here")


_NO, _VECTOR = (False, False), (True, False)


def _op(word: str) -> Callable[..., Array]:
    for name, kind in OPS.items():
        if name.lower() == word:
            return kind.forward
    raise UnreadableFormulaError(f"no operation is called {word}")


def _over_all(body: Formula) -> Formula:
    """What a sum over k adds up, for all k at once: vectors, multiplied entry by entry."""
    if isinstance(body, tree.At) and len(body.places) == 1 and isinstance(body.places[0], tree.Index):
        return body.base
    if isinstance(body, tree.Product):
        return tree.Elementwise(_over_all(body.left), _over_all(body.right))
    return body.rebuilt(_over_all)
