"""Names and words as matplotlib sets them: mathematics in italics, any other text verbatim."""

from __future__ import annotations

import re
from functools import lru_cache

from teachrnn.extras import require
from teachrnn.formulas.latex import name_latex
from teachrnn.views.style.visible_symbol import signs


def math_label(name: str, *, index: str | None = None, d: bool = False) -> str:
    r"""The name of a value as a formula; with an ``index`` such as ``t``, the name for all its steps.

    A name with characters that are not allowed in names is written as it is.

    Examples
    --------
    >>> math_label("h[3]"), math_label("layer2.h", index="t", d=True)
    ('$h_{3}$', '$\\mathrm{d}h_{t}^{(2)}$')
    """
    if re.fullmatch(r"[\w.\[\]]+", name) and name.isascii():
        return f"${name_latex(name, index, d=d)}$"
    return f"{'d' if d else ''}{text_label(name)}"


def norm_of(label: str) -> str:
    r"""The norm of the value that a formula names.

    Examples
    --------
    >>> norm_of("$h_{t}$")
    '$\\Vert h_{t}\\Vert$'
    """
    return rf"$\Vert {label.strip('$')}\Vert$"


def text_label(text: str) -> str:
    r"""Any text, escaped so that nothing in it is read as mathematics or missing in the font.

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
    r"""A symbol of a text made visible; a character that the font lacks is shown as its code point.

    It must still be passed to `text_label`.

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
    """Code points of the font that comes with matplotlib."""
    manager = require("matplotlib.font_manager", extra="figures", purpose="A figure")
    font = manager.get_font(manager.findfont("DejaVu Sans"))
    return frozenset(font.get_charmap())
