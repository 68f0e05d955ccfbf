"""A figure as part of an HTML page: in the page's own style, and allowed by a strict policy."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from teachrnn.extras import require
from teachrnn.views.style.palette import GREY, INK, ON_DARK

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FAINT = 0.5
"""Opacity of a grid when it is drawn in the page's text colour instead of grey."""


def inline_svg(figure: Figure, *, name: str, title: str, description: str) -> str:
    r"""Draw a figure as an ``<svg>`` element for a page with a strict content-security policy.

    A policy that allows styles by their hash forbids ``style="..."``, in which matplotlib writes
    every colour. So styles become attributes, and colours of the palette follow the page's colour
    scheme. Text stays text, in the font of the page. Ids begin with the name, so that one page may
    contain several figures.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        The figure.
    name : str
        Prefix of the ids.
    title, description : str
        What the figure is and what it shows, for screen readers.

    Raises
    ------
    MissingExtraError
        If matplotlib is not installed.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> svg = inline_svg(Figure(), name="empty", title="Nothing", description="An empty figure.")
    >>> "style=" in svg, svg.startswith("<svg"), '<title id="empty-title">Nothing</title>' in svg
    (False, True, True)
    """
    matplotlib = require("matplotlib", extra="figures", purpose="A figure")
    drawn = io.StringIO()
    with matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": name}):
        figure.savefig(drawn, format="svg", metadata={"Date": None}, transparent=True)
    root = ElementTree.fromstring(drawn.getvalue())
    for parent in list(root.iter()):
        for child in list(parent):
            if _local(child.tag) in ("metadata", "style"):
                parent.remove(child)
    for element in root.iter():
        element.tag = _local(element.tag)
        _attributes(element, name)
    for size in ("width", "height", "version"):
        root.attrib.pop(size, None)
    root.attrib |= {
        "role": "img",
        "aria-labelledby": f"{name}-title {name}-description",
        "fill": "currentColor",  # by default, an SVG fills with black
        "stroke-linejoin": "round",
    }
    for tag, text in (("description", description), ("title", title)):
        text_alternative = ElementTree.Element(
            "desc" if tag == "description" else tag, id=f"{name}-{tag}"
        )
        text_alternative.text = text
        root.insert(0, text_alternative)
    return ElementTree.tostring(root, encoding="unicode")


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _attributes(element: ElementTree.Element, name: str) -> None:
    """Write styles as attributes, use the page's text colour, and begin ids with the name."""
    given = {_local(key): value for key, value in element.attrib.items()}
    for declaration in given.pop("style", "").split(";"):
        key, colon, value = declaration.partition(":")
        if colon:
            given[key.strip()] = value.strip()
    given.pop("font-family", None)
    for paint in ("fill", "stroke"):
        if given.get(paint) == GREY:
            given[f"{paint}-opacity"] = str(FAINT * float(given.get(f"{paint}-opacity", 1)))
        if given.get(paint) in (INK, GREY):
            given[paint] = "currentColor"
        elif (colour := ON_DARK.get(given.get(paint, ""))) is not None:
            given[paint] = colour.css
    if element.tag == "text":
        given.setdefault("fill", "currentColor")
    if "id" in given:
        given["id"] = f"{name}-{given['id']}"
    if "href" in given:
        given["href"] = given["href"].replace("#", f"#{name}-", 1)
    if "clip-path" in given:
        given["clip-path"] = re.sub(r"url\(#", f"url(#{name}-", given["clip-path"])
    element.attrib.clear()
    element.attrib.update(given)
