"""The part of the mathematical font that some formulas need."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Iterable
from functools import lru_cache
from importlib.metadata import distribution

ITALIC = {chr(ord("A") + i): chr(0x1D434 + i) for i in range(26)}
ITALIC |= {chr(ord("a") + i): chr(0x1D44E + i) for i in range(26)}
ITALIC["h"] = "\N{PLANCK CONSTANT}"
ITALIC |= {chr(0x3B1 + i): chr(0x1D6FC + i) for i in range(25)}
"""A single letter is shown as the mathematical italic one, which is another glyph of the font."""

ALWAYS = "0123456789()[]{}|+-=.,:;/<>\N{MINUS SIGN}\N{PRIME}"


def font_subset(formulas: Iterable[str]) -> bytes:
    """STIX Two Math (SIL Open Font License) reduced to the glyphs of some MathML, as WOFF.

    The font is read from the installed package ziamath, which itself is not imported.
    """
    signs = set(ALWAYS)
    for formula in formulas:
        signs |= set(html.unescape(re.sub(r"<[^>]*>", "", formula)))
        if "<msqrt" in formula or "<mroot" in formula:  # a glyph that no text contains
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
