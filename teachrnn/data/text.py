"""Text from a file: decoded, checked, and every trouble named by its place."""

from __future__ import annotations

from pathlib import Path

from teachrnn.errors import FileFormatError


def read_text(path: str | Path) -> str:
    """Read a UTF-8 file; a byte-order mark is dropped, CR LF and CR become LF.

    Raises
    ------
    FileFormatError
        If the file is missing, a folder, binary, not UTF-8 (with the position of the first bad
        byte), or holds fewer than two characters.
    """
    path = Path(path)
    try:
        raw = path.read_bytes()
    except IsADirectoryError as error:
        raise FileFormatError(f"{path} is a folder: name a text file in it.") from error
    except OSError as error:
        raise FileFormatError(f"cannot read {path}: {error.strerror or error}.") from error
    zero = raw.find(b"\0")
    if zero >= 0:
        raise FileFormatError(
            f"{path} looks like a binary file (a zero byte at position {zero}): a text file is needed."
        )
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise FileFormatError(
            f"{path} is not UTF-8: byte 0x{raw[error.start]:02x} at position {error.start} "
            f"(line {line}). "
            f"If it is in another encoding, convert it, for instance: iconv -f latin1 -t utf-8 {path}"
        ) from error
    return check_text(text.replace("\r\n", "\n").replace("\r", "\n"), where=str(path))


def check_text(text: str, *, where: str) -> str:
    """Refuse a text in which no character follows another.

    Raises
    ------
    FileFormatError
        If it has fewer than two characters, or holds bytes that were no characters.
    """
    unpaired = next((i for i, c in enumerate(text) if "\ud800" <= c <= "\udfff"), None)
    if unpaired is not None:
        raise FileFormatError(f"{where} is not valid UTF-8 at character {unpaired}.")
    if len(text) < 2:
        held = "is empty" if not text else f"has one character, {text!r}"
        raise FileFormatError(
            f"{where} {held}: at least two are needed, one to read and one to predict."
        )
    return text
