r"""Formulas as the NumPy that a student writes for one sequence: a vector is an array with one axis.

What on paper is a column or a row is the same array, so $W x$ is ``W @ x``, $\mathrm{d}y\, x^\top$ is
``np.outer(dy, x)``, and a sum over time is the ``+=`` of a loop. Sigmoid and softmax are short functions
that the program defines (`numpy_helpers`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal, Protocol

from teachrnn.formulas import tree
from teachrnn.formulas.code_line import Code, Token, code, listed, source
from teachrnn.formulas.formula_error import UnreadableFormulaError
from teachrnn.formulas.functions import FUNCTIONS
from teachrnn.formulas.tree import Formula, over_all

SUM, PRODUCT, POWER, ATOM = range(4)
Operator = Literal["", "+", "-", "*", "/", "@"]


NUMPY = {"max": "maximum", "min": "minimum"}
"""Functions that have another name in NumPy."""


class Owned(Formula):
    """A formula inside a larger one that comes from another operation; it is written as it is."""

    formula: Formula
    owner: str

    def parts(self) -> tuple[Formula, ...]:
        return (self.formula,)

    def rebuilt(self, change: Callable[[Formula], Formula]) -> Formula:
        return Owned(change(self.formula), self.owner)


class LengthOf(Formula):
    """How long an axis of a letter is."""

    letter: tree.Letter
    axis: int

    def parts(self) -> tuple[Formula, ...]:
        return (self.letter,)

    def rebuilt(self, change: Callable[[Formula], Formula]) -> Formula:
        return self.changed(letter=change(self.letter))


class Spelling(Protocol):
    """How the letters of a formula are called in a program."""

    def letter(self, node: tree.Letter) -> str:
        """The name of a letter."""

    def axes(self, node: tree.Letter) -> int:
        """How many axes it has: 0 for a number, 1 for a vector, 2 for a matrix."""


def numpy_code(formula: Formula, spelling: Spelling, like: tree.Letter | None = None) -> Code:
    """A formula as an expression.

    Parameters
    ----------
    formula : Formula
        The right side of a definition, or of a gradient.
    spelling : Spelling
        What its letters are called, and what they are.
    like : Letter, optional
        A letter whose shape the result has: where a vector of zeros, or with a single 1, takes its
        length from.

    Raises
    ------
    UnreadableFormulaError
        If it holds something that has no such code.
    """
    return _Writer(spelling, like).part(formula).code


@dataclass(frozen=True)
class _Coded:
    """An expression, how tightly it binds, and which of rows and columns it has."""

    code: Code
    rank: int
    rows: bool
    columns: bool
    operator: Operator = ""
    boolean: bool = False

    @property
    def is_number(self) -> bool:
        return not (self.rows or self.columns)

    @property
    def is_matrix(self) -> bool:
        return self.rows and self.columns

    def held(self, *, least: int) -> Code:
        """The expression, in brackets where it binds less tightly than needed."""
        return self.code if self.rank >= least else code("(", self.code, ")")


class _Writer:
    """Writes the nodes of one formula."""

    def __init__(self, spelling: Spelling, like: tree.Letter | None) -> None:
        self.spelling = spelling
        self.like = like

    def part(self, node: Formula) -> _Coded:
        """A node as an expression."""
        match node:
            case Owned(formula=inner, owner=owner):
                found = self.part(inner)
                marked = tuple(replace(token, of=token.of | {owner}) for token in found.code)
                return replace(found, code=marked)
            case tree.Letter():
                axes = self.spelling.axes(node)
                return _Coded((Token(self.spelling.letter(node), node),), ATOM, axes > 0, axes > 1)
            case tree.Number(value=value):
                return _Coded(code(repr(value)), ATOM if value >= 0 else SUM, False, False)
            case LengthOf(letter=letter, axis=axis):
                of = self.part(letter)
                length = code(of.code, f".shape[{axis}]") if of.is_matrix else code("len(", of.code, ")")
                return _number(length)
            case tree.Plus(left=a, right=b):
                return self.added(a, b)
            case tree.Minus(left=a, right=b):
                return self.entrywise("-", a, b)
            case tree.Negative(of=a):
                of = _arithmetic(self.part(a))
                return replace(of, code=code("-", of.held(least=PRODUCT)), rank=SUM, operator="-")
            case tree.Product(left=a, right=b):
                return self.product(a, b)
            case tree.Elementwise(left=a, right=b):
                return self.entrywise("*", a, b)
            case tree.Quotient(left=a, right=b):
                return self.entrywise("/", a, b)
            case tree.Power(base=a, exponent=b):
                base, exponent = _arithmetic(self.part(a)), self.part(b)
                power = code(base.held(least=ATOM), "**", exponent.held(least=ATOM))
                return replace(base, code=power, rank=POWER, operator="")
            case tree.Transpose(of=a):
                of = self.part(a)
                turned = code(of.held(least=ATOM), ".T") if of.is_matrix else of.code
                rank = ATOM if of.is_matrix else of.rank
                return replace(of, code=turned, rank=rank, rows=of.columns, columns=of.rows)
            case tree.Function(name=word, arguments=arguments):
                known = FUNCTIONS[word].name
                return self.called(f"np.{NUMPY.get(known, known)}", *arguments)
            case tree.Applied(operation=name, argument=argument):
                return self.called(name, argument)
            case tree.Call(name=name, arguments=arguments):
                axes = 0 if self.like is None else self.spelling.axes(self.like)
                return replace(self.called(name, *arguments), rows=axes > 0, columns=axes > 1)
            case tree.Comparison(sign=sign, left=a, right=b):
                compared = self.entrywise(sign, a, b)
                return replace(compared, code=code("(", compared.code, ")"), rank=ATOM, boolean=True)
            case tree.Sum(index=None, body=body):
                return self.part(body)  # over time: what += in a loop does
            case tree.Sum(index=str(name), body=body):
                whole = _arithmetic(self.part(over_all(body, name)))
                return replace(
                    _number(code("np.sum(", whole.code, ")")), columns=whole.columns and whole.rows
                )
            case tree.Stack(columns=columns):
                parts = [self.part(column).code for column in columns]
                return _vector(code("np.concatenate([", listed(parts), "])"))
            case tree.OneHot(place=place):
                return _vector(code("np.eye(", self.length(), ")[", self.part(place).code, "]"))
            case tree.Filled(value=value, length=length):
                filled = "np.ones(" if value else "np.zeros("
                size = self.length() if length is None else self.part(length).code
                return _vector(code(filled, size, ")"))
            case tree.At(base=base, places=places):
                return self.picked(self.part(base), places)
        raise UnreadableFormulaError(f"{type(node).__name__} has no code in NumPy")

    # Arithmetic ------------------------------------------------------------------------------

    def added(self, a: Formula, b: Formula) -> _Coded:
        """A sum; a negative summand is subtracted."""
        owner, inner = (b.owner, b.formula) if isinstance(b, Owned) else ("", b)
        if isinstance(inner, tree.Negative):
            return self.entrywise("-", a, Owned(inner.of, owner) if owner else inner.of)
        return self.entrywise("+", a, b)

    def entrywise(self, sign: str, a: Formula, b: Formula) -> _Coded:
        """An operator of NumPy between two arrays of one shape, or with a number."""
        left, right = self.part(a), self.part(b)
        if sign not in "*<>" or (left.boolean and right.boolean):
            left, right = _arithmetic(left), _arithmetic(right)
        return self.joined(sign, left, right)

    def joined(self, sign: str, left: _Coded, right: _Coded) -> _Coded:
        """Two expressions and an operator between them, with the brackets that it needs."""
        shapes = {(side.rows, side.columns) for side in (left, right) if not side.is_number}
        if len(shapes) > 1 and sign != "@":
            raise UnreadableFormulaError("a row and a column, or a matrix and a vector, do not fit")
        if sign in "+-<>":
            rank = SUM
            first = left.code
            tight = sign != "+" and right.rank == SUM
            second = right.held(least=PRODUCT) if tight else right.code
            if source(second).startswith("-"):
                second = code("(", second, ")")
        else:
            rank = PRODUCT
            first = left.held(least=PRODUCT)
            if left.rank == PRODUCT and "@" in (sign, left.operator) and sign != left.operator:
                first = code("(", first, ")")
            loose = right.rank == PRODUCT and not (sign == right.operator == "*")
            second = code("(", right.code, ")") if loose else right.held(least=PRODUCT)
        return _Coded(
            code(first, f" {sign} ", second),
            rank,
            left.rows or right.rows,
            left.columns or right.columns,
            sign,  # type: ignore[arg-type]
        )

    def product(self, a: Formula, b: Formula) -> _Coded:
        """The matrix product, as NumPy has it for vectors with one axis."""
        if isinstance(b, tree.OneHot):  # it picks a column
            matrix = self.part(a)
            if matrix.is_matrix:
                return self.picked(matrix, (tree.Span(None, None), b.place))
        left, right = self.part(a), self.part(b)
        if left.is_number or right.is_number:
            return self.entrywise("*", a, b)
        left, right = _arithmetic(left), _arithmetic(right)
        if left.columns:
            found = self.joined("@", left, right)
            return replace(found, rows=left.rows, columns=right.columns)
        if right.columns and not right.rows:
            return _Coded(code("np.outer(", left.code, ", ", right.code, ")"), ATOM, True, True)
        raise UnreadableFormulaError("the shapes of a product do not fit")

    def called(self, name: str, *arguments: Formula) -> _Coded:
        """A function of one or more arguments, entry by entry."""
        parts = [_arithmetic(self.part(argument)) for argument in arguments]
        return _Coded(
            code(name, "(", listed([part.code for part in parts]), ")"),
            ATOM,
            any(part.rows for part in parts),
            any(part.columns for part in parts),
        )

    # Subscripts ------------------------------------------------------------------------------

    def picked(self, base: _Coded, places: tuple[Formula, ...]) -> _Coded:
        """An entry of a vector, some of its entries, a column of a matrix, or an entry of one."""
        at = [self.place(place) for place in places]
        whole = code(base.held(least=ATOM), "[", listed(at), "]")
        match places:
            case [tree.Span()] if not base.is_matrix:
                return replace(base, code=whole, rank=ATOM)
            case [tree.Span(start=None, stop=None), place] if not isinstance(place, tree.Span):
                return _vector(whole)
            case [_] if not base.is_matrix:
                return _number(whole)
            case [row, column] if not isinstance(row, tree.Span) and not isinstance(column, tree.Span):
                return _number(whole)
        raise UnreadableFormulaError("this subscript has no code in NumPy")

    def place(self, place: Formula) -> Code:
        """A place, or a slice."""
        if not isinstance(place, tree.Span):
            return self.part(place).code
        ends = [() if end is None else self.part(end).code for end in (place.start, place.stop)]
        return code(ends[0], ":", ends[1])

    # Shapes ----------------------------------------------------------------------------------

    def length(self) -> Code:
        """The length of the vector that is needed."""
        if self.like is None or self.spelling.axes(self.like) != 1:
            raise UnreadableFormulaError("the length of this vector is not said")
        return code("len(", Token(self.spelling.letter(self.like), self.like), ")")


def _number(written: Code) -> _Coded:
    return _Coded(written, ATOM, False, False)


def _vector(written: Code) -> _Coded:
    return _Coded(written, ATOM, True, False)


def _arithmetic(part: _Coded) -> _Coded:
    """A condition as 0 and 1; anything else as it is."""
    if not part.boolean:
        return part
    return replace(part, code=code("1.0 * ", part.code), rank=PRODUCT, operator="*", boolean=False)
