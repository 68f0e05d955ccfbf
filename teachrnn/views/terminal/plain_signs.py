"""Signs for a stream whose encoding lacks some: what is printed must neither end a run nor lie."""

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
"""What stands for signs of our own: a number without its minus sign would be another one."""

CHARACTERS = {sign: character for character, sign in SIGNS.items()}

ERRORS = "teachrnn.plain_signs"


def print_any_sign(stream: Any) -> None:
    r"""Let a text stream write, of a character that its encoding lacks, a sign in ASCII.

    That of the program's own signs is much the same; a character of a text gets its code point.
    Redirected output of Windows, and old locales, are in encodings of 256 signs or fewer.

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
