"""Formulas in MathML, for pages: small enough to be inlined by the hundred, spaced as TeX would."""

from __future__ import annotations

import html
from collections.abc import Mapping
from functools import lru_cache

from teachrnn.formulas import tree
from teachrnn.formulas.brackets import POWER, needs_brackets, rank
from teachrnn.formulas.functions import FUNCTIONS
from teachrnn.formulas.name import GREEK, Name
from teachrnn.formulas.tree import Formula

THIN = '<mspace width="0.167em"/>'
MINUS = "\N{MINUS SIGN}"
SLOT = 0xE100
"""The first of the private characters that stand for time steps in a template."""


def mathml(formula: Formula, *, display: bool = False) -> str:
    """MathML of a formula; any text in a name is escaped.

    Examples
    --------
    >>> mathml(tree.Letter("h[3]"))
    '<math><msub><mi>h</mi><mn>3</mn></msub></math>'
    """
    return _Printer().page(formula, display=display)


def mathml_template(
    formula: Formula, marks: Mapping[tree.Letter, str] | None = None
) -> tuple[str, list[str]]:
    """MathML with a private character for each time step, and the steps.

    The formulas of an unrolled graph differ in their time steps only, so a few templates serve
    thousands of them. A letter that has a mark stands in a row that carries it as `data-l`.

    Examples
    --------
    >>> text, times = mathml_template(tree.Letter("h[31]"))
    >>> text.replace(chr(SLOT), "?"), times
    ('<math><msub><mi>h</mi><mn>?</mn></msub></math>', ['31'])
    """
    printer = _Printer(times=[], marks=marks)
    return printer.page(formula), printer.times or []


def mathml_frame(formula: Formula) -> str:
    """MathML with an empty row in place of each letter, for whatever it is called elsewhere.

    Examples
    --------
    >>> mathml_frame(1 - tree.Letter("y"))
    '<math><mn>1</mn><mo>−</mo><mrow data-l="y"></mrow></math>'
    """
    letters = {node: own_letter(node) for node in tree.walk(formula) if isinstance(node, tree.Letter)}
    return _Printer(marks=letters, hollow=True).page(formula)


def own_letter(letter: tree.Letter) -> str:
    """What an operation calls a value or a gradient in its gradient methods: `y`, `dy`."""
    return letter.name if letter.kind == "value" else f"d{letter.name}"


class _Printer:
    """One formula being written.

    Every method returns a row of elements. ``index`` is the subscript of the letters where an entry is
    taken; ``script`` says that everything is in script size. A letter in ``marks`` stands in a row with
    its mark, which is left empty if the formula is ``hollow``.
    """

    def __init__(
        self,
        times: list[str] | None = None,
        marks: Mapping[tree.Letter, str] | None = None,
        *,
        hollow: bool = False,
    ) -> None:
        self.times = times
        self.marks = marks or {}
        self.hollow = hollow

    def page(self, formula: Formula, *, display: bool = False) -> str:
        attribute = ' display="block"' if display else ""
        self.display = display
        return f"<math{attribute}>{self.write(formula)}</math>"

    def write(self, node: Formula, index: Formula | None = None, *, script: bool = False) -> str:
        """The elements of a node."""

        def part(inner: Formula, *, right: bool = False) -> str:
            text = self.write(inner, index, script=script)
            bracketed = needs_brackets(inner, node, right=right)
            return _fenced("(", text, ")", script) if bracketed else text

        def sign(text: str) -> str:
            return _operator(text, script)

        match node:
            case tree.Equation(left=a, right=b):
                return part(a) + sign("=") + part(b, right=True)
            case tree.Letter() if node in self.marks:
                mark = html.escape(self.marks[node])
                return f'<mrow data-l="{mark}">{self.marked(node, index, script=script)}</mrow>'
            case tree.Letter():
                return self.letter(node, index, script=script)
            case tree.Number(value=value):
                text = f"{value:g}" if isinstance(value, float) else str(value)
                negative = text.startswith("-")
                number = f"<mn>{text.removeprefix('-')}</mn>"
                return _prefix(script) + number if negative else number
            case tree.Index(name=name) | tree.Size(axis=name):
                return f"<mi>{html.escape(name)}</mi>"
            case tree.Plus(left=a, right=b):
                return part(a) + sign("+") + part(b, right=True)
            case tree.Minus(left=a, right=b):
                return part(a) + sign(MINUS) + part(b, right=True)
            case tree.Negative(of=a):
                return _prefix(script) + part(a)
            case tree.Product(left=a, right=b):
                return part(a) + THIN + part(b, right=True)
            case tree.Elementwise(left=a, right=b):
                return part(a) + sign("⊙") + part(b, right=True)
            case tree.Quotient(left=a, right=b, slash=True):
                return part(a) + sign("/") + part(b, right=True)
            case tree.Quotient(left=a, right=b):
                return f"<mfrac>{_row(part(a))}{_row(part(b, right=True))}</mfrac>"
            case tree.Power(base=a, exponent=b):
                return _raised(part(a), self.write(b, index, script=True))
            case tree.Transpose(of=a):
                return _raised(part(a), _operator("⊤", script=False))
            case tree.Function():
                return self.function(node, index, script=script)
            case tree.Applied(operation=name, argument=argument):
                word = "<mi>σ</mi>" if name == "sigmoid" else _upright(name)
                return word + _fenced("(", part(argument), ")", script)
            case tree.Call(name=name, arguments=arguments):
                inner = sign(",").join(map(self.write, arguments))
                return _upright(name) + _fenced("(", inner, ")", script)
            case tree.OneHot(place=place):
                return _upright("onehot") + _fenced("(", self.write(place), ")", script)
            case tree.Filled(value=value, length=length):
                bold = f'<mn mathvariant="bold">{value}</mn>'
                return bold if length is None else self.under(bold, self.write(length, script=True))
            case tree.Comparison(sign=relation, left=a, right=b):
                return _fenced(
                    "[", part(a) + sign(html.escape(relation)) + part(b, right=True), "]", script
                )
            case tree.Stack(columns=columns):
                return _fenced("[", f"<mi>;</mi>{THIN}".join(map(self.write, columns)), "]", script)
            case tree.Sum(index=None, body=body):
                return sign("∑") + part(body)
            case tree.Sum(index=name, body=body):
                tag = "munder" if self.display and not script else "msub"
                return f"<{tag}><mo>∑</mo><mi>{name}</mi></{tag}>" + part(body)
            case tree.At(base=base, places=places):
                return self.write(base, _Places(places), script=script)
            case _Places(places=places):
                return (sign(",") + (THIN if len(places) > 1 else "")).join(
                    self.write(place, script=True) for place in places
                )
            case tree.Span(start=start, stop=stop):
                ends = ("" if end is None else self.write(end, script=True) for end in (start, stop))
                return "<mi>:</mi>".join(ends)
            case tree.Dots():
                return sign("⋯")
        raise AssertionError(f"not a node of a formula: {node!r}")

    def function(self, node: tree.Function, index: Formula | None, *, script: bool) -> str:
        """An elementary function with its arguments."""
        first, *_ = node.arguments
        if node.name == "exp":
            return _raised("<mi>e</mi>", self.write(first, index, script=True))
        if node.name == "sqrt":
            return f"<msqrt>{self.write(first, index, script=script)}</msqrt>"
        word = f"<mi>{FUNCTIONS[node.name].name}</mi>"
        if FUNCTIONS[node.name].bare and rank(first) >= POWER:
            return word + THIN + self.write(first, index, script=script)
        inner = [self.write(a, index, script=script) for a in node.arguments]
        return word + _fenced("(", _operator(",", script).join(inner), ")", script)

    def marked(self, node: tree.Letter, index: Formula | None, *, script: bool) -> str:
        """What stands in the row of a letter that has a mark."""
        return "" if self.hollow else self.letter(node, index, script=script)

    def letter(self, node: tree.Letter, index: Formula | None, *, script: bool) -> str:
        """A name, with its subscript and superscript."""
        if node.kind == "immediate":
            user = self.letter(tree.Letter(node.user), None, script=True)
            sign = f"<msubsup><mo>∂</mo>{_row(user)}<mo>+</mo></msubsup>"
            return sign + self.letter(tree.Letter(node.name), index, script=script)
        name = Name.of(node.name)
        below = [_word(name.gate)] if name.gate else []
        if name.t is not None:
            below.append(f"<mn>{self.time(name.t)}</mn>")
        if index is not None:
            below.append(self.write(index, script=True))
        text = self.under(_word(name.letter), _operator(",", script=True).join(below), name.layer)
        return _upright("d") + text if node.kind == "total" else text

    def under(self, base: str, below: str, layer: int | None = None) -> str:
        """A base with a subscript, and the number of its layer above it."""
        above = "" if layer is None else _fenced("(", f"<mn>{layer}</mn>", ")", script=True)
        if below and above:
            return f"<msubsup>{base}{_row(below)}{_row(above)}</msubsup>"
        if below:
            return f"<msub>{base}{_row(below)}</msub>"
        return _raised(base, above) if above else base

    def time(self, t: int) -> str:
        """A time step, or what stands for it in a template."""
        if self.times is None:
            return str(t)
        self.times.append(str(t))
        return chr(SLOT + len(self.times) - 1)


class _Places(Formula):
    """The subscripts of a letter."""

    places: tuple[Formula, ...]


def _word(word: str) -> str:
    if word in GREEK:
        return f"<mi>{GREEK[word]}</mi>"
    if len(word) == 1 and word.isalpha():
        return f"<mi>{html.escape(word)}</mi>"
    return _upright(word)


@lru_cache(maxsize=1024)
def _upright(word: str) -> str:
    return f"<mtext>{html.escape(word)}</mtext>"


def _operator(text: str, script: bool) -> str:
    return f'<mo lspace="0" rspace="0">{text}</mo>' if script else f"<mo>{text}</mo>"


def _prefix(script: bool) -> str:
    """A minus that is a sign, not a difference."""
    return _operator(MINUS, script) if script else f'<mo form="prefix">{MINUS}</mo>'


def _fenced(opening: str, inner: str, closing: str, script: bool) -> str:
    tight = ' lspace="0" rspace="0"' if script else ""
    stretchy = "" if "<mfrac>" in inner or "<munder>" in inner else ' stretchy="false"'
    left, right = (f"<mo{stretchy}{tight}>{sign}</mo>" for sign in (opening, closing))
    return left + inner + right


def _raised(base: str, above: str) -> str:
    return f"<msup>{_row(base)}{_row(above)}</msup>"


def _row(elements: str) -> str:
    """One element from several: a row, unless there is only one."""
    return elements if _is_single(elements) else f"<mrow>{elements}</mrow>"


@lru_cache(maxsize=4096)
def _is_single(elements: str) -> bool:
    """Whether these are one element: its end tag stands at the end and nowhere before at its depth."""
    depth, count, at = 0, 0, 0
    while at < len(elements):
        end = elements.index(">", at)
        tag = elements[at + 1 : end]
        if tag.startswith("/"):
            depth -= 1
        elif not tag.endswith("/"):
            depth += 1
        if depth == 0:
            count += 1
        at = elements.find("<", end)
        if at < 0:
            break
    return count == 1
