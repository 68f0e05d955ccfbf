r"""A formula laid out in numbers: its pieces, each over an array of its own, and the signs between.

$dx = dy \odot (1 - y^2)$ is two pieces, $dy$ and $1 - y^2$, with the sign $\odot$ between them: what a
letter stands for is recorded, and what is computed from one letter, entry by entry, is one array
too. A matrix product is a matrix, a dot and a column; an outer product, a column and a row on top of
the matrix that the two span. What is applied to the whole stands over an arrow, as a word.

Only the structure is here, in an operation's own letters, and once for each of its formulas: the
numbers of a piece follow from its entry (`teachrnn.formulas.entries`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from teachrnn.formulas import tree
from teachrnn.formulas.brackets import needs_brackets
from teachrnn.formulas.entries.matrix import Matrix
from teachrnn.formulas.entries.rule import INDICES, lowering
from teachrnn.formulas.entries.tree import Tree, minus, plus
from teachrnn.formulas.equation import gradient_formula
from teachrnn.formulas.formula_error import UnreadableFormulaError
from teachrnn.formulas.functions import FUNCTIONS
from teachrnn.formulas.mathml import mathml_frame, own_letter
from teachrnn.formulas.tree import Formula, Letter

if TYPE_CHECKING:
    from teachrnn.op import Op

ROW, COLUMN = INDICES
NONE = ""
_ENTRYWISE = (
    tree.Plus,
    tree.Minus,
    tree.Negative,
    tree.Elementwise,
    tree.Product,
    tree.Quotient,
    tree.Power,
    tree.Function,
    tree.Comparison,
    tree.Number,
    tree.Letter,
)


@dataclass(frozen=True)
class Piece:
    """A part of a formula with an array of its own.

    Attributes
    ----------
    formula : Formula
        The part, in the operation's own letters.
    entry : Tree
        The formula of its entry (i, j).
    shape : tuple
        Lengths of its rows and its columns; None where there is no such axis.
    roles : tuple of str
        Which index of the result runs along its rows, and along its columns: ``i`` or ``j``; ``k1`` ...
        if it is summed over; nothing if it is none of them.
    letter : str
        The letter, if it is no more than one, as it is or transposed.
    picked : Tree or None
        The row (of a column) or the column (of a matrix) that alone goes on.
    first : Tree
        The row of the piece that meets row 0 of the result, where it is a slice, or one of several
        columns put one above the other.
    shares : bool
        Whether the entries are shares of 1, as a softmax's are.
    on_top : bool
        Whether it is the row on top of the matrix that an outer product spans.
    """

    formula: Formula
    entry: Tree
    shape: tuple[Tree | None, Tree | None]
    roles: tuple[str, str]
    letter: str = ""
    picked: Tree | None = None
    first: Tree = 0
    shares: bool = False
    on_top: bool = False

    def to_dict(self) -> dict[str, Any]:
        """The piece as the page takes it; what is not so is left out."""
        flags = {"turned": _is_turned(self.formula), "shares": self.shares, "onTop": self.on_top}
        return {
            "label": mathml_frame(tree.Transpose(self.formula) if self.on_top else self.formula),
            "shape": [axis for axis in self.shape if axis is not None],
            "roles": [
                role for role, axis in zip(self.roles, self.shape, strict=True) if axis is not None
            ],
            **({"letter": self.letter} if self.letter else {"tree": self.entry}),
            **({} if self.picked is None else {"picked": self.picked}),
            **({} if self.first == 0 else {"first": self.first}),
            **{flag: True for flag, is_so in flags.items() if is_so},
        }


@dataclass(frozen=True)
class Word:
    """What is applied to all that stands before it: tanh, over an arrow."""

    word: str

    def to_dict(self) -> dict[str, Any]:
        """The word as the page takes it."""
        return {"word": self.word}


Item = Piece | Word | str
"""A piece, a word, or a sign."""


def pieces(op: type[Op], target: str | None) -> list[Item]:
    r"""The right side of an operation's formula, laid out.

    Parameters
    ----------
    op : type
        The operation.
    target : str or None
        The input whose gradient it is; None for the value.

    Returns
    -------
    list of Piece, Word or str
        In reading order. Brackets are signs.

    Raises
    ------
    UnreadableFormulaError
        If the formula is missing, or uses symbols that the reader does not know.

    Examples
    --------
    >>> from teachrnn import Affine, Tanh
    >>> from teachrnn.formulas.text import text
    >>> [text(item.formula) if isinstance(item, Piece) else item for item in pieces(Tanh, "x")]
    ['dy', '⊙', '1 − y^2']
    >>> [text(item.formula) if isinstance(item, Piece) else item for item in pieces(Affine, None)]
    ['W', '·', 'x', '+', 'b']
    """
    formula = op.definition if target is None else gradient_formula(op, target)
    return LaidOut(op, target).whole(formula)


class LaidOut:
    """Lays out the formulas of one operation.

    Parameters
    ----------
    op : type
        The operation.
    target : str or None
        The input whose gradient the formulas are of; None for the value.
    """

    def __init__(self, op: type[Op], target: str | None) -> None:
        self.op = op
        self.target = target
        self.reading = lowering(op, target)
        self.summed = 0
        self.above: Tree = 0  # the rows of a stack that stand above what is being laid out

    def whole(self, formula: Formula) -> list[Item]:
        """A right side; at the top of it a function is a word, and an outer product spans a matrix.

        Parameters
        ----------
        formula : Formula
            The right side.

        Returns
        -------
        list of Piece, Word or str
            In reading order.
        """
        if isinstance(formula, tree.Sum) and formula.index is None:
            return self.whole(formula.body)
        inner, word = _applied(formula)
        if word and isinstance(inner, tree.At) and self.array(inner).is_scalar:
            return [*self.picked_of(inner), Word(word)]
        letters = set(_letters(formula))
        if self.target is None and len(letters) == 1 and not isinstance(formula, Letter | tree.At):
            (letter,) = letters
            name = word if inner == letter else self.op.__name__.lower()
            along = NONE if self.array(formula).rows is None else ROW
            return [self.piece(letter, (along, NONE)), Word(name)]
        if isinstance(formula, tree.Product) and self.is_outer(formula):
            row = formula.right
            return [
                *self.part(formula.left, formula, (ROW, NONE)),
                "×",
                self.piece(
                    row.of if isinstance(row, tree.Transpose) else row, (COLUMN, NONE), on_top=True
                ),
            ]
        return self.items(formula, (ROW, COLUMN), whole=True)

    def items(self, node: Formula, roles: tuple[str, str], *, whole: bool = False) -> list[Item]:
        """A part of a formula whose rows and columns have these roles."""
        if isinstance(node, tree.Sum) and node.index is None:
            return self.items(node.body, roles, whole=whole)
        if not whole and self.is_one(node):
            return [self.piece(node, roles)]

        def part(inner: Formula, roles: tuple[str, str] = roles, *, right: bool = False) -> list[Item]:
            return self.part(inner, node, roles, right=right)

        match node:
            case tree.Number(value=value):
                return [f"{value:g}".replace("-", "−")]
            case tree.Plus(left=a, right=b):
                return [*part(a), "+", *part(b, right=True)]
            case tree.Minus(left=a, right=b):
                return [*part(a), "−", *part(b, right=True)]
            case tree.Negative(of=a):
                return ["−", *part(a)]
            case tree.Elementwise(left=a, right=b):
                return [*part(a), "⊙", *part(b, right=True)]
            case tree.Quotient(left=a, right=b):
                slash = node.changed(slash=True)
                return [*self.part(a, slash, roles), "/", *self.part(b, slash, roles, right=True)]
            case tree.Product(left=a, right=b) if self.sums(node):
                self.summed += 1
                k = f"k{self.summed}"
                return [*part(a, (roles[0], k)), "·", *part(b, (k, roles[1]), right=True)]
            case tree.Product(left=a, right=b) if not self.is_outer(node):
                return [*part(a), "·", *part(b, right=True)]
            case tree.Stack(columns=columns):
                joined: list[Item] = []
                for column in columns:
                    joined += [";" if joined else "[", *self.items(column, roles)]
                    self.above = plus(self.above, self.array(column).rows or 0)
                self.above = 0
                return [*joined, "]"]
            case tree.Function(name=name, arguments=(a,)):
                return [f"{FUNCTIONS[name].name}(", *self.items(a, roles), ")"]
        return [self.piece(node, roles)]

    def part(
        self, inner: Formula, parent: Formula, roles: tuple[str, str], *, right: bool = False
    ) -> list[Item]:
        """The same for a part of a node, in brackets where the node needs them."""
        found = self.items(inner, roles)
        if len(found) > 1 and needs_brackets(inner, parent, right=right):
            return ["(", *found, ")"]
        return found

    def picked_of(self, node: tree.At) -> list[Item]:
        """The array of which one entry is taken; a softmax of a letter as an arrow between the two."""
        place = self.reading.place(node.places[0])
        found = set(_letters(node.base))
        if not isinstance(node.base, Letter) and len(found) == 1:
            (letter,) = found
            for name, op in self.op.known.items():
                if (
                    len(op.inputs) == 1
                    and op.definition.renamed({op.inputs[0]: letter.name}) == node.base
                ):
                    applied = tree.Applied(name.lower(), letter)
                    shown = self.piece(applied, (NONE, NONE), picked=place)
                    return [self.piece(letter, (NONE, NONE)), Word(name.lower()), shown]
        return [self.piece(node.base, (NONE, NONE), picked=place)]

    def piece(
        self,
        node: Formula,
        roles: tuple[str, str],
        *,
        picked: Tree | None = None,
        on_top: bool = False,
    ) -> Piece:
        """A part with an array of its own."""
        shown, first = node, minus(0, self.above)
        if isinstance(node, tree.At) and isinstance(node.base, Letter):
            shown, (row, *column) = node.base, node.places
            if column:
                picked, roles = self.reading.place(column[0]), (roles[0], NONE)
            elif not isinstance(row, tree.Span):
                picked, roles = self.reading.place(row), (NONE, NONE)
            elif row.start is not None:
                first = self.reading.place(row.start)
        array = self.array(shown)
        inner = shown.of if isinstance(shown, tree.Transpose) else shown
        return Piece(
            shown,
            array.entry(*INDICES),
            (array.rows, array.columns),
            roles,
            own_letter(inner) if isinstance(inner, Letter) else "",
            picked,
            first,
            shares=isinstance(shown, tree.Applied) and shown.operation == "softmax",
            on_top=on_top,
        )

    def array(self, node: Formula) -> Matrix:
        """What a node stands for, entry by entry."""
        return self.reading.array(node)

    def is_one(self, node: Formula) -> bool:
        """Whether a part needs no signs of its own: a letter, or what is computed from one, entry by
        entry.
        """
        if isinstance(node, Letter | tree.At | tree.OneHot | tree.Applied | tree.Filled):
            return True
        if isinstance(node, tree.Transpose):
            return isinstance(node.of, Letter | tree.OneHot)
        if isinstance(node, tree.Sum | tree.Power):
            return True
        entrywise = all(isinstance(inner, _ENTRYWISE) for inner in tree.walk(node))
        return entrywise and len(set(_letters(node))) == 1 and not any(map(self.sums, tree.walk(node)))

    def sums(self, node: Formula) -> bool:
        """Whether a node is a product that sums over an axis."""
        return isinstance(node, tree.Product) and None not in (
            self.array(node.left).columns,
            self.array(node.right).rows,
        )

    def is_outer(self, node: tree.Product) -> bool:
        """Whether a product is a column times a row."""
        a, b = self.array(node.left), self.array(node.right)
        return (a.columns, b.rows) == (None, None) and None not in (a.rows, b.columns)


def _applied(formula: Formula) -> tuple[Formula, str]:
    """What the functions of one number at the top are applied to, and their names, outermost first."""
    words = ""
    while True:
        match formula:
            case tree.Negative(of=inner):
                words += "−"
            case tree.Function(name=name, arguments=(inner,)):
                words += FUNCTIONS[name].name
            case _:
                return formula, words
        formula = inner


def _letters(formula: Formula) -> Iterator[Letter]:
    return (node for node in tree.walk(formula) if isinstance(node, Letter))


def _is_turned(formula: Formula) -> bool:
    return isinstance(formula, tree.Transpose)


def pieces_data(op: type[Op], target: str | None) -> list[Any] | None:
    """The pieces as plain data, for the player; None where there is no formula that can be read.

    Parameters
    ----------
    op : type
        The operation.
    target : str or None
        The input whose gradient it is; None for the value.

    Returns
    -------
    list or None
        Signs as texts, pieces and words as objects.

    Examples
    --------
    >>> from teachrnn import Tanh
    >>> pieces_data(Tanh, None)[1]
    {'word': 'tanh'}
    """
    try:
        found = pieces(op, target)
    except UnreadableFormulaError:
        return None
    return [item if isinstance(item, str) else item.to_dict() for item in found]
