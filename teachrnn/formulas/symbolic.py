"""Formulas evaluated by SymPy, on numbers and matrices of symbols."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from teachrnn.deferred import Deferred
from teachrnn.formulas import tree
from teachrnn.formulas.formula_error import UnreadableFormulaError
from teachrnn.formulas.tree import Formula, walk

if TYPE_CHECKING:
    import sympy
else:
    sympy = Deferred("sympy")


def evaluate(formula: Formula, letters: Mapping[str, Any]) -> Any:
    """A definition in SymPy.

    Parameters
    ----------
    formula : Formula
        The right side of a definition, without time and batch.
    letters : mapping
        What its letters stand for: expressions, matrices (vectors are columns), and Python integers for
        indices.

    Returns
    -------
    sympy.Expr or sympy.ImmutableMatrix

    Examples
    --------
    >>> import sympy
    >>> W, x = sympy.ImmutableMatrix([[1, 2]]), sympy.ImmutableMatrix(sympy.symbols("x_0 x_1"))
    >>> evaluate(tree.Letter("W") * tree.Letter("x"), {"W": W, "x": x})
    Matrix([[x_0 + 2*x_1]])
    """

    def value(node: Formula) -> Any:
        return evaluate(node, letters)

    match formula:
        case tree.Letter(name=name) | tree.Index(name=name):
            return letters[name]
        case tree.Number(value=number):
            return sympy.sympify(number)
        case tree.Plus(left=a, right=b):
            return _entrywise(lambda x, y: x + y, value(a), value(b))
        case tree.Minus(left=a, right=b):
            return _entrywise(lambda x, y: x - y, value(a), value(b))
        case tree.Negative(of=a):
            return _entrywise(lambda x: -x, value(a))
        case tree.Product(left=a, right=b):
            return value(a) * value(b)
        case tree.Elementwise(left=a, right=b):
            return _entrywise(lambda x, y: x * y, value(a), value(b))
        case tree.Quotient(left=a, right=b):
            return _entrywise(lambda x, y: x / y, value(a), value(b))
        case tree.Power(base=a, exponent=b):
            return _entrywise(lambda x, y: x**y, value(a), value(b))
        case tree.Transpose(of=a):
            return value(a).T
        case tree.Function(name=word, arguments=arguments):
            return _entrywise(getattr(sympy, word), *map(value, arguments))
        case tree.Stack(columns=columns):
            return sympy.ImmutableMatrix.vstack(*map(value, columns))
        case tree.At(base=base, places=places):
            return _picked(value(base), places, value)
        case tree.Sum(index=str(name), body=body):
            count = next(
                value(node.base).rows
                for node in walk(body)
                if isinstance(node, tree.At) and tree.Index(name) in node.places
            )
            return sympy.Add(*(evaluate(body, {**letters, name: k}) for k in range(count)))
    raise UnreadableFormulaError(f"{type(formula).__name__} is not supported in SymPy")


def _entrywise(function: Callable[..., Any], *parts: Any) -> Any:
    """A function of the entries at one place; numbers go with every entry."""
    shapes = {part.shape for part in parts if _is_matrix(part)}
    if not shapes:
        return function(*parts)
    (rows, columns) = shapes.pop()
    return sympy.ImmutableMatrix(
        rows,
        columns,
        lambda i, j: function(*(part[i, j] if _is_matrix(part) else part for part in parts)),
    )


def _picked(base: Any, places: tuple[Formula, ...], value: Callable[[Formula], Any]) -> Any:
    at = [
        slice(*(None if end is None else int(value(end)) for end in (place.start, place.stop)))
        if isinstance(place, tree.Span)
        else int(value(place))
        for place in places
    ]
    if len(at) == 1 and isinstance(at[0], int):
        return base[at[0]]
    return base[at[0], at[1] if len(at) > 1 else slice(None)]


def _is_matrix(part: Any) -> bool:
    return isinstance(part, sympy.MatrixBase)
