"""Names and words as matplotlib sets them: mathematics in italics, hostile text as it is."""

from __future__ import annotations

import re
from functools import lru_cache

from teachrnn.extras import require
from teachrnn.formulas.latex import name_latex
from teachrnn.views.style.visible_symbol import signs


def math_label(name: str, *, index: str | None = None, d: bool = False) -> str:
    r"""The name of a value, as a formula; with ``index``, ``t`` for instance, that of all its steps.

    A name with signs that names don't have is written as it is.

    Examples
    --------
    >>> math_label("h[3]"), math_label("layer2.h", index="t", d=True)
    ('$h_{3}$', '$\\mathrm{d}h_{t}^{(2)}$')
    """
    if re.fullmatch(r"[\w.\[\]]+", name) and name.isascii():
        return f"${name_latex(name, index, d=d)}$"
    return f"{'d' if d else ''}{text_label(name)}"


def norm_of(label: str) -> str:
    r"""The norm of what a formula names.

    Examples
    --------
    >>> norm_of("$h_{t}$")
    '$\\Vert h_{t}\\Vert$'
    """
    return rf"$\Vert {label.strip('$')}\Vert$"


def text_label(text: str) -> str:
    r"""Any words, so that nothing in them is taken for mathematics or is missing in the font.

    Examples
    --------
    >>> print(text_label("$x_1$ < 3"), text_label("\x00"))
    \$x_1\$ < 3 �
    """
    known = _characters()
    return "".join(
        c if (c.isprintable() and ord(c) in known) or c == "\n" else "\N{REPLACEMENT CHARACTER}"
        for c in text
    ).replace("$", r"\$")


def symbol_label(symbol: str) -> str:
    r"""A symbol of a text made visible; what the font lacks stands there as its code point.

    It is still to be set with `text_label`.

    Examples
    --------
    >>> [symbol_label(symbol) for symbol in ("a", "\n", "\x1b", "\u6728")]
    ['a', '↵', 'U+001B', 'U+6728']
    """
    known = _characters()
    return "".join(
        sign if known.issuperset(map(ord, sign)) else f"U+{ord(character):04X}"
        for character, sign in zip(symbol, signs(symbol), strict=True)
    )


@lru_cache(maxsize=1)
def _characters() -> frozenset[int]:
    """Code points of the font that matplotlib brings with it."""
    manager = require("matplotlib.font_manager", extra="figures", purpose="A figure")
    font = manager.get_font(manager.findfont("DejaVu Sans"))
    return frozenset(font.get_charmap())
