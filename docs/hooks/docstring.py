"""The docstring of an operation or a cell, cut into its sections."""

from __future__ import annotations

import inspect
import re
from dataclasses import dataclass

HEADING = re.compile(r"^([A-Z]\w+)\n-{3,}$\n", re.MULTILINE)


@dataclass(frozen=True)
class Docstring:
    """Summary (first paragraph), body (what follows it), and the sections by title."""

    summary: str
    body: str
    sections: dict[str, str]

    @classmethod
    def of(cls, thing: type) -> Docstring:
        text = thing.__dict__.get("__doc__")
        if not text:
            raise ValueError(f"{thing.__name__} has no docstring: its page would be empty.")
        prose, *rest = HEADING.split(inspect.cleandoc(text))
        summary, _, body = prose.strip().partition("\n\n")
        sections = zip(rest[::2], rest[1::2], strict=True)
        apart = {title: _apart(text.strip()) for title, text in sections}
        return cls(summary, _apart(body.strip()), apart)


def _apart(text: str) -> str:
    """Displayed formulas on lines of their own: Markdown wants a blank line between them."""
    return re.sub(r"^(\$\$.*\$\$)$\n(?=\S)", r"\1\n\n", text, flags=re.MULTILINE)
