r"""Formulas in LaTeX, from the same ``formula`` that SymPy differentiates.

An operation's ``formula(sp, x, W, b)`` is called with this module in the role of ``sp`` and with
objects that write down what is done to them: ``W * x + b`` becomes ``W\,x + b``. So what the
reader sees and what the reference derivative is taken of are one text. The formulas of the
gradients stand in the operation's docstring, section *Gradients*, one line for each input.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from teachrnn.op import Op, Value

SUM, PRODUCT, ATOM = range(3)
GREEK = (
    "alpha",
    "beta",
    "gamma",
    "delta",
    "epsilon",
    "eta",
    "theta",
    "lambda",
    "mu",
    "rho",
    "sigma",
    "tau",
)
_NAME = re.compile(
    r"(?:layer(?P<layer>\d+)\.)?(?P<base>[^_\[\]]+)(?:_(?P<sub>[^\[\]]+))?(?:\[(?P<t>\d+)\])?"
)


class Written:
    """A formula that remembers how it was made.

    ``render(index)`` gives its LaTeX; with an index, that of one entry.
    """

    def __init__(self, render: Callable[[str | None], str], rank: int = ATOM) -> None:
        self.render = render
        self.rank = rank

    def __str__(self) -> str:
        return self.render(None)

    def within(self, rank: int, index: str | None) -> str:
        """LaTeX, in brackets if it binds less tightly than ``rank``."""
        text = self.render(index)
        return text if self.rank >= rank else rf"\left({text}\right)"

    # The notation of matrices, as far as formulas use it

    def __add__(self, other: Any) -> Written:
        return _joined(self, other, " + ", SUM)

    def __radd__(self, other: Any) -> Written:
        return _joined(other, self, " + ", SUM)

    def __sub__(self, other: Any) -> Written:
        return _joined(self, other, " - ", SUM)

    def __rsub__(self, other: Any) -> Written:
        return _joined(other, self, " - ", SUM)

    def __mul__(self, other: Any) -> Written:
        return _joined(self, other, r"\,", PRODUCT)

    def __neg__(self) -> Written:
        return Written(lambda i: f"-{self.within(PRODUCT, i)}", SUM)

    def __truediv__(self, other: Any) -> Written:
        return _fraction(self, other)

    def __rtruediv__(self, other: Any) -> Written:
        return _fraction(other, self)

    def applyfunc(self, function: Callable[[Any], Written]) -> Written:
        """A function of one number, applied to every entry."""
        return function(self)

    def multiply_elementwise(self, other: Written) -> Written:
        """Hadamard product."""
        return _joined(self, other, r" \odot ", PRODUCT)

    def col_join(self, other: Written) -> Written:
        """One column above the other."""
        return Written(lambda _: rf"[{self};\, {other}]")

    def __getitem__(self, key: Any) -> Written:
        if not isinstance(key, tuple):
            return Written(lambda _: self.render(str(key)), self.rank)
        rows, column = key
        if isinstance(column, slice):
            return Written(lambda _: self.render(f"{rows.start}:{rows.stop}"))
        return Written(lambda _: self.render(f":,\\,{column}"))

    def __iter__(self) -> Iterator[Written]:
        yield Entry(self)


class Entry(Written):
    """Any one entry, k, of a vector: adding it to 0, as ``sum`` does, is the sum over k."""

    def __init__(self, vector: Written) -> None:
        super().__init__(lambda _: vector.render("k"), vector.rank)

    def __radd__(self, other: Any) -> Written:
        return Written(lambda _: rf"\sum_{{k}} {self.within(PRODUCT, None)}", PRODUCT)


def _lift(x: Any) -> Written:
    return x if isinstance(x, Written) else Written(lambda _: str(x))


def _joined(left: Any, right: Any, sign: str, rank: int) -> Written:
    a, b = _lift(left), _lift(right)
    tighter = rank + 1 if sign == " - " else rank
    return Written(lambda i: f"{a.within(rank, i)}{sign}{b.within(tighter, i)}", rank)


def _fraction(top: Any, bottom: Any) -> Written:
    a, b = _lift(top), _lift(bottom)
    return Written(lambda i: rf"\frac{{{a.render(i)}}}{{{b.render(i)}}}")


class Typesetter:
    """Stands in for SymPy where a formula is to be written, not computed."""

    @staticmethod
    def exp(x: Written) -> Written:
        """The exponential."""
        return Written(lambda i: f"e^{{{x.render(i)}}}")

    @staticmethod
    def log(x: Written) -> Written:
        """The natural logarithm."""
        return Written(lambda i: rf"\log {x.within(ATOM, i)}", PRODUCT)

    @staticmethod
    def tanh(x: Written) -> Written:
        """The hyperbolic tangent."""
        return Written(lambda i: rf"\tanh({x.render(i)})")

    @staticmethod
    def Max(low: Any, x: Written) -> Written:
        """The larger of two numbers."""
        return Written(lambda i: rf"\max({low}, {x.render(i)})")


# Names ---------------------------------------------------------------------------------------


def name_latex(name: str, index: str | None = None, *, d: bool = False) -> str:
    r"""LaTeX of a value's name; ``d`` writes the gradient of the loss with respect to it.

    Examples
    --------
    >>> name_latex("h[3]"), name_latex("layer2.W_f"), name_latex("h[3]", d=True)
    ('h_{3}', 'W_{f}^{(2)}', '\\mathrm{d}h_{3}')
    """
    if re.fullmatch(r"-?\d+(\.\d+)?", name):
        return name
    match = _NAME.fullmatch(name)
    if match is None:
        return rf"\mathrm{{{_escape(name)}}}"
    base, sub = match["base"], match["sub"]
    subscripts = [_word(sub)] if sub else []
    subscripts += [part for part in (match["t"], index) if part is not None]
    text = _word(base)
    if subscripts:
        text += f"_{{{','.join(subscripts)}}}"
    if match["layer"]:
        text += f"^{{({match['layer']})}}"
    return rf"\mathrm{{d}}{text}" if d else text


def _word(word: str) -> str:
    if word in GREEK:
        return rf"\{word}"
    return word if len(word) == 1 and word.isalpha() else rf"\mathrm{{{_escape(word)}}}"


def _escape(text: str) -> str:
    return re.sub(r"([&%$#_{}~^\\])", lambda m: rf"\{m[1]}" if m[1] in "&%$#_{}" else " ", text)


def symbol(name: str) -> Written:
    """A value, written by its name."""
    return Written(lambda index: name_latex(name, index))


def immediate_latex(name: str, user: str) -> str:
    r"""LaTeX of the immediate part of a gradient: what comes through one user of the value alone.

    The total, ``\mathrm{d}h_{3}``, is the sum of the immediate parts.

    References
    ----------
    Jaeger (2002), A tutorial on training recurrent neural networks; Pascanu, Mikolov & Bengio
    (2013), On the difficulty of training recurrent neural networks, equation 5 (the sign
    $\partial^+$).

    Examples
    --------
    >>> print(immediate_latex("h[3]", "o[3]"))
    \partial^{+}_{o_{3}} h_{3}
    """
    return rf"\partial^{{+}}_{{{name_latex(user)}}} {name_latex(name)}"


def sum_latex(total: str, parts: Sequence[str]) -> str:
    r"""A sum as a formula; a long one with dots.

    Examples
    --------
    >>> print(sum_latex("L", ["L_{1}", "L_{2}", "L_{3}", "L_{4}", "L_{5}"]))
    L = L_{1} + L_{2} + \cdots + L_{5}
    """
    shown = parts if len(parts) <= 4 else [*parts[:2], r"\cdots", parts[-1]]
    return f"{total} = {' + '.join(shown)}"


# Formulas ------------------------------------------------------------------------------------


def formula_latex(op: type[Op]) -> str:
    r"""The operation's definition, in its own letters.

    Examples
    --------
    >>> from teachrnn import Affine
    >>> print(formula_latex(Affine))
    y = W\,x + b
    """
    return _equation(op, op.output, list(op.inputs))


def forward_latex(applied: Op) -> str:
    """The definition with the names of one recorded application."""
    return _equation(type(applied), applied.name, [_called(v) for v in applied.operands])


def _called(value: Value) -> str:
    """The name of a value; for a number that is part of the definition, the number."""
    if value.role == "constant" and value.data.ndim == 0:
        return f"{value.data.item():g}"
    return value.name


def _equation(op: type[Op], output: str, inputs: list[str]) -> str:
    right = _right_side(op, inputs)
    if right is None:
        right = rf"\mathrm{{{_escape(op.__name__)}}}({', '.join(name_latex(n) for n in inputs)})"
    return f"{name_latex(output)} = {right}"


def _right_side(op: type[Op], inputs: list[str]) -> str | None:
    try:
        return str(op.formula(Typesetter, *[symbol(name) for name in inputs]))
    except (AttributeError, TypeError):  # a formula in words of SymPy that are not written here
        return None


def written_formula(op: type[Op]) -> str | None:
    r"""Right-hand side of the definition; None if it uses words of SymPy that are not written here.

    Examples
    --------
    >>> from teachrnn import Affine
    >>> print(written_formula(Affine))
    W\,x + b
    """
    return _right_side(op, list(op.inputs))


def gradient_formulas(op: type[Op]) -> dict[str, str]:
    r"""Right-hand sides of the gradients, by input, as the docstring states them.

    Examples
    --------
    >>> from teachrnn import Affine
    >>> gradient_formulas(Affine)["x"]
    'W^\\top dy'
    """
    doc = inspect.getdoc(op) or ""
    found = re.search(r"^Gradients\n-+\n(.*?)(?=\n\n\w[^\n]*\n-+\n|\Z)", doc, re.DOTALL | re.MULTILINE)
    lines = re.findall(r"\$d(.+?) = (.+?)\$", found[1]) if found else []
    formulas = {}
    for left, right in lines:
        match = re.match(r"[A-Za-z]+", left)
        if match and match[0] in op.inputs:
            formulas[match[0]] = right
    return formulas


def backward_latex(applied: Op, name: str, *, one_of_many: bool = False) -> str:
    r"""The gradient's formula for one input, with the names of one recorded application.

    With ``one_of_many`` the value has other users too: the formula is that of the immediate part
    that comes through this one.
    The sum sign over leading axes is left out where the application has none.
    """
    op = type(applied)
    names = dict(zip(op.inputs, (_called(v) for v in applied.operands), strict=True))
    names[op.output] = applied.name
    target = name_latex(names[name], d=True)
    if one_of_many:
        target = immediate_latex(names[name], applied.name)
    right = gradient_formulas(op).get(name)
    if right is None:
        upstream = name_latex(applied.name, d=True)
        return rf"{target} = \mathrm{{{_escape(op.__name__)}.d{_escape(name)}}}({upstream})"
    if applied.data.ndim == len(op.shape_rule.output):
        right = right.removeprefix(r"\sum ")
    return f"{target} = {_with_names(right, names)}"


_TOKEN = re.compile(
    r"\\mathrm\{(?P<upright>[^}]*)\}|\\[A-Za-z]+|(?P<word>[A-Za-z]+)(?:_(?P<index>\{[^}]*\}|[A-Za-z]))?"
)


def _with_names(latex: str, names: dict[str, str]) -> str:
    """Put the names of recorded values in the place of an operation's own letters."""

    def replace(match: re.Match[str]) -> str:
        if match["upright"] in names:
            return name_latex(names[match["upright"]])
        word, index = match["word"], (match["index"] or "").strip("{}") or None
        d = word is not None and word not in names and word[:1] == "d" and word[1:] in names
        if word is None or not (d or word in names):
            return match[0]
        if index in names:
            index = name_latex(names[index])
        text = name_latex(names[word[1:] if d else word], index, d=d)
        return f"{{{text}}}" if latex[match.end() : match.end() + 1] == "^" else text

    return _TOKEN.sub(replace, latex)


def label(value: Value, *, d: bool = False) -> str:
    """LaTeX of a recorded value's name."""
    return name_latex(value.name, d=d)
