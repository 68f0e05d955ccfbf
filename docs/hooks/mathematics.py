"""Formulas: LaTeX in pages and docstrings becomes MathML, in a font that is part of the site.

Markdown leaves formulas alone (pymdownx.arithmatex); they are converted here, so that a browser needs
no script to show them. The font, reduced to the characters that the pages use, is made after all pages.
"""

from __future__ import annotations

import html
import re
from pathlib import Path

from teachrnn.views.prose import prose_mathml
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
    # Displayed formulas without a blank line between them arrive as one.
    return "\n".join(
        f'<div class="formula">{_set(one, display=True)}</div>' for one in latex.split("$$ $$")
    )


def _set(latex: str, *, display: bool) -> str:
    text = prose_mathml(latex, display=display)
    text = text.replace("<math", f'<math alttext="{html.escape(latex)}"', 1)
    formulas.add(text)
    return text
