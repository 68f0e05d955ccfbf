"""Griffe extension: sections that mkdocstrings does not know become prose above the others.

Otherwise ``References`` and its underline would become a heading of the page.
"""

from __future__ import annotations

import re

import griffe

HEADING = r"^\w[^\n]*\n-{3,}\n"
UNKNOWN = re.compile(rf"^(References|Shapes|Gradients)\n-{{3,}}\n(.*?)(?={HEADING}|\Z)", re.M | re.S)
KNOWN = re.compile(HEADING, re.M)


class NumpydocSections(griffe.Extension):
    def on_instance(self, *, obj, **kwargs):
        if obj.docstring:
            obj.docstring.value = rearranged(obj.docstring.value)


def rearranged(text: str) -> str:
    paragraphs = [f"**{title}.** {' '.join(body.split())}" for title, body in UNKNOWN.findall(text)]
    rest = UNKNOWN.sub("", text)
    first = KNOWN.search(rest)
    end = first.start() if first else len(rest)
    return "\n\n".join(part.strip() for part in [rest[:end], *paragraphs, rest[end:]] if part.strip())
