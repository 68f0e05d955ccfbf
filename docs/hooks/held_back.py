"""Large pieces of HTML that are ready: they wait until Markdown, search index and theme are done.

Parsing the thousands of elements of a figure, twice, would take longer than drawing it, and the search
would offer its numbers.
"""

from __future__ import annotations

import hashlib
import re

PLACE = '<div data-held-back="{key}"></div>'
PLACES = re.compile(PLACE.format(key="([0-9a-f]{16})"))
held: dict[str, str] = {}


def held_back(html: str) -> str:
    """Markdown that keeps a place for this HTML."""
    key = hashlib.sha256(html.encode()).hexdigest()[:16]
    held[key] = html
    return PLACE.format(key=key)


def put_back(page: str) -> str:
    """A finished page, with the HTML in its places."""
    return PLACES.sub(lambda place: held[place[1]], page)
