"""Replacements for characters that a stream's encoding lacks: printing must neither fail nor mislead."""

from __future__ import annotations

import codecs
from typing import Any

from teachrnn.views.style.visible_symbol import SIGNS

PLAIN = {
    **dict(
        zip(
            "−…“”‘’→←↑↓⟨⟩━─×·",
            ("-", "...", '"', '"', "'", "'", "->", "<-", "^", "v", *"<>=-x."),
            strict=True,
        )
    ),
    **dict(zip("▁▂▃▄▅▆▇█", "12345678", strict=True)),
    **dict(zip("●◉○", "*@o", strict=True)),
    "∞": "inf",
    "≠": "!=",
}
"""Replacements for the program's own symbols: a number without its minus sign would be wrong."""

CHARACTERS = {sign: character for character, sign in SIGNS.items()}

ERRORS = "teachrnn.plain_signs"


def print_any_sign(stream: Any) -> None:
    r"""Let a text stream replace characters that its encoding lacks with ASCII.

    The program's own symbols become similar characters; a character of a text becomes its code point.
    Redirected output on Windows, and old locales, have encodings of 256 characters or fewer.

    Examples
    --------
    >>> import io
    >>> stream = io.TextIOWrapper(io.BytesIO(), encoding="cp1252", write_through=True)
    >>> print_any_sign(stream)
    >>> stream.write("“né” → −1, ż\u241b")
    13
    >>> stream.buffer.getvalue().decode("cp1252")
    '“né” -> -1, <U+017C><U+001B>'
    """
    if hasattr(stream, "reconfigure"):
        stream.reconfigure(errors=ERRORS)


def _plain(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacked = error.object[error.start : error.end]
    return "".join(PLAIN.get(c) or f"<U+{ord(CHARACTERS.get(c, c)):04X}>" for c in lacked), error.end


codecs.register_error(ERRORS, _plain)
