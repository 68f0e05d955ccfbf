r"""Reads the LaTeX of a formula, such as those in docstrings, into its tree.

The grammar is that of this library's formulas, which is the textbook's::

    sum      =  ["-"] product { ("+" | "-") product }
    product  =  power { ["\odot" | "\cdot" | "/"] power }     nothing between: matrix product
    power    =  atom { "^" "\top" | "^" group | "_" subscript }
    atom     =  number | letter | "(" sum ")" | "\frac" group group | "e" "^" group
             |  "\sqrt" group | "\sum" ["_" group] product | function | "\mathbf{0}" | "\mathbf{1}"
             |  "[" sum (">" | "<") sum "]" | "[" sum { ";" sum } "]"

``\sum`` binds the rest of the product, as on paper; without an index it runs over the leading axes.
A function is one of `teachrnn.formulas.functions`, ``\mathrm{onehot}``, or an operation with one
input by its name, as in ``\mathrm{softmax}(o)`` and, for the sigmoid, ``\sigma(x)``.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Literal

from teachrnn.formulas import tree
from teachrnn.formulas.formula_error import UnreadableFormulaError
from teachrnn.formulas.functions import FUNCTIONS
from teachrnn.formulas.name import GREEK
from teachrnn.formulas.tree import Formula

_TOKEN = re.compile(
    r"(?P<space>\\[,;:! ]|\s+|\\left|\\right)"
    r"|\\mathrm\{(?P<upright>[A-Za-z]+)\}"
    r"|(?P<bold>\\mathbf\{[01]\})"
    r"|(?P<sign>\\[A-Za-z]+|\d+(\.\d+)?|[A-Za-z]+|[-+/^_()\[\]{}:;,<>])"
)
_END = ""
_SIGNS: dict[str, Literal["<", ">"]] = {"<": "<", ">": ">", r"\lt": "<", r"\gt": ">"}
_NAMED = {function.latex.strip("\\"): word for word, function in FUNCTIONS.items()} | {"abs": "Abs"}


def read(latex: str, letters: Collection[str], axes: Collection[str] = ()) -> Formula:
    r"""The tree of a formula.

    Parameters
    ----------
    latex : str
        The formula's right-hand side.
    letters : collection of str
        What its letters may be; ``dy`` is the gradient that belongs to the letter y.
    axes : collection of str
        Letters of axes, which stand for their lengths.

    Raises
    ------
    UnreadableFormulaError
        If it holds a symbol or a letter that is not known.

    Examples
    --------
    >>> read(r"1 - x^2", {"x"}) == 1 - tree.Letter("x") ** 2
    True
    """
    reader = _Parser(latex, letters, axes)
    whole = reader.sum()
    if reader.ahead != _END:
        raise UnreadableFormulaError(f"{reader.ahead!r} is not understood at this position")
    return whole


class _Parser:
    """One formula, from left to right."""

    def __init__(self, latex: str, letters: Collection[str], axes: Collection[str]) -> None:
        self.tokens = _tokens(latex)
        self.letters = letters
        self.axes = axes
        self.bound: list[str] = []

    # Tokens ----------------------------------------------------------------------------------

    @property
    def ahead(self) -> str:
        """The next token."""
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
        """Consume the token given, or raise an error."""
        if not self.accept(token):
            found = repr(self.ahead) if self.ahead else "the end"
            raise UnreadableFormulaError(f"{token!r} is needed instead of {found}")

    # Grammar ---------------------------------------------------------------------------------

    def sum(self) -> Formula:
        """Terms, added or subtracted."""
        negative = self.accept("-")
        total = self.product()
        if negative:
            total = tree.Negative(total)
        while self.ahead in ("+", "-"):
            join = tree.Plus if self.take() == "+" else tree.Minus
            total = join(total, self.product())
        return total

    def product(self) -> Formula:
        """Factors: elementwise if there is a sign for it, otherwise the matrix product."""
        total = self.power()
        while True:
            if self.accept(r"\odot") or self.accept(r"\cdot"):
                total = tree.Elementwise(total, self.power())
            elif self.accept("/"):
                total = tree.Quotient(total, self.power(), slash=True)
            elif self.ahead[:1].isalnum() or self.ahead[:1] in ("\\", "(", "[", "{"):
                total = tree.Product(total, self.power())
            else:
                return total

    def power(self) -> Formula:
        """An atom with what is written above and below it."""
        base = self.atom()
        while self.ahead in ("^", "_"):
            if self.take() == "_":
                base = tree.At(base, self.subscript())
            elif self.accept(r"\top"):
                base = tree.Transpose(base)
            else:
                base = tree.Power(base, self.group())
        return base

    def group(self) -> Formula:
        """The contents of braces, or a single token."""
        if self.accept("{"):
            return self.until("}")
        return self.atom()

    def until(self, closing: str) -> Formula:
        """A sum and the bracket behind it."""
        inner = self.sum()
        self.expect(closing)
        return inner

    def bracketed(self) -> Formula:
        """The contents of round brackets."""
        self.expect("(")
        return self.until(")")

    def atom(self) -> Formula:
        """The smallest thing that has a value."""
        token = self.take()
        if token[:1].isdigit():
            number = float(token)
            return tree.Number(int(number) if number.is_integer() else number)
        if token in ("(", "{"):
            return self.until(")" if token == "(" else "}")
        if token == "[":
            return self.square_bracket()
        if token == "e" and token not in self.letters and self.accept("^"):
            return tree.Function("exp", (self.group(),))
        if token.startswith(r"\mathbf"):
            length = self.place() if self.accept("_") else None
            return tree.Filled(1 if token[-2] == "1" else 0, length)
        if token == r"\frac":
            return tree.Quotient(self.group(), self.group())
        if token == r"\sum":
            return self.sum_over()
        return self.named(token.removeprefix("\\"), command=token.startswith("\\"))

    def named(self, name: str, *, command: bool) -> Formula:
        """A letter, the length of an axis, or a function by its name."""
        if self.ahead == "_" and not command:  # a name of two parts, such as W_f
            following = [t for t in self.tokens[1:4] if t not in "{}"][:1]
            if following and self.is_letter(longer := f"{name}_{following[0]}"):
                self.take()
                self.index_name()
                return self.letter(longer)
        if self.is_letter(name) and (not command or name in GREEK):
            return self.letter(name)
        if name in self.axes and not command:
            return tree.Size(name)
        return self.function("sigmoid" if command and name == "sigma" else name)

    def is_letter(self, name: str) -> bool:
        """Whether a name is a letter, or the gradient that belongs to one."""
        return name in self.letters or (name[:1] == "d" and name[1:] in self.letters)

    def letter(self, name: str) -> tree.Letter:
        """The letter of that name."""
        return tree.Letter(name) if name in self.letters else tree.Letter(name[1:], "total")

    def function(self, name: str) -> Formula:
        """A function with its argument."""
        if name == "onehot":
            return tree.OneHot(self.bracketed())
        if name == "sqrt":
            return tree.Function("sqrt", (self.group(),))
        if name not in _NAMED:
            if self.ahead != "(":
                raise UnreadableFormulaError(
                    f"{name!r} is neither a letter of the operation nor a function"
                )
            return tree.Applied(name, self.bracketed())
        word = _NAMED[name]
        exponent = self.group() if self.accept("^") else None
        value = tree.Function(word, tuple(self.arguments(FUNCTIONS[word].arguments)))
        return value if exponent is None else tree.Power(value, exponent)

    def arguments(self, count: int) -> list[Formula]:
        """A number of arguments; a single one may be written without brackets."""
        if count == 1 and self.ahead != "(":
            return [self.power()]
        self.expect("(")
        found = [self.sum()]
        while len(found) < count:
            self.expect(",")
            found.append(self.sum())
        self.expect(")")
        return found

    def square_bracket(self) -> Formula:
        """``[x > 0]`` is 1 where that is true; ``[u; v]`` is one vector above the other."""
        first = self.sum()
        if self.ahead in _SIGNS:
            sign = _SIGNS[self.take()]
            first = tree.Comparison(sign, first, self.sum())
        else:
            columns = [first]
            while self.accept(";"):
                columns.append(self.sum())
            first = columns[0] if len(columns) == 1 else tree.Stack(tuple(columns))
        self.expect("]")
        return first

    def sum_over(self) -> Formula:
        """A sum over an index; without one over time and batch."""
        if not self.accept("_"):
            return tree.Sum(None, self.product())
        name = self.index_name()
        self.bound.append(name)
        body = self.product()
        self.bound.pop()
        return tree.Sum(name, body)

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

    def subscript(self) -> tuple[Formula, ...]:
        """One entry, one column, or a slice."""
        if not self.accept("{"):
            return (self.place_atom(),)
        places = [self.span()]
        while self.accept(","):
            places.append(self.span())
        self.expect("}")
        return tuple(places)

    def span(self) -> Formula:
        """A place, or a slice with a colon, as in Python."""
        start = None if self.ahead == ":" else self.place_sum()
        if not self.accept(":"):
            assert start is not None
            return start
        return tree.Span(start, None if self.ahead in (",", "}") else self.place_sum())

    def place(self) -> Formula:
        """A place, in braces or a single token."""
        if not self.accept("{"):
            return self.place_atom()
        found = self.place_sum()
        self.expect("}")
        return found

    def place_sum(self) -> Formula:
        """Places, added or subtracted."""
        total = self.place_atom()
        while self.ahead in ("+", "-"):
            join = tree.Plus if self.take() == "+" else tree.Minus
            total = join(total, self.place_atom())
        return total

    def place_atom(self) -> Formula:
        """A number, the index of a sum, a whole-number letter, or the length of an axis."""
        token = self.take()
        if token.isdigit():
            return tree.Number(int(token))
        if token in self.bound:
            return tree.Index(token)
        if self.is_letter(token):
            return self.letter(token)
        if token in self.axes:
            return tree.Size(token)
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
        raise UnreadableFormulaError(f"the symbol {latex[end : end + 12]!r} is not known")
    return [*found, _END]
