"""From the formula of an array to that of one of its entries: matrix notation, taken apart."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from teachrnn.formulas import tree
from teachrnn.formulas.entries.matrix import ANY, Matrix, entrywise, product, stacked
from teachrnn.formulas.entries.tree import Tree, minus, plus, times
from teachrnn.formulas.formula_error import MisfitFormulaError, UnreadableFormulaError
from teachrnn.formulas.functions import FUNCTIONS
from teachrnn.formulas.tree import Formula

if TYPE_CHECKING:
    from teachrnn.op import Op


class Lowering:
    """Lowers formulas in the same letters.

    Parameters
    ----------
    letters : mapping
        What the letters stand for; ``dy`` is the gradient that belongs to y.
    sizes : mapping
        Lengths of axes, by their letter in the signature.
    operations : mapping
        Every operation, by name: a formula may name one that has a single input.
    fresh : iterator of str
        Names for the indices of sums.

    Examples
    --------
    >>> n = ("size", "x", 0)
    >>> x = Matrix.column(n, lambda i: ("at", "x", i))
    >>> Lowering({"x": x}, {"n": n}, {}).array(1 - tree.Letter("x") ** 2).entry("i", "j")
    ('-', 1, ('^', ('at', 'x', 'i'), 2))
    """

    def __init__(
        self,
        letters: Mapping[str, Matrix],
        sizes: Mapping[str, Tree],
        operations: Mapping[str, type[Op]],
        fresh: Iterator[str] | None = None,
    ) -> None:
        self.letters = letters
        self.sizes = sizes
        self.operations = operations
        self.fresh = fresh or (f"k{n}" for n in itertools.count(1))
        self.bound: dict[str, tuple[str, list[Tree]]] = {}

    def array(self, node: Formula) -> Matrix:
        """What a node stands for.

        Raises
        ------
        UnreadableFormulaError
            If it contains something that has no entries.
        MisfitFormulaError
            If the shapes do not match.
        """
        match node:
            case tree.Letter():
                return self.letter(node)
            case tree.Number(value=value):
                return Matrix.scalar(value)
            case tree.Size(axis=axis):
                return Matrix.scalar(self.sizes[axis])
            case tree.Plus(left=a, right=b):
                return entrywise(plus, self.array(a), self.array(b))
            case tree.Minus(left=a, right=b):
                return entrywise(minus, self.array(a), self.array(b))
            case tree.Negative(of=a):
                return entrywise(lambda x: ("-", x), self.array(a))
            case tree.Product(left=a, right=b):
                return product(self.array(a), self.array(b), next(self.fresh))
            case tree.Elementwise(left=a, right=b):
                return entrywise(times, self.array(a), self.array(b))
            case tree.Quotient(left=a, right=b):
                return entrywise(lambda x, y: ("/", x, y), self.array(a), self.array(b))
            case tree.Power(base=a, exponent=b):
                return entrywise(lambda x, y: ("^", x, y), self.array(a), self.array(b))
            case tree.Transpose(of=a):
                return self.array(a).transposed
            case tree.Function(name=word, arguments=arguments):
                name = FUNCTIONS[word].name
                return entrywise(lambda *x: (name, *x), *map(self.array, arguments))
            case tree.Comparison(sign=sign, left=a, right=b):
                return entrywise(lambda x, y: (sign, x, y), self.array(a), self.array(b))
            case tree.OneHot(place=place):
                hot = self.array(place).number()
                return Matrix.column(ANY, lambda i: ("onehot", i, hot))
            case tree.Filled(value=value, length=length):
                return Matrix.column(ANY if length is None else self.place(length), lambda i: value)
            case tree.Stack(columns=columns):
                first, *others = map(self.array, columns)
                for other in others:
                    first = stacked(first, other)
                return first
            case tree.Applied(operation=name, argument=argument):
                return self.applied(name, self.array(argument))
            case tree.Sum(index=None, body=body):
                inner = self.array(body)
                return Matrix(inner.rows, inner.columns, lambda i, j: ("positions", inner.entry(i, j)))
            case tree.Sum():
                return self.indexed_sum(node)
            case tree.At(base=base, places=places):
                return self.picked(self.array(base), places)
        raise UnreadableFormulaError(f"{type(node).__name__} has no entries")

    def letter(self, node: tree.Letter) -> Matrix:
        """What a letter stands for."""
        name = node.name if node.kind == "value" else f"d{node.name}"
        if name not in self.letters:
            raise UnreadableFormulaError(f"{name!r} is not a letter of the formula")
        return self.letters[name]

    def applied(self, name: str, argument: Matrix) -> Matrix:
        """Another operation's formula, with the argument in place of its input."""
        op = next((op for op in self.operations.values() if op.__name__.lower() == name.lower()), None)
        if op is None or len(op.inputs) != 1:
            raise UnreadableFormulaError(f"{name!r} is neither a letter of the operation nor a function")
        sizes = dict.fromkeys(op.shape_rule.inputs[0], argument.rows or 1)
        return Lowering({op.inputs[0]: argument}, sizes, self.operations, self.fresh).array(
            op.definition
        )

    def indexed_sum(self, node: tree.Sum) -> Matrix:
        """A sum over k, over the length of the axis for which k is a subscript."""
        assert node.index is not None
        name, index = node.index, next(self.fresh)
        outer = self.bound.get(name)
        self.bound[name] = index, []
        body = self.array(node.body)
        found = self.bound.pop(name)[1]
        if outer is not None:
            self.bound[name] = outer
        if not found:
            raise UnreadableFormulaError(f"a sum over {name} in which {name} is not a subscript")
        return Matrix(body.rows, body.columns, lambda i, j: ("sum", index, found[0], body.entry(i, j)))

    # Subscripts ------------------------------------------------------------------------------

    def picked(self, base: Matrix, places: tuple[Formula, ...]) -> Matrix:
        """The part of an array at the places given."""
        axes = [axis for axis in (base.rows, base.columns) if axis is not None]
        if len(places) > max(len(axes), 1):
            raise MisfitFormulaError("there are more subscripts than axes")
        at = [
            slice(self._end(p.start), self._end(p.stop))
            if isinstance(p, tree.Span)
            else self.place(p, axis)
            for p, axis in zip(places, axes or [ANY], strict=False)
        ]
        rows = base.rows
        match at:
            case [slice(start=start, stop=stop)] if rows is not None and base.columns is None:
                first = start or 0
                length = minus(rows if stop is None else stop, first)
                return Matrix.column(length, lambda i: base.entry(plus(first, i), 0))
            case [int() | str() | tuple() as place] if rows is not None and base.columns is None:
                return Matrix.scalar(base.entry(place, 0))
            case [slice(start=None, stop=None), int() | str() | tuple() as column] if rows is not None:
                return Matrix.column(rows, lambda i: base.entry(i, column))
            case [int() | str() | tuple() as row, int() | str() | tuple() as column]:
                return Matrix.scalar(base.entry(row, column))
        raise UnreadableFormulaError("this subscript does not fit its letter")

    def _end(self, end: Formula | None) -> Tree | None:
        return None if end is None else self.place(end)

    def place(self, node: Formula, axis: Tree | None = None) -> Tree:
        """A place: a number, the index of a sum, a whole-number letter, or the length of an axis."""
        match node:
            case tree.Number(value=int() as value):
                return value
            case tree.Index(name=name):
                index, found = self.bound[name]
                if axis not in (None, ANY):
                    found.append(axis)
                return index
            case tree.Letter():
                return self.letter(node).number()
            case tree.Size(axis=letter):
                return self.sizes[letter]
            case tree.Plus(left=a, right=b):
                return plus(self.place(a, axis), self.place(b, axis))
            case tree.Minus(left=a, right=b):
                return minus(self.place(a, axis), self.place(b, axis))
        raise UnreadableFormulaError("this is not known as an index")
