"""Every key and what it does: on the screen, and as a table for the documentation."""

from __future__ import annotations

from rich.text import Text

from teachrnn.views.terminal.array_text import Extent
from teachrnn.views.terminal.key import Keyed, key
from teachrnn.views.terminal.line import wrapped

COLUMN = 18


class HelpPage(Keyed):
    """The keys of several objects, read from their own tables.

    Parameters
    ----------
    *chapters : (str, type)
        A heading, and the class that handles the keys.
    """

    def __init__(self, *chapters: tuple[str, type[Keyed]]) -> None:
        self.chapters = chapters
        self.open = True

    @key("Esc", "?", "Enter", does="close the help", brief="close")
    def close(self) -> None:
        """Close the help."""
        self.open = False

    def lines(self, extent: Extent) -> list[Text]:
        """The keys, a line each."""
        lines = []
        for heading, kind in self.chapters:
            lines += [Text(heading, style="bold")]
            for binding in kind.bindings:
                words = wrapped([Text(binding.does)], extent.width - COLUMN)
                signs = [
                    Text(f"  {binding.signs:<{COLUMN - 2}}", style="dim"),
                    *[Text(" " * COLUMN)] * len(words),
                ]
                lines += [Text.assemble(sign, word) for sign, word in zip(signs, words, strict=False)]
            lines += [Text()]
        return lines[:-1]

    def markdown(self) -> str:
        """The same as tables in Markdown."""
        parts = []
        for heading, kind in self.chapters:
            rows = "\n".join(f"| `{b.signs}` | {b.does} |" for b in kind.bindings)
            parts.append(
                f"**{heading.capitalize()}**\n\n| Key | What it does |\n| --- | --- |\n{rows}\n"
            )
        return "\n".join(parts)
