"""Matrix expressions that know their shape and the formula of each of their entries."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from teachrnn.formulas.entries.tree import Tree, minus, plus, times
from teachrnn.formulas.formula_error import MisfitFormulaError

ANY: Final = "any"
r"""The length of an axis that fits any other, as that of $\mathbf{1}$ does."""


@dataclass(frozen=True)
class Matrix:
    """A scalar, column, row or matrix.

    Attributes
    ----------
    rows, columns : Tree or None
        Length of each axis; None where there is no such axis.
    entry : callable
        The formula of entry (i, j). An index without an axis is not looked at.
    """

    rows: Tree | None
    columns: Tree | None
    entry: Callable[[Tree, Tree], Tree]

    @classmethod
    def scalar(cls, tree: Tree) -> Matrix:
        """A number."""
        return cls(None, None, lambda i, j: tree)

    @classmethod
    def column(cls, rows: Tree, entry: Callable[[Tree], Tree]) -> Matrix:
        """A column vector."""
        return cls(rows, None, lambda i, j: entry(i))

    @property
    def is_scalar(self) -> bool:
        """Whether it has no axis."""
        return self.rows is None and self.columns is None

    @property
    def transposed(self) -> Matrix:
        """Rows become columns."""
        return Matrix(self.columns, self.rows, lambda i, j: self.entry(j, i))

    def number(self) -> Tree:
        """The formula of a scalar."""
        if not self.is_scalar:
            raise MisfitFormulaError("a single number is needed, not an array")
        return self.entry(0, 0)


def entrywise(make: Callable[..., Tree], *parts: Matrix) -> Matrix:
    """A function of the entries at one place; scalars go with every entry."""
    rows, columns = None, None
    for part in parts:
        if part.is_scalar:
            continue
        if rows is None and columns is None:
            rows, columns = part.rows, part.columns
        rows = common(rows, part.rows, "the rows of what is joined entry by entry")
        columns = common(columns, part.columns, "the columns of what is joined entry by entry")
    return Matrix(rows, columns, lambda i, j: make(*(part.entry(i, j) for part in parts)))


def product(a: Matrix, b: Matrix, index: str) -> Matrix:
    """The matrix product; ``index`` is the name that its sum may use."""
    if a.is_scalar or b.is_scalar:
        return entrywise(times, a, b)
    inner = common(a.columns, b.rows, "the columns of the first factor and the rows of the second")
    if inner is None:
        return Matrix(a.rows, b.columns, lambda i, j: times(a.entry(i, 0), b.entry(0, j)))
    if inner == ANY:
        raise MisfitFormulaError("the length of the axis that a product sums over is not known")
    return Matrix(
        a.rows,
        b.columns,
        lambda i, j: ("sum", index, inner, times(a.entry(i, index), b.entry(index, j))),
    )


def stacked(above: Matrix, below: Matrix) -> Matrix:
    """One column above the other."""
    if above.rows is None or below.rows is None or above.columns or below.columns:
        raise MisfitFormulaError("only column vectors can be put one above the other")
    n = above.rows
    if n == ANY:
        raise MisfitFormulaError("the length of the upper of two vectors is not known")
    return Matrix.column(
        ANY if below.rows == ANY else plus(n, below.rows),
        lambda i: ("if", ("<", i, n), above.entry(i, 0), below.entry(minus(i, n), 0)),
    )


def common(a: Tree | None, b: Tree | None, what: str) -> Tree | None:
    """The length that two axes share.

    Lengths that are computed (of a slice, say) are compared by the law, in numbers.

    Raises
    ------
    MisfitFormulaError
        If one axis is missing, or they belong to different letters of the signature.
    """
    if (a is None) != (b is None):
        raise MisfitFormulaError(f"{what} do not fit: one of the two has no such axis")
    if a in (ANY, b):
        return b
    if b != ANY and _plain(a) and _plain(b):
        raise MisfitFormulaError(f"{what} do not fit: {_told(a)} and {_told(b)} differ")
    return a


def _plain(size: Tree | None) -> bool:
    return isinstance(size, tuple) and size[0] == "size"


def _told(size: Tree | None) -> str:
    assert isinstance(size, tuple)
    return f"axis {size[2]} of {size[1]}"
