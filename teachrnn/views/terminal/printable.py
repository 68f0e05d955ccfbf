r"""Text of others, made safe to print: a terminal obeys what it is sent."""

from __future__ import annotations


def printable(text: str) -> str:
    r"""The text with every character that a terminal would obey spelled out.

    Escape sequences move the cursor or change colours, a bell rings, a carriage return overwrites,
    a direction mark turns the line round, and half a surrogate cannot be encoded at all.

    Examples
    --------
    >>> printable("a \x1b[31mred\x07 b")
    'a U+001B[31mredU+0007 b'
    """
    return "".join(c if c.isprintable() else f"U+{ord(c):04X}" for c in text)
