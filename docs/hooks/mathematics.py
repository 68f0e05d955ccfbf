"""Formulas: LaTeX in pages and docstrings becomes MathML, set in a font that the site brings along.

Markdown keeps formulas out of its own way (pymdownx.arithmatex); what it leaves behind is
converted here, so that a browser needs no script to show it. The font is cut from STIX Two Math,
which comes with the package ziamath, down to the signs that the pages use.
"""

from __future__ import annotations

import html
import re
from importlib.resources import files
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from latex2mathml.converter import convert

FORMULA = re.compile(
    r'<(?P<tag>span|div) class="arithmatex">\\[(\[](?P<latex>.*?)\\[)\]]</(?P=tag)>', re.DOTALL
)
signs: set[str] = set()


def on_pre_build(config):
    signs.clear()


def on_page_content(content, page, config, files):
    return FORMULA.sub(_mathml, content)


def on_post_build(config):
    with files("ziamath").joinpath("fonts/STIXTwoMath-Regular.ttf").open("rb") as source:
        font = TTFont(source)
        options = Options(
            layout_features=["math", "ssty"],
            name_IDs=[0, 1, 2, 3, 4, 5, 6, 13, 14],  # 13 and 14 are the font's licence
            drop_tables=["DSIG"],
        )
        subsetter = Subsetter(options)
        subsetter.populate(text="".join(sorted(signs)))
        subsetter.subset(font)
        font.flavor = "woff"
        font.save(Path(config.site_dir, "assets", "stix-two-math.woff"))


def _mathml(match: re.Match[str]) -> str:
    latex = html.unescape(match["latex"]).strip()
    display = "block" if match["tag"] == "div" else "inline"
    mathml = convert(_upright(latex), display=display)
    signs.update(_signs(mathml))
    mathml = mathml.replace("<math ", f'<math alttext="{html.escape(latex)}" ', 1)
    return f'<div class="formula">{mathml}</div>' if display == "block" else mathml


def _upright(latex: str) -> str:
    r"""``\mathrm{softmax}`` is one word: as ``\text`` it stays one, and upright."""
    return re.sub(r"\\(?:mathrm|operatorname)\{(\w+)\}", r"\\text{\1}", latex)


def _signs(mathml: str) -> set[str]:
    """Every sign a formula shows; a browser writes a variable, which is one letter, in italics."""
    text = html.unescape(re.sub(r"<[^>]+>", "", mathml))
    return set(text) | {_italic(letter) for letter in text}


def _italic(letter: str) -> str:
    if letter == "h":
        return "\N{PLANCK CONSTANT}"  # where Unicode keeps the italic h
    for first, last, start in (("a", "z", 0x1D44E), ("A", "Z", 0x1D434), ("α", "ω", 0x1D6FC)):
        if first <= letter <= last:
            return chr(start + ord(letter) - ord(first))
    return letter
