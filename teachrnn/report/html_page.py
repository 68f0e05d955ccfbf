"""The write-up as one self-contained HTML page."""

from __future__ import annotations

import base64
import hashlib
from importlib.resources import files

from markupsafe import Markup

from teachrnn.report.document import Document, Picture
from teachrnn.views.figures.parts.inline_svg import inline_svg
from teachrnn.views.style.palette import palette_style

NARROW = (4.0, 3.4)
"""Inches of a figure on a phone: it is drawn again, so that its text stays legible."""


def html_page(document: Document) -> str:
    """The document as a page: figures as inline SVG, no script, nothing loaded from elsewhere.

    Its content-security policy allows the one style sheet by its hash and forbids everything else, so
    that generated text, whatever it contains, stays text.
    """
    import jinja2

    parts = files("teachrnn.report") / "page"
    style = palette_style(":root") + (parts / "report.css").read_text("utf-8")
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    template = environment.from_string((parts / "report.html").read_text("utf-8"))
    digest = base64.b64encode(hashlib.sha256(style.encode("utf-8")).digest()).decode()
    return template.render(
        document=document,
        style=Markup(style),
        style_hash=f"sha256-{digest}",
        kind=lambda block: type(block).__name__,
        drawn=_drawn,
    )


def _drawn(picture: Picture, narrow: bool) -> Markup:
    """The figure in one of its two sizes; the page shows one of them."""
    figure = picture.figure
    width, height = figure.get_size_inches()
    if narrow:
        figure.set_size_inches(*NARROW)
    svg = inline_svg(
        figure,
        name=f"{'narrow' if narrow else 'wide'}-{picture.name}",
        title=picture.caption,
        description=picture.description,
    )
    figure.set_size_inches(width, height)
    return Markup(svg)
