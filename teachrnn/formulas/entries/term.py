"""The parts of an answer to "why this number"."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Link:
    """One number of a recorded array, by its address.

    Attributes
    ----------
    name : str
        Name of the recorded quantity, such as ``"W"`` or ``"dh[3]"``.
    index : tuple of int
        Its position in that array, leading axes first.
    value : float
        The number.
    """

    name: str
    index: tuple[int, ...]
    value: float


@dataclass(frozen=True)
class WhyTerm:
    """One summand: text and links in reading order, and its value."""

    parts: list[str | Link]
    value: float


def joined(pieces: list[list[str | Link]], sign: str) -> list[str | Link]:
    """Parts with a sign between them; adjacent texts are merged."""
    parts: list[str | Link] = []
    for number, piece in enumerate(pieces):
        for part in [sign, *piece] if number else piece:
            if isinstance(part, str) and parts and isinstance(parts[-1], str):
                parts[-1] += part
            elif part != "":
                parts.append(part)
    return parts
