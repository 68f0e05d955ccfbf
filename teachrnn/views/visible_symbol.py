r"""A symbol of a text as a picture shows it: what has no sign of its own gets one."""

from __future__ import annotations

SIGNS = {" ": "␣", "\n": "↵", "\t": "⇥"}


def visible_symbol(symbol: str) -> str:
    r"""The symbol, with a sign for each character that leaves no mark or turns the writing round.

    Examples
    --------
    >>> [visible_symbol(symbol) for symbol in ("a", " ", "\n", "\u202e", "two words")]
    ['a', '␣', '↵', 'U+202E', 'two␣words']
    """
    return "".join(
        SIGNS.get(character) or (character if character.isprintable() else f"U+{ord(character):04X}")
        for character in symbol
    )
