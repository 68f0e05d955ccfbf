"""Text from a file: decoded, checked, and every problem reported with its position."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator
from pathlib import Path

from teachrnn.errors import FileFormatError

BLOCK = 1 << 18
"""Bytes of a file that are in memory at a time."""


def load_text_file(path: str | Path) -> str:
    r"""Read a UTF-8 file; a byte-order mark is dropped, CR LF and CR become LF.

    Parameters
    ----------
    path : str or Path
        The file.

    Returns
    -------
    str
        Its text.

    Raises
    ------
    FileFormatError
        If the file is missing, a folder, binary, not UTF-8 (with the position and the line of the
        first bad byte), or holds fewer than two characters.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp(), "text.txt")
    >>> _ = file.write_bytes("one\r\ntwo".encode())
    >>> load_text_file(file)
    'one\ntwo'
    """
    return "".join(text_blocks(path))


def text_blocks(path: str | Path, *, block: int = BLOCK) -> Iterator[str]:
    r"""Read a UTF-8 file as `load_text_file` does, one block after the other, in little memory.

    The blocks, concatenated, are the text: a character of several bytes, or a CR LF, is never split
    between two blocks.

    Parameters
    ----------
    path : str or Path
        The file.
    block : int
        How many bytes are read at a time.

    Yields
    ------
    str
        A part of the text.

    Raises
    ------
    FileFormatError
        As `load_text_file`, when the problem is reached.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp(), "text.txt")
    >>> file.write_bytes("é\r\nè\r\n".encode())
    8
    >>> list(text_blocks(file, block=3))
    ['é', '\nè', '\n']
    """
    path = Path(path)
    if path.is_dir():
        raise FileFormatError(f"{path} is a folder: give a text file in it.")
    utf8 = codecs.getincrementaldecoder("utf-8-sig")()
    newlines = io.IncrementalNewlineDecoder(None, translate=True)
    read = lines = characters = 0
    last = ""
    try:
        with path.open("rb") as file:
            ended = False
            while not ended:
                raw = file.read(block)
                ended = not raw
                _refuse_binary(raw, path, before=read)
                read += len(raw)
                try:
                    decoded = utf8.decode(raw, final=ended)
                except UnicodeDecodeError as error:
                    # What the decoder holds from before is the end of the last block, and valid so far.
                    position = read - len(error.object) + error.start
                    good = newlines.decode(error.object[: error.start].decode("utf-8"), final=True)
                    raise FileFormatError(
                        f"{path} is not UTF-8: byte 0x{error.object[error.start]:02x} at position "
                        f"{position} (line {lines + good.count(chr(10)) + 1}). If it is in another "
                        f"encoding, convert it, for instance: iconv -f latin1 -t utf-8 {path}"
                    ) from error
                text = newlines.decode(decoded, final=ended)
                if text:
                    lines += text.count("\n")
                    characters += len(text)
                    last = text
                    yield text
    except OSError as error:
        raise FileFormatError(f"cannot read {path}: {error.strerror or error}.") from error
    if characters < 2:
        check_text(last, where=str(path))


def is_plain_file(path: str | Path) -> bool:
    """Whether a path can be read again and again from its beginning, unlike a pipe or a terminal.

    A path under ``/dev`` may be a file that another program has opened, as standard
    input often is: on some systems reading it again continues where the last reader stopped.

    Parameters
    ----------
    path : str or Path
        A path; it need not exist.

    Returns
    -------
    bool
        True for a file on a disk.

    Examples
    --------
    >>> is_plain_file("no such file")
    False
    """
    path = Path(path)
    return path.is_file() and path.absolute().parts[1:2] != ("dev",)


def check_text(text: str, *, where: str) -> str:
    """Refuse a text of fewer than two characters.

    Parameters
    ----------
    text : str
        The text.
    where : str
        Its name in a message.

    Returns
    -------
    str
        The same text.

    Raises
    ------
    FileFormatError
        If it has fewer than two characters, or holds bytes that were not characters.

    Examples
    --------
    >>> check_text("ab", where="the prime")
    'ab'
    >>> check_text("a", where="the prime")
    Traceback (most recent call last):
    ...
    teachrnn.errors.FileFormatError: the prime has one character, 'a': at least two are needed, one
    to read and one to predict.
    """
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise FileFormatError(f"{where} is not valid UTF-8 at character {error.start}.") from error
    if len(text) < 2:
        held = "is empty" if not text else f"has one character, {text!r}"
        raise FileFormatError(
            f"{where} {held}: at least two are needed, one to read and one to predict."
        )
    return text


def _refuse_binary(raw: bytes, path: Path, *, before: int) -> None:
    if before == 0 and raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise FileFormatError(
            f"{path} is UTF-16, not UTF-8. Convert it, for instance: iconv -f utf-16 -t utf-8 {path}"
        )
    zero = raw.find(b"\0")
    if zero >= 0:
        raise FileFormatError(
            f"{path} looks like a binary file (a zero byte at position {before + zero}): "
            "a text file is needed."
        )
