"""Formulas for pages: LaTeX to MathML, and the part of the mathematical font that they need."""

from __future__ import annotations

import html
import io
import itertools
import re
from collections.abc import Iterable
from functools import lru_cache
from importlib.metadata import distribution

from teachrnn.views.math_spacing import spaced

ITALIC = {chr(ord("A") + i): chr(0x1D434 + i) for i in range(26)}
ITALIC |= {chr(ord("a") + i): chr(0x1D44E + i) for i in range(26)}
ITALIC["h"] = "\N{PLANCK CONSTANT}"
ITALIC |= {chr(0x3B1 + i): chr(0x1D6FC + i) for i in range(25)}
"""A letter alone is shown as the mathematical italic one, which is another sign of the font."""

ALWAYS = "0123456789()[]{}|+-=.,:;/<>\N{MINUS SIGN}\N{PRIME}"


_HIDDEN = {sign: chr(0xE000 + i) for i, sign in enumerate('<>&"%${}\\')}
"""Signs of HTML and LaTeX in a name travel through the converter as private characters."""


SLOT = 0xE100
"""The first of the private characters that stand for numbers in a template."""
_NUMERAL = re.compile(r"(?<=[{,])\d+(?=[},])")
_MARK = 77_000_000
"""Added to a slot's number, it makes a numeral that no formula holds."""


def mathml(latex: str, *, display: bool = False) -> str:
    """MathML of a formula, small enough to be inlined by the hundred; any text in it is escaped.

    Examples
    --------
    >>> mathml("h_{3}")
    '<math><msub><mi>h</mi><mn>3</mn></msub></math>'
    """
    text, numerals = mathml_template(latex, display=display)
    for slot, numeral in enumerate(numerals):
        text = text.replace(chr(SLOT + slot), numeral)
    return text


def mathml_template(latex: str, *, display: bool = False) -> tuple[str, list[str]]:
    """MathML with a private character for each index, and the indices.

    The formulas of an unrolled graph differ in their time steps only, so a few templates serve
    thousands of them.

    Examples
    --------
    >>> text, numerals = mathml_template("h_{31}")
    >>> text.replace(chr(SLOT), "?"), numerals
    ('<math><msub><mi>h</mi><mn>?</mn></msub></math>', ['31'])
    """
    slots = itertools.count()
    marked = _NUMERAL.sub(lambda _: str(_MARK + next(slots)), latex)
    text = _converted(marked, display)
    for slot in range(next(slots)):
        text = text.replace(str(_MARK + slot), chr(SLOT + slot))
    return text, _NUMERAL.findall(latex)


@lru_cache(maxsize=8192)
def _converted(latex: str, display: bool) -> str:
    from latex2mathml.converter import convert

    latex = re.sub(r"\\mathrm\{((?:[^{}\\]|\\.)*)\}", lambda m: _words(m[1]), latex)
    for sign, written in {"<": r"\lt ", ">": r"\gt ", "&": _HIDDEN["&"], '"': _HIDDEN['"']}.items():
        latex = latex.replace(sign, written)
    text = re.sub(r"<math [^>]*>", "<math>", convert(latex))
    text = re.sub(r"&#x([0-9A-Fa-f]+);", lambda m: html.escape(chr(int(m[1], 16))), text)
    for sign, hidden in _HIDDEN.items():
        text = text.replace(hidden, html.escape(sign))
    while True:  # a row around a single element says nothing
        shorter = re.sub(r"<mrow>(<(m[ion]|mtext)>[^<]*</\2>)</mrow>", r"\1", text)
        shorter = re.sub(r"<mrow>(<(msub|msup)>(?:(?!<mrow>|</?\2>).)*</\2>)</mrow>", r"\1", shorter)
        shorter = re.sub(
            r"^<math><mrow>((?:(?!</?mrow>).)*)</mrow></math>$", r"<math>\1</math>", shorter
        )
        if shorter == text:
            return spaced(text, display=display)
        text = shorter


def _words(escaped: str) -> str:
    """Upright words: one piece of text to the eye and to a screen reader."""
    plain = re.sub(r"\\(.)", r"\1", escaped)
    for sign, hidden in _HIDDEN.items():
        plain = plain.replace(sign, hidden)
    return rf"\text{{{plain}}}"


def font_subset(formulas: Iterable[str]) -> bytes:
    """STIX Two Math (SIL Open Font License) cut down to the signs of some MathML, as WOFF.

    The font is read from the installed package ziamath, which itself is not imported.
    """
    signs = set(ALWAYS)
    for formula in formulas:
        signs |= set(html.unescape(re.sub(r"<[^>]*>", "", formula)))
        if "<msqrt" in formula or "<mroot" in formula:  # a sign that stands in no text
            signs.add("\N{SQUARE ROOT}")
    signs |= {ITALIC[c] for c in signs if c in ITALIC}
    return _cut_down("".join(sorted(signs)))


@lru_cache(maxsize=64)
def _cut_down(signs: str) -> bytes:
    from fontTools import subset
    from fontTools.ttLib import TTFont

    options = subset.Options()
    options.layout_features = ["math", "ssty"]
    options.hinting = False
    options.notdef_outline = True
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]  # 13 and 14 are the licence
    where = distribution("ziamath").locate_file("ziamath/fonts/STIXTwoMath-Regular.ttf")
    out = io.BytesIO()
    with TTFont(str(where), lazy=True) as font:
        cutter = subset.Subsetter(options)
        cutter.populate(text=signs)
        cutter.subset(font)
        # A browser would set the t of $y_t$ lower than that of $h_t$, because y has a descender.
        font["MATH"].table.MathConstants.SubscriptBaselineDropMin.Value = -300
        font.flavor = "woff"
        font.save(out)
    return out.getvalue()
