"""Replacements for characters that a stream's encoding lacks: printing must neither fail nor mislead."""

from __future__ import annotations

import codecs
import re
from typing import Any

from teachrnn.formulas.name import GREEK
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
    "⁾": ")",
    "ᵀ": "^T",
    **{sign: word for word, sign in GREEK.items()},
}
"""Replacements for the program's own symbols: a number without its minus sign would be wrong."""

BELOW = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
ABOVE = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁽", "0123456789-(")
"""Subscripts and superscripts, which are written after _ and ^: h_3^(2)."""

SCRIPTS = re.compile(f"([{''.join(map(chr, BELOW))}]+)|([{''.join(map(chr, ABOVE))}]+)")

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
    return SCRIPTS.sub(_script, lacked).translate(_OTHERS), error.end


def _script(found: re.Match[str]) -> str:
    """Digits on the line in place of those below or above it."""
    below, above = found.groups()
    return f"_{below.translate(BELOW)}" if below else f"^{above.translate(ABOVE)}"


class _Others(dict[int, str]):
    def __missing__(self, code: int) -> str:
        character = chr(code)
        if character.isascii():  # written in place of a sign that was lacking
            return character
        return PLAIN.get(character) or f"<U+{ord(CHARACTERS.get(character, character)):04X}>"


_OTHERS = _Others()


codecs.register_error(ERRORS, _plain)
