"""Formulas: LaTeX in pages and docstrings becomes MathML, set in a font that the site brings along.

Markdown keeps formulas out of its own way (pymdownx.arithmatex); what it leaves behind is
converted here, so that a browser needs no script to show it. The font, cut down to the signs that
the pages use, is made when all pages are.
"""

from __future__ import annotations

import html
import re
from pathlib import Path

from prose_mathml import prose_mathml

from teachrnn.views.style.mathematical_font import font_subset

FORMULA = re.compile(
    r'<(?P<tag>span|div) class="arithmatex">\\[(\[](?P<latex>.*?)\\[)\]]</(?P=tag)>', re.DOTALL
)
formulas: set[str] = set()


def on_pre_build(config):
    formulas.clear()


def on_page_content(content, page, config, files):
    return FORMULA.sub(_formula, content)


def on_post_build(config):
    Path(config.site_dir, "assets", "stix-two-math.woff").write_bytes(font_subset(formulas))


def _formula(match: re.Match[str]) -> str:
    latex = " ".join(html.unescape(match["latex"]).split())
    if match["tag"] == "span":
        return _set(latex, display=False)
    # Displayed formulas that follow each other without a blank line arrive as one.
    return "\n".join(
        f'<div class="formula">{_set(one, display=True)}</div>' for one in latex.split("$$ $$")
    )


def _set(latex: str, *, display: bool) -> str:
    text = prose_mathml(latex, display=display)
    text = text.replace("<math", f'<math alttext="{html.escape(latex)}"', 1)
    formulas.add(text)
    return text
