"""LaTeX in prose, as MathML; formulas of operations have their own printer."""

from __future__ import annotations

import html
import re
from functools import lru_cache

from teachrnn.extras import require
from teachrnn.views.prose.math_spacing import spaced

_HIDDEN = {sign: chr(0xE000 + i) for i, sign in enumerate('<>&"%${}\\')}
"""Special characters of HTML and LaTeX in a name pass through the converter as private characters."""


@lru_cache(maxsize=8192)
def prose_mathml(latex: str, *, display: bool = False) -> str:
    r"""MathML of LaTeX in prose; any text in it is escaped.

    Parameters
    ----------
    latex : str
        A formula, without the dollar signs.
    display : bool
        Whether it stands on a line of its own.

    Returns
    -------
    str
        MathML.

    Raises
    ------
    MissingExtraError
        If latex2mathml is not installed.

    Examples
    --------
    >>> prose_mathml("x^2")
    '<math><msup><mi>x</mi><mn>2</mn></msup></math>'
    """
    convert = require("latex2mathml.converter", extra="widgets", purpose="A formula in a page").convert
    latex = re.sub(r"\\mathrm\{((?:[^{}\\]|\\.)*)\}", lambda m: _words(m[1]), latex)
    for sign, written in {"<": r"\lt ", ">": r"\gt ", "&": _HIDDEN["&"], '"': _HIDDEN['"']}.items():
        latex = latex.replace(sign, written)
    text = re.sub(r"<math [^>]*>", "<math>", convert(latex))
    text = re.sub(r"&#x([0-9A-Fa-f]+);", lambda m: html.escape(chr(int(m[1], 16))), text)
    for sign, hidden in _HIDDEN.items():
        text = text.replace(hidden, html.escape(sign))
    while True:  # a row around a single element is redundant
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
