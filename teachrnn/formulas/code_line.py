"""A line of code as pieces, each of which knows the letter of the formula that it stands for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from teachrnn.formulas import tree


@dataclass(frozen=True)
class Token:
    """A piece of a line of code.

    Attributes
    ----------
    text : str
        The characters.
    letter : Letter, optional
        What it stands for, where it is a name of the program.
    of : frozenset of str
        The operations whose formulas it is part of, where a line is made of several (`Owned`).
    """

    text: str
    letter: tree.Letter | None = None
    of: frozenset[str] = frozenset()


Code = tuple[Token, ...]


def code(*parts: str | Token | Code) -> Code:
    """Pieces of code, one after the other."""
    found: list[Token] = []
    for part in parts:
        found += part if isinstance(part, tuple) else [Token(part) if isinstance(part, str) else part]
    return tuple(token for token in found if token.text)


def remark(text: str) -> Code:
    """What is only read: a comment."""
    return (Token(f"# {text}"),)


def source(line: Code) -> str:
    """The characters of a line."""
    return "".join(token.text for token in line)


def listed(parts: Sequence[Code]) -> Code:
    """Pieces of code with commas between them."""
    first, *others = parts
    return code(first, *(token for part in others for token in (", ", part)))
