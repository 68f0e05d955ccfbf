r"""Text that a network wrote, made safe to look at: what has no sign of its own gets one."""

from __future__ import annotations

import unicodedata

from teachrnn.data import show_items

TURNS = set("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Signs that turn the direction of writing: unseen, they put what follows out of order."""

PICTURES = 0x2400
"""Where Unicode's pictures of the control characters begin, in their order."""


def legible(text: str) -> str:
    r"""The text with a visible sign for each character that has none; line ends and tabs stay.

    Characters of a text of one's own can be anything: a terminal's escape, half of a pair, a sign
    that turns the writing round. A page must show them, not obey them.

    Examples
    --------
    >>> print(legible("a\x1b[2Jb\u202e\x7f"))
    a␛[2Jb⟨U+202E⟩␡
    """
    return "".join(map(_sign, show_items(text)))


def _sign(character: str) -> str:
    code = ord(character)
    if character in "\n\t":
        return character
    if code < 0x20:
        return chr(PICTURES + code)
    if code == 0x7F:
        return "\N{SYMBOL FOR DELETE}"
    if character in TURNS or unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp"):
        return f"\N{MATHEMATICAL LEFT ANGLE BRACKET}U+{code:04X}\N{MATHEMATICAL RIGHT ANGLE BRACKET}"
    return character
