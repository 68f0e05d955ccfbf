r"""Untrusted text, made safe to show on a page and in a terminal: control characters have no effect.

A text can hold anything. Escape sequences move the cursor of a terminal or change its colours, a bell
rings, a carriage return overwrites, a direction mark reverses the line, half of a surrogate pair cannot
be encoded at all; and many characters are invisible.
"""

from __future__ import annotations

from teachrnn.data import show_items
from teachrnn.views.style.visible_symbol import SIGNS, part_of, signs, visible_symbol

UNSEEN = "\N{MATHEMATICAL LEFT ANGLE BRACKET}U+{:04X}\N{MATHEMATICAL RIGHT ANGLE BRACKET}"
"""How the code point of a character is written within text."""


def legible(text: str) -> str:
    r"""A passage with a visible glyph for each character that has none; newlines and tabs stay.

    Joiners, marks and variation selectors stay on the letter that they belong to. The spaces of a
    line that has nothing else are shown, and so are the newlines of a passage that has nothing else.

    Examples
    --------
    >>> print(legible("a\x1b[2Jb\u202e\x7f"))
    a␛[2Jb⟨U+202E⟩␡
    >>> print(legible("one\n   \ntwo"))
    one
    ␣␣␣
    two
    """
    lines = show_items(text).split("\n")
    end = SIGNS["\n"] + "\n" if all(map(_is_blank, lines)) else "\n"
    return end.join(
        visible_symbol(line) if _is_blank(line) else _written(line, kept="\t") for line in lines
    )


def printable(text: str) -> str:
    r"""The same in one line: newlines and tabs are glyphs.

    Examples
    --------
    >>> printable("a \x1b[31mred\x07 b\n")
    'a ␛[31mred␇ b↵'
    """
    return _written(text)


def _written(text: str, *, kept: str = "") -> str:
    return "".join(signs(text, kept=kept, blanks=True, unseen=UNSEEN))


def _is_blank(line: str) -> bool:
    return all(c == "\t" or part_of(c) == "blank" for c in line)
