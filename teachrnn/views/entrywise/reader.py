r"""Reads the LaTeX of a formula: the mathematics that a learner sees, taken at its word.

The grammar is that of this library's formulas, which is the textbook's::

    sum      =  ["-"] product { ("+" | "-") product }
    product  =  power { ["\odot" | "\cdot" | "/"] power }     nothing between: matrix product
    power    =  atom { "^" "\top" | "^" group | "_" subscript }
    atom     =  number | letter | "(" sum ")" | "\frac" group group | "e" "^" group
             |  "\sum" ["_" group] product | function | "\mathbf{0}" | "\mathbf{1}"
             |  "[" sum (">" | "<") sum "]" | "[" sum { ";" sum } "]"

``\sum`` binds the rest of the product, as on paper; without an index it runs over the leading axes.
A function is ``\exp``, ``\log``, ``\tanh``, ``\max``, ``\mathrm{onehot}``, or an operation with one
input by its name, as in ``\mathrm{softmax}(o)`` and, for the sigmoid, ``\sigma(x)``.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping

from teachrnn.op import OPS, Op
from teachrnn.views.entrywise.formula_error import MisfitFormulaError, UnreadableFormulaError
from teachrnn.views.entrywise.matrix import ANY, Matrix, entrywise, product, stacked
from teachrnn.views.entrywise.tree import Tree, minus, plus, times
from teachrnn.views.typeset import GREEK, written_formula

_TOKEN = re.compile(
    r"(?P<space>\\[,;:! ]|\s+|\\left|\\right)"
    r"|\\mathrm\{(?P<upright>[A-Za-z]+)\}"
    r"|(?P<bold>\\mathbf\{[01]\})"
    r"|(?P<sign>\\[A-Za-z]+|\d+(\.\d+)?|[A-Za-z]+|[-+/^_()\[\]{}:;,<>])"
)
_END = ""
_DIVIDE = "/"


class Reader:
    """Reads one formula.

    Parameters
    ----------
    latex : str
        The formula's right-hand side.
    letters : mapping
        What the letters stand for.
    sizes : mapping
        Lengths of axes, by their letter in the signature, which a formula may name.
    fresh : iterator of str
        Names for the indices of sums.

    Examples
    --------
    >>> from teachrnn.views.entrywise.matrix import Matrix
    >>> n = ("size", "x", 0)
    >>> x = Matrix.column(n, lambda i: ("at", "x", i))
    >>> Reader(r"1 - x^2", {"x": x}, {"n": n}).formula().entry("i", "j")
    ('-', 1, ('^', ('at', 'x', 'i'), 2))
    """

    def __init__(
        self,
        latex: str,
        letters: Mapping[str, Matrix],
        sizes: Mapping[str, Tree],
        fresh: Iterator[str] | None = None,
    ) -> None:
        self.tokens = _tokens(latex)
        self.letters = letters
        self.sizes = sizes
        self.fresh = fresh or (f"k{n}" for n in itertools.count(1))
        self.bound: dict[str, tuple[str, list[Tree]]] = {}

    # Tokens ----------------------------------------------------------------------------------

    @property
    def ahead(self) -> str:
        """The token in front."""
        return self.tokens[0]

    def take(self) -> str:
        """Consume a token."""
        return self.tokens.pop(0) if self.ahead else _END

    def accept(self, token: str) -> bool:
        """Consume a token if it is the one given."""
        found = self.ahead == token
        if found:
            self.take()
        return found

    def expect(self, token: str) -> None:
        """Consume the token given, or complain."""
        if not self.accept(token):
            found = repr(self.ahead) if self.ahead else "the end"
            raise UnreadableFormulaError(f"{token!r} is needed where {found} stands")

    # Grammar ---------------------------------------------------------------------------------

    def formula(self) -> Matrix:
        """All of it."""
        whole = self.sum()
        if self.ahead != _END:
            raise UnreadableFormulaError(f"{self.ahead!r} is not understood where it stands")
        return whole

    def sum(self) -> Matrix:
        """Terms, added or subtracted."""
        negative = self.accept("-")
        total = self.product()
        if negative:
            total = entrywise(lambda a: ("-", a), total)
        while self.ahead in ("+", "-"):
            make = plus if self.take() == "+" else minus
            total = entrywise(make, total, self.product())
        return total

    def product(self) -> Matrix:
        """Factors: entry by entry where a sign says so, else the matrix product."""
        total = self.power()
        while True:
            if self.accept(r"\odot") or self.accept(r"\cdot"):
                total = entrywise(times, total, self.power())
            elif self.accept(_DIVIDE):
                total = entrywise(_quotient, total, self.power())
            elif self.ahead[:1].isalnum() or self.ahead[:1] in ("\\", "(", "[", "{"):
                total = product(total, self.power(), next(self.fresh))
            else:
                return total

    def power(self) -> Matrix:
        """An atom with what is written above and below it."""
        base = self.atom()
        while self.ahead in ("^", "_"):
            if self.take() == "_":
                base = self.subscript(base)
            elif self.accept(r"\top"):
                base = base.transposed
            else:
                base = entrywise(_power, base, self.group())
        return base

    def group(self) -> Matrix:
        """What stands in braces, or a single token."""
        if self.accept("{"):
            inner = self.sum()
            self.expect("}")
            return inner
        return self.atom()

    def bracketed(self) -> Matrix:
        """What stands in round brackets."""
        self.expect("(")
        inner = self.sum()
        self.expect(")")
        return inner

    def atom(self) -> Matrix:
        """The smallest thing that has a value."""
        token = self.take()
        if token[:1].isdigit():
            number = float(token)
            return Matrix.scalar(int(number) if number.is_integer() else number)
        if token in ("(", "{"):
            inner = self.sum()
            self.expect(")" if token == "(" else "}")
            return inner
        if token == "[":
            return self.square_bracket()
        if token == "e" and token not in self.letters and self.accept("^"):
            return entrywise(_exp, self.group())
        if token.startswith(r"\mathbf"):
            size = self.index() if self.accept("_") else ANY
            value = int(token[-2])
            return Matrix.column(size, lambda i: value)
        if token == r"\frac":
            return entrywise(_quotient, self.group(), self.group())
        if token == r"\sum":
            return self.indexed_sum() if self.accept("_") else self.sum_over_positions()
        return self.named(token.removeprefix("\\"), command=token.startswith("\\"))

    def named(self, name: str, *, command: bool) -> Matrix:
        """A letter, the length of an axis, or a function by its name."""
        if self.ahead == "_" and not command:  # a name of two parts, such as W_f
            following = [t for t in self.tokens[1:4] if t not in "{}"][:1]
            if following and (longer := f"{name}_{following[0]}") in self.letters:
                self.take()
                self.index_name()
                return self.letters[longer]
        if name in self.letters and (not command or name in GREEK):
            return self.letters[name]
        if name in self.sizes and not command:
            return Matrix.scalar(self.sizes[name])
        return self.function("sigmoid" if command and name == "sigma" else name)

    def function(self, name: str) -> Matrix:
        """A function with its argument."""
        if name in ("exp", "log", "tanh"):
            exponent = self.group() if self.accept("^") else None
            argument = self.bracketed() if self.ahead == "(" else self.power()
            value = entrywise(lambda a: (name, a), argument)
            return value if exponent is None else entrywise(_power, value, exponent)
        if name == "max":
            self.expect("(")
            low = self.sum()
            self.expect(",")
            high = self.sum()
            self.expect(")")
            return entrywise(lambda a, b: ("max", a, b), low, high)
        if name == "onehot":
            hot = self.bracketed().number()
            return Matrix.column(ANY, lambda i: ("onehot", i, hot))
        op = next((op for op in OPS.values() if op.__name__.lower() == name.lower()), None)
        if op is None or len(op.inputs) != 1:
            raise UnreadableFormulaError(f"{name!r} is neither a letter of the operation nor a function")
        return self.applied(op, self.bracketed())

    def applied(self, op: type[Op], argument: Matrix) -> Matrix:
        """Another operation's formula, with the argument in the place of its input."""
        latex = written_formula(op)
        if latex is None:
            raise UnreadableFormulaError(f"the formula of {op.__name__} is not written")
        sizes = dict.fromkeys(op.shape_rule.inputs[0], argument.rows or 1)
        return Reader(latex, {op.inputs[0]: argument}, sizes, self.fresh).formula()

    def square_bracket(self) -> Matrix:
        """``[x > 0]`` is 1 where it is so; ``[u; v]`` is one vector above the other."""
        first = self.sum()
        if self.ahead in ("<", ">"):
            sign = self.take()
            first = entrywise(lambda a, b: (sign, a, b), first, self.sum())
        else:
            while self.accept(";"):
                first = stacked(first, self.sum())
        self.expect("]")
        return first

    # Sums ------------------------------------------------------------------------------------

    def sum_over_positions(self) -> Matrix:
        """A sum without an index: over time and batch."""
        body = self.product()
        return Matrix(body.rows, body.columns, lambda i, j: ("positions", body.entry(i, j)))

    def indexed_sum(self) -> Matrix:
        """A sum over k, which runs as far as the axis on which k stands as a subscript."""
        name, index = self.index_name(), next(self.fresh)
        outer = self.bound.get(name)
        self.bound[name] = index, []
        body = self.product()
        found = self.bound.pop(name)[1]
        if outer is not None:
            self.bound[name] = outer
        if not found:
            raise UnreadableFormulaError(f"a sum over {name} in which {name} is no subscript")
        return Matrix(body.rows, body.columns, lambda i, j: ("sum", index, found[0], body.entry(i, j)))

    def index_name(self) -> str:
        """The name of an index, in braces or not."""
        braces = self.accept("{")
        name = self.take()
        if not name.isalpha():
            raise UnreadableFormulaError(f"{name!r} is not the name of an index")
        if braces:
            self.expect("}")
        return name

    # Subscripts ------------------------------------------------------------------------------

    def subscript(self, base: Matrix) -> Matrix:
        """One entry, one column, or a slice."""
        if not self.accept("{"):
            return self.picked(base, [self.index_atom(base.rows)])
        axes = [axis for axis in (base.rows, base.columns) if axis is not None]
        places: list[Tree | slice] = []
        while not places or self.accept(","):
            if len(places) == len(axes):
                raise MisfitFormulaError("there are more subscripts than axes")
            places.append(self.place(axes[len(places)]))
        self.expect("}")
        return self.picked(base, places)

    def place(self, axis: Tree) -> Tree | slice:
        """An index, or a slice with a colon, as in Python."""
        start = None if self.ahead == ":" else self.index_sum(axis)
        if not self.accept(":"):
            assert start is not None
            return start
        stop = None if self.ahead in (",", "}") else self.index_sum(axis)
        return slice(start, stop)

    def picked(self, base: Matrix, places: list[Tree | slice]) -> Matrix:
        """The part of an array at the places given."""
        rows = base.rows
        match places:
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
        raise UnreadableFormulaError("this subscript does not go with what it stands under")

    def index(self) -> Tree:
        """An index, in braces or a single token."""
        if not self.accept("{"):
            return self.index_atom(None)
        index = self.index_sum(None)
        self.expect("}")
        return index

    def index_sum(self, axis: Tree | None) -> Tree:
        """Indices, added or subtracted."""
        total = self.index_atom(axis)
        while self.ahead in ("+", "-"):
            make = plus if self.take() == "+" else minus
            total = make(total, self.index_atom(axis))
        return total

    def index_atom(self, axis: Tree | None) -> Tree:
        """A number, the index of a sum, a whole-number letter, or the length of an axis."""
        token = self.take()
        if token.isdigit():
            return int(token)
        if token in self.bound:
            index, found = self.bound[token]
            if axis not in (None, ANY):
                found.append(axis)
            return index
        if token in self.letters:
            return self.letters[token].number()
        if token in self.sizes:
            return self.sizes[token]
        raise UnreadableFormulaError(f"{token!r} is not known as an index")


def _tokens(latex: str) -> list[str]:
    found, end = [], 0
    for match in _TOKEN.finditer(latex):
        if match.start() != end:
            break
        end = match.end()
        if not match["space"]:
            found.append(match["upright"] or match["bold"] or match["sign"])
    if end != len(latex):
        raise UnreadableFormulaError(f"the sign {latex[end : end + 12]!r} is not known")
    return [*found, _END]


def _quotient(a: Tree, b: Tree) -> Tree:
    return ("/", a, b)


def _power(a: Tree, b: Tree) -> Tree:
    return ("^", a, b)


def _exp(a: Tree) -> Tree:
    return ("exp", a)
