r"""A symbol of a text as figures show it: characters without a glyph get one."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Literal

Kind = Literal["seen", "blank", "mark", "hidden mark", "unseen"]

SIGNS = {" ": "␣", "\n": "↵", "\t": "⇥", "\x7f": "␡"}
SIGNS |= {chr(code): chr(0x2400 + code) for code in range(0x20) if chr(code) not in SIGNS}
"""Glyphs for invisible characters: Unicode's pictures of the control characters, except for the
two most common, whose pictures are hard to read and missing in many fonts."""

CARRIER = "\N{DOTTED CIRCLE}"
"""The base of a combining mark with no character before it."""

EMPTY = set("\u115f\u1160\u2800\u3164\uffa0")
"""Letters and a symbol that are not drawn: Hangul fillers, the Braille blank."""

JOINERS = {0x200C, 0x200D}
"""Characters that join letters or emoji, or keep them apart; alone they are invisible."""

KEYCAPS = set("0123456789#*")
"""The ASCII characters that a variation selector turns into an emoji."""

UNDRAWN = (
    (0x034F, 0x034F),
    (0x17B4, 0x17B5),
    (0x180B, 0x180D),
    (0x180F, 0x180F),
    (0xFE00, 0xFE0F),
    (0xE0100, 0xE01EF),
)
"""Marks that are not drawn, mostly variation selectors (Unicode property
Default_Ignorable_Code_Point): they change the letter before them."""


def part_of(character: str) -> Kind:
    """What a character adds to the appearance of a text.

    A "mark", or a "hidden mark", which is not drawn itself, changes the character before it.
    """
    code, category = ord(character), unicodedata.category(character)
    if code in JOINERS or any(first <= code <= last for first, last in UNDRAWN):
        return "hidden mark"
    if category[0] == "M":
        return "mark"
    if category == "Zs" or character in EMPTY:
        return "blank"
    return "unseen" if category[0] in "CZ" else "seen"


def signs(text: str, *, kept: str = "", blanks: bool = False, unseen: str = "U+{:04X}") -> Iterator[str]:
    """A visible glyph for each character of a text.

    Parameters
    ----------
    text : str
        The text.
    kept : str
        Characters that are not replaced.
    blanks : bool
        Whether spaces are not replaced either.
    unseen : str
        How the code point of a character without a glyph is written.
    """
    base = ""  # what a mark would change
    for character in text:
        part = part_of(character)
        if (part == "mark" and base) or (part == "hidden mark" and _changes(character, base)):
            yield character
            continue
        if part == "seen" or character in kept or (blanks and part == "blank"):
            yield character
        elif part == "mark":
            yield CARRIER + character
        else:
            yield SIGNS.get(character) or unseen.format(ord(character))
        base = character if part in ("seen", "mark") else ""


def _changes(hidden: str, base: str) -> bool:
    """Whether a joiner or variation selector changes the character before it."""
    return base > "\x7f" or (hidden == "\ufe0f" and base in KEYCAPS)


def visible_symbol(symbol: str) -> str:
    r"""The symbol, with a visible glyph for each character that is invisible or changes the direction.

    A combining mark at the start of the symbol is put on a dotted circle.

    Examples
    --------
    >>> [visible_symbol(symbol) for symbol in ("a", " ", "\n", "\u202e", "two words", "\u200d")]
    ['a', '␣', '↵', 'U+202E', 'two␣words', 'U+200D']
    >>> visible_symbol("\u0301") == "◌\u0301", visible_symbol("e\u0301") == "e\u0301"
    (True, True)
    """
    return "".join(signs(symbol))
