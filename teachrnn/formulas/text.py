"""Formulas in one line of text, for terminals: they can be read aloud and typed."""

from __future__ import annotations

from teachrnn.formulas import tree
from teachrnn.formulas.brackets import POWER, needs_brackets, rank
from teachrnn.formulas.functions import FUNCTIONS
from teachrnn.formulas.name import GREEK, Name
from teachrnn.formulas.tree import Formula

MINUS = "\N{MINUS SIGN}"


def text(formula: Formula) -> str:
    """A formula in one line.

    Examples
    --------
    >>> x, W = tree.Letter("x"), tree.Letter("W")
    >>> text(tree.Equation(tree.Letter("h[3]"), tree.Function("tanh", (tree.Letter("a[3]"),))))
    'h_3 = tanh(a_3)'
    >>> text(tree.Letter("r[2]", "total") * tree.Letter("h[1]").T)
    'dr_2 h_1ᵀ'
    """
    return _written(formula, "")


def _written(node: Formula, index: str) -> str:
    """A node; ``index`` is the subscript of the letters where an entry is taken."""

    def part(inner: Formula, *, right: bool = False) -> str:
        line = _written(inner, index)
        return f"({line})" if needs_brackets(_in_line(inner), _in_line(node), right=right) else line

    match node:
        case tree.Equation(left=a, right=b):
            return f"{part(a)} = {part(b, right=True)}"
        case tree.Letter():
            return _letter(node, index)
        case tree.Number(value=value):
            return (f"{value:g}" if isinstance(value, float) else str(value)).replace("-", MINUS)
        case tree.Index(name=name) | tree.Size(axis=name):
            return name
        case tree.Plus(left=a, right=b):
            return f"{part(a)} + {part(b, right=True)}"
        case tree.Minus(left=a, right=b):
            return f"{part(a)} {MINUS} {part(b, right=True)}"
        case tree.Negative(of=a):
            return f"{MINUS}{part(a)}"
        case tree.Product(left=a, right=b):
            return f"{part(a)} {part(b, right=True)}"
        case tree.Elementwise(left=a, right=b):
            return f"{part(a)} ⊙ {part(b, right=True)}"
        case tree.Quotient(left=a, right=b):
            return f"{part(a)} / {part(b, right=True)}"
        case tree.Power(base=a, exponent=b):
            return part(a) + _script("^", _written(b, index))
        case tree.Transpose(of=a):
            return f"{part(a)}ᵀ"
        case tree.Function(name="exp", arguments=(argument,)):
            return "e" + _script("^", _written(argument, index))
        case tree.Function(name=word, arguments=arguments):
            if FUNCTIONS[word].bare and rank(_in_line(arguments[0])) >= POWER:
                return f"{FUNCTIONS[word].name} {part(arguments[0])}"
            return f"{FUNCTIONS[word].name}({', '.join(map(part, arguments))})"
        case tree.Applied(operation=name, argument=argument):
            return f"{'σ' if name == 'sigmoid' else name}({part(argument)})"
        case tree.Call(name=name, arguments=arguments):
            return f"{name}({', '.join(map(text, arguments))})"
        case tree.OneHot(place=place):
            return f"onehot({text(place)})"
        case tree.Filled(value=value, length=length):
            return str(value) + ("" if length is None else _script("_", text(length)))
        case tree.Comparison(sign=sign, left=a, right=b):
            return f"[{part(a)} {sign} {part(b, right=True)}]"
        case tree.Stack(columns=columns):
            return f"[{'; '.join(map(text, columns))}]"
        case tree.Sum(index=name, body=body):
            return f"∑{'' if name is None else f'_{name}'} {part(body)}"
        case tree.At(base=base, places=places):
            return _written(base, ", ".join(map(text, places)))
        case tree.Span(start=start, stop=stop):
            return ":".join("" if end is None else text(end) for end in (start, stop))
        case tree.Dots():
            return "…"
    raise AssertionError(f"not a node of a formula: {node!r}")


def _in_line(node: Formula) -> Formula:
    """A fraction in one line, where no bar holds it together."""
    if isinstance(node, tree.At):
        return _in_line(node.base)
    return node.changed(slash=True) if isinstance(node, tree.Quotient) else node


def _letter(node: tree.Letter, index: str) -> str:
    if node.kind == "immediate":
        return f"∂⁺{_script('_', text(tree.Letter(node.user)))} {_letter(tree.Letter(node.name), index)}"
    name = Name.of(node.name)
    below = [_word(name.gate)] if name.gate else []
    below += [str(name.t)] if name.t is not None else []
    below += [index] if index else []
    line = _word(name.letter) + (_script("_", ",".join(below)) if below else "")
    if name.layer is not None:
        line += f"^{{({name.layer})}}"
    return f"d{line}" if node.kind == "total" else line


def _word(word: str) -> str:
    return GREEK.get(word, word)


def _script(sign: str, inner: str) -> str:
    """A subscript or superscript, in braces if it is more than one character or number."""
    return f"{sign}{inner}" if len(inner) == 1 or inner.isdigit() else f"{sign}{{{inner}}}"
