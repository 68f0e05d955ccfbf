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
        return cls(summary, body.strip(), {title: text.strip() for title, text in sections})
