r"""Formulas in LaTeX.

An entry of what is computed is written where it is: $e^{x_k}$, not $(e^x)_k$. So every node is
written with the index, if there is one, that stands under its letters.
"""

from __future__ import annotations

import re
from functools import singledispatch

from teachrnn.formulas.brackets import POWER, needs_brackets, rank
from teachrnn.formulas.functions import FUNCTIONS
from teachrnn.formulas.name import GREEK, Name
from teachrnn.formulas.tree import (
    Applied,
    At,
    Call,
    Comparison,
    Dots,
    Elementwise,
    Equation,
    Filled,
    Formula,
    Function,
    Index,
    Letter,
    Minus,
    Negative,
    Number,
    OneHot,
    Plus,
    Power,
    Product,
    Quotient,
    Size,
    Span,
    Stack,
    Sum,
    Transpose,
)


def latex(formula: Formula) -> str:
    r"""A formula in LaTeX.

    Examples
    --------
    >>> W, x, b = map(Letter, "Wxb")
    >>> print(latex(W * x + b))
    W\,x + b
    """
    return _written(formula, None)


def name_latex(name: str, index: str | None = None, *, d: bool = False) -> str:
    r"""LaTeX of a value's name; ``d`` writes the gradient of the loss with respect to it.

    Examples
    --------
    >>> name_latex("h[3]"), name_latex("layer2.W_f"), name_latex("h[3]", d=True)
    ('h_{3}', 'W_{f}^{(2)}', '\\mathrm{d}h_{3}')
    """
    return _written(Letter(name, "total" if d else "value"), index)


def _part(inner: Formula, parent: Formula, index: str | None, *, right: bool = False) -> str:
    """LaTeX of a part, in brackets where it needs them."""
    text = _written(inner, index)
    return f"({text})" if needs_brackets(inner, parent, right=right) else text


@singledispatch
def _written(node: Formula, index: str | None) -> str:
    raise AssertionError(f"not a node of a formula: {node!r}")


@_written.register
def _(node: Equation, index: str | None) -> str:
    return f"{_written(node.left, index)} = {_written(node.right, index)}"


@_written.register
def _(node: Letter, index: str | None) -> str:
    if node.kind == "immediate":
        return rf"\partial^{{+}}_{{{name_latex(node.user)}}} {name_latex(node.name, index)}"
    name = Name.of(node.name)
    text = _word(name.letter)
    subscripts = [_word(name.gate)] if name.gate else []
    subscripts += [str(part) for part in (name.t, index) if part is not None]
    if subscripts:
        text += f"_{{{','.join(subscripts)}}}"
    if name.layer is not None:
        text += f"^{{({name.layer})}}"
    return rf"\mathrm{{d}}{text}" if node.kind == "total" else text


def _word(word: str) -> str:
    if word in GREEK:
        return rf"\{word}"
    return word if len(word) == 1 and word.isalpha() else rf"\mathrm{{{_escape(word)}}}"


def _escape(text: str) -> str:
    return re.sub(r"([&%$#_{}~^\\])", lambda m: rf"\{m[1]}" if m[1] in "&%$#_{}" else " ", text)


@_written.register
def _(node: Number, index: str | None) -> str:
    return f"{node.value:g}" if isinstance(node.value, float) else str(node.value)


@_written.register
def _(node: Index, index: str | None) -> str:
    return node.name


@_written.register
def _(node: Size, index: str | None) -> str:
    return node.axis


@_written.register
def _(node: Plus, index: str | None) -> str:
    return f"{_part(node.left, node, index)} + {_part(node.right, node, index, right=True)}"


@_written.register
def _(node: Minus, index: str | None) -> str:
    return f"{_part(node.left, node, index)} - {_part(node.right, node, index, right=True)}"


@_written.register
def _(node: Negative, index: str | None) -> str:
    return f"-{_part(node.of, node, index)}"


@_written.register
def _(node: Product, index: str | None) -> str:
    return rf"{_part(node.left, node, index)}\,{_part(node.right, node, index, right=True)}"


@_written.register
def _(node: Elementwise, index: str | None) -> str:
    return rf"{_part(node.left, node, index)} \odot {_part(node.right, node, index, right=True)}"


@_written.register
def _(node: Quotient, index: str | None) -> str:
    if node.slash:
        return f"{_part(node.left, node, index)} / {_part(node.right, node, index, right=True)}"
    return rf"\frac{{{_written(node.left, index)}}}{{{_written(node.right, index)}}}"


@_written.register
def _(node: Power, index: str | None) -> str:
    return f"{_raised(node.base, node, index)}^{{{_written(node.exponent, index)}}}"


@_written.register
def _(node: Transpose, index: str | None) -> str:
    return rf"{_raised(node.of, node, index)}^\top"


def _raised(base: Formula, parent: Formula, index: str | None) -> str:
    """What stands under an exponent; LaTeX takes no second superscript, so a group holds the first."""
    text = _part(base, parent, index)
    return f"{{{text}}}" if isinstance(base, Letter) and len(text) > 1 else text


@_written.register
def _(node: Function, index: str | None) -> str:
    if node.name == "exp":
        return f"e^{{{_written(node.arguments[0], index)}}}"
    if node.name == "sqrt":
        return rf"\sqrt{{{_written(node.arguments[0], index)}}}"
    function = FUNCTIONS[node.name]
    if function.bare and rank(node.arguments[0]) >= POWER:
        return f"{function.latex} {_written(node.arguments[0], index)}"
    return f"{function.latex}({', '.join(_written(a, index) for a in node.arguments)})"


@_written.register
def _(node: Applied, index: str | None) -> str:
    name = r"\sigma" if node.operation == "sigmoid" else rf"\mathrm{{{_escape(node.operation)}}}"
    return f"{name}({_written(node.argument, index)})"


@_written.register
def _(node: Call, index: str | None) -> str:
    return rf"\mathrm{{{_escape(node.name)}}}({', '.join(map(latex, node.arguments))})"


@_written.register
def _(node: OneHot, index: str | None) -> str:
    return rf"\mathrm{{onehot}}({latex(node.place)})"


@_written.register
def _(node: Filled, index: str | None) -> str:
    under = "" if node.length is None else f"_{{{latex(node.length)}}}"
    return rf"\mathbf{{{node.value}}}{under}"


@_written.register
def _(node: Comparison, index: str | None) -> str:
    return f"[{_written(node.left, index)} {node.sign} {_written(node.right, index)}]"


@_written.register
def _(node: Stack, index: str | None) -> str:
    return "[" + r";\, ".join(map(latex, node.columns)) + "]"


@_written.register
def _(node: Sum, index: str | None) -> str:
    under = "" if node.index is None else f"_{{{node.index}}}"
    return rf"\sum{under} {_part(node.body, node, index)}"


@_written.register
def _(node: At, index: str | None) -> str:
    return _written(node.base, r",\,".join(map(latex, node.places)))


@_written.register
def _(node: Span, index: str | None) -> str:
    start, stop = ("" if end is None else latex(end) for end in (node.start, node.stop))
    return f"{start}:{stop}"


@_written.register
def _(node: Dots, index: str | None) -> str:
    return r"\cdots"
