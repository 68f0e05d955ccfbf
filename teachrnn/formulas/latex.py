r"""Formulas in LaTeX.

The index of an entry is written at the letters: $e^{x_k}$, not $(e^x)_k$. So every node is
written with the index, if there is one, of its letters.
"""

from __future__ import annotations

import re

from teachrnn.formulas import tree
from teachrnn.formulas.brackets import POWER, needs_brackets, rank
from teachrnn.formulas.functions import FUNCTIONS
from teachrnn.formulas.name import GREEK, Name
from teachrnn.formulas.tree import Formula


def latex(formula: Formula) -> str:
    r"""A formula in LaTeX.

    Examples
    --------
    >>> W, x, b = map(tree.Letter, "Wxb")
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
    return _written(tree.Letter(name, "total" if d else "value"), index)


def _written(node: Formula, index: str | None) -> str:
    """A node; ``index`` is the subscript of the letters where an entry is taken."""

    def part(inner: Formula, *, right: bool = False) -> str:
        line = _written(inner, index)
        return f"({line})" if needs_brackets(inner, node, right=right) else line

    match node:
        case tree.Equation(left=a, right=b):
            return f"{part(a)} = {part(b)}"
        case tree.Letter():
            return _letter(node, index)
        case tree.Number(value=value):
            return f"{value:g}" if isinstance(value, float) else str(value)
        case tree.Index(name=name) | tree.Size(axis=name):
            return name
        case tree.Plus(left=a, right=b):
            return f"{part(a)} + {part(b, right=True)}"
        case tree.Minus(left=a, right=b):
            return f"{part(a)} - {part(b, right=True)}"
        case tree.Negative(of=a):
            return f"-{part(a)}"
        case tree.Product(left=a, right=b):
            return rf"{part(a)}\,{part(b, right=True)}"
        case tree.Elementwise(left=a, right=b):
            return rf"{part(a)} \odot {part(b, right=True)}"
        case tree.Quotient(left=a, right=b, slash=True):
            return f"{part(a)} / {part(b, right=True)}"
        case tree.Quotient(left=a, right=b):
            return rf"\frac{{{part(a)}}}{{{part(b)}}}"
        case tree.Power(base=a, exponent=b):
            return f"{_held(a, part(a))}^{{{_written(b, index)}}}"
        case tree.Transpose(of=a):
            return rf"{_held(a, part(a))}^\top"
        case tree.Function(name="exp", arguments=(argument,)):
            return f"e^{{{part(argument)}}}"
        case tree.Function(name="sqrt", arguments=(argument,)):
            return rf"\sqrt{{{part(argument)}}}"
        case tree.Function(name=word, arguments=arguments):
            sign = FUNCTIONS[word].latex
            if FUNCTIONS[word].bare and rank(arguments[0]) >= POWER:
                return f"{sign} {part(arguments[0])}"
            return f"{sign}({', '.join(map(part, arguments))})"
        case tree.Applied(operation=name, argument=argument):
            sign = r"\sigma" if name == "sigmoid" else _upright(name)
            return f"{sign}({part(argument)})"
        case tree.Call(name=name, arguments=arguments):
            return f"{_upright(name)}({', '.join(map(latex, arguments))})"
        case tree.OneHot(place=place):
            return f"{_upright('onehot')}({latex(place)})"
        case tree.Filled(value=value, length=length):
            return rf"\mathbf{{{value}}}" + ("" if length is None else f"_{{{latex(length)}}}")
        case tree.Comparison(sign=sign, left=a, right=b):
            return f"[{part(a)} {sign} {part(b)}]"
        case tree.Stack(columns=columns):
            return "[" + r";\, ".join(map(latex, columns)) + "]"
        case tree.Sum(index=name, body=body):
            return rf"\sum{'' if name is None else f'_{{{name}}}'} {part(body)}"
        case tree.At(base=base, places=places):
            return _written(base, r",\,".join(map(latex, places)))
        case tree.Span(start=start, stop=stop):
            return ":".join("" if end is None else latex(end) for end in (start, stop))
        case tree.Dots():
            return r"\cdots"
    raise AssertionError(f"not a node of a formula: {node!r}")


def _letter(node: tree.Letter, index: str | None) -> str:
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


def _held(base: Formula, text: str) -> str:
    """The base of an exponent; LaTeX allows no second superscript, so a group holds the first."""
    return f"{{{text}}}" if isinstance(base, tree.Letter) and len(text) > 1 else text


def _word(word: str) -> str:
    if word in GREEK:
        return rf"\{word}"
    return word if len(word) == 1 and word.isalpha() else _upright(word)


def _upright(word: str) -> str:
    escaped = re.sub(r"([&%$#_{}~^\\])", lambda m: rf"\{m[1]}" if m[1] in "&%$#_{}" else " ", word)
    return rf"\mathrm{{{escaped}}}"
