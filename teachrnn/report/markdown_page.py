"""The write-up as GitHub-flavoured Markdown."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence

from teachrnn.report.document import (
    Document,
    Element,
    Facts,
    Links,
    Paragraph,
    Picture,
    TextTable,
    Verbatim,
)

DPI = 160
SPECIAL = re.compile(r"([\\`*_\[\]#|~$]|^[-+=](?=\s|$)|(?<=^\d)[.)](?=\s|$))")
"""Characters with a meaning in Markdown, within a line or at its beginning, to be escaped."""


def markdown_page(document: Document) -> tuple[str, dict[str, bytes]]:
    """The text, and the figures that it shows, as PNG by file name."""
    pictures: dict[str, bytes] = {}
    parts = [f"# {_escaped(document.title)}", f"*{_escaped(document.subtitle)}*"]
    parts += [_block(block, pictures) for block in document.opening]
    for section in document.sections:
        parts.append(f"## {_escaped(section.title)}")
        parts += [_block(block, pictures) for block in section.blocks]
    return "\n\n".join(parts) + "\n", pictures


def _block(block: Element, pictures: dict[str, bytes]) -> str:
    match block:
        case Paragraph(text, notice):
            return f"> **{_escaped(text)}**" if notice else _escaped(text)
        case Facts(pairs):
            return "\n".join(f"- **{_escaped(name)}:** {_escaped(value)}" for name, value in pairs)
        case TextTable(caption, head, rows, words):
            return f"**{_escaped(caption)}**\n\n{_table(head, rows, words)}"
        case Picture(name, caption, description, figure):
            drawn = io.BytesIO()
            figure.savefig(drawn, format="png", dpi=DPI, facecolor="white", metadata={"Software": None})
            pictures[f"{name}.png"] = drawn.getvalue()
            return f"![{_escaped(description)}]({name}.png)\n\n*{_escaped(caption)}*"
        case Links(pairs):
            return "\n".join(f"- [{_escaped(name)}](<{address}>)" for name, address in pairs)
        case Verbatim(caption, text):
            fence = "`" * max(3, 1 + max(map(len, re.findall("`+", text)), default=0))
            return f"**{_escaped(caption)}**\n\n{fence}text\n{text}\n{fence}"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]], words: Sequence[int]) -> str:
    sides = [":--" if i == 0 or i in words else "--:" for i in range(len(head))]
    lines = [map(_escaped, head), sides, *(map(_escaped, row) for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _escaped(text: str) -> str:
    """Plain text: none of it is interpreted as Markdown or HTML."""
    one_line = " ".join(text.split())
    one_line = one_line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return SPECIAL.sub(r"\\\1", one_line)
