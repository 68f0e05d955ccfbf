"""Markdown with formulas between dollar signs, as HTML in which nothing can be executed."""

from __future__ import annotations

import html
import re
from functools import cache

from teachrnn.errors import MissingExtraError
from teachrnn.views.prose.prose_mathml import prose_mathml

PIECES = re.compile(
    r"(?P<code>```.*?```|`[^`\n]*`)|\$\$(?P<display>.+?)\$\$|\$(?P<inline>[^$\n]+?)\$", re.S
)
"""Code, in which a dollar sign is one; and formulas."""
SLOT = "\ue000{}\ue001"
"""What stands for a formula while the Markdown around it is read."""


def prose_html(text: str, *, inline: bool = False) -> str:
    r"""Markdown as HTML: formulas become MathML, and HTML in the text is shown as it is written.

    Parameters
    ----------
    text : str
        Markdown.
    inline : bool
        Whether it is part of a line, not paragraphs.

    Returns
    -------
    str
        HTML. Where latex2mathml is not installed, a formula is shown as it is written.

    Examples
    --------
    >>> prose_html("The *state* <b>.", inline=True)
    'The <em>state</em> &lt;b&gt;.'
    """
    formulas: list[str] = []

    def held(piece: re.Match[str]) -> str:
        if piece["code"]:
            return piece[0]
        formulas.append(_formula(piece["display"] or piece["inline"], display=bool(piece["display"])))
        return SLOT.format(len(formulas) - 1)

    marked = PIECES.sub(held, text.replace("\ue000", "").replace("\ue001", ""))
    reader = _reader()
    found = reader.renderInline(marked) if inline else reader.render(marked.strip() + "\n")
    return re.sub("\ue000(\\d+)\ue001", lambda slot: formulas[int(slot[1])], found).strip()


def _formula(latex: str, *, display: bool) -> str:
    try:
        return prose_mathml(" ".join(latex.split()), display=display)
    except MissingExtraError:
        return f"<code>{html.escape(latex)}</code>"
    except Exception:  # latex2mathml raises what comes
        return f"<code>{html.escape(latex)}</code>"


@cache
def _reader():  # type: ignore[no-untyped-def]
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": False, "linkify": False}).disable("image")
