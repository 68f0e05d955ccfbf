r"""Collections of short texts, such as tweets: read, and joined with a symbol at the end of each."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from teachrnn.data.text import load_text_file
from teachrnn.errors import DomainError, FileFormatError

END = "\x03"
"""Ends every item: the control character *end of text*, which ordinary text does not contain."""

END_SIGN = "\N{SYMBOL FOR END OF TEXT}"
"""Its glyph on the screen."""


def load_items(path: str | Path, *, field: str = "text", max_characters: int | None = None) -> list[str]:
    r"""Read a file of short texts; empty ones are left out.

    The name says what the file is: ``.jsonl`` or ``.ndjson`` has one JSON object a line, ``.json``
    is one array of objects, and any other name has one item a line.

    Parameters
    ----------
    path : str or Path
        A file in UTF-8, as for `load_text_file`.
    field : str
        Which field of an object holds the text.
    max_characters : int, optional
        The largest number of characters; longer items are cut.

    Returns
    -------
    list of str
        The items, in their order.

    Raises
    ------
    FileFormatError
        For the first line (or object of an array) that is not what it should be, with its number;
        if there is no item; or as `load_text_file`.
    DomainError
        If `max_characters` is below 1.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp(), "tweets.jsonl")
    >>> file.write_text('{"text": "hello"}\n{"text": "good morning"}\n')
    43
    >>> load_items(file, max_characters=6)
    ['hello', 'good m']
    """
    if max_characters is not None and max_characters < 1:
        raise DomainError(
            f"`max_characters` is {max_characters} but an item has at least one character."
        )
    path = Path(path)
    text = load_text_file(path)
    suffix = path.suffix.lower()
    if suffix in (".jsonl", ".ndjson"):
        items = _from_lines(text, path, field)
    elif suffix == ".json":
        items = _from_array(text, path, field)
    else:
        items = ((f"{path}, line {i}", line) for i, line in enumerate(text.split("\n"), 1))
    kept = [_checked(item, where)[:max_characters] for where, item in items if item]
    if not kept:
        raise FileFormatError(f"{path} holds no item: all are empty.")
    return kept


def join_items(items: Iterable[str]) -> str:
    r"""Join items into one text, in which each has the end symbol before it and after it.

    So the first input of an item is the end symbol, from which generating an item starts, and the last
    target is the end symbol again, with which the network ends an item: the target is the next symbol
    of the text everywhere, as in a novel.

    Parameters
    ----------
    items : iterable of str
        The short texts, at least one.

    Returns
    -------
    str
        The text.

    Raises
    ------
    DomainError
        If an item holds the end symbol, or there is none.

    Examples
    --------
    >>> join_items(["ab", "c"])
    '\x03ab\x03c\x03'
    """
    items = list(items)
    if not items:
        raise DomainError("there are no items: at least one is needed.")
    for i, item in enumerate(items, 1):
        if END in item:
            raise DomainError(
                f"item {i} holds the end symbol {END!r} at position {item.index(END)}: take it out."
            )
    return END + END.join(items) + END


def show_items(text: str) -> str:
    r"""A text with end symbols, for the screen: a visible glyph for each, followed by a line break.

    Parameters
    ----------
    text : str
        A text that `join_items` made, or a model wrote.

    Returns
    -------
    str
        The text to print.

    Examples
    --------
    >>> print(show_items("ab\x03c"))
    ab␃
    c
    """
    return text.replace(END, END_SIGN + "\n")


def _from_lines(text: str, path: Path, field: str) -> Iterator[tuple[str, str]]:
    for i, line in enumerate(text.split("\n"), 1):
        if line.strip():
            where = f"{path}, line {i}"
            try:
                item = json.loads(line)
            except json.JSONDecodeError as error:
                raise FileFormatError(
                    f"{where} is not JSON (column {error.colno}: {error.msg}). "
                    "A .jsonl file has one object a line."
                ) from error
            yield where, _field(item, field, where)


def _from_array(text: str, path: Path, field: str) -> Iterator[tuple[str, str]]:
    try:
        array = json.loads(text)
    except json.JSONDecodeError as error:
        raise FileFormatError(
            f"{path}, line {error.lineno} is not JSON (column {error.colno}: {error.msg}). "
            "A .json file is one array; with one object a line its name should end in .jsonl."
        ) from error
    if not isinstance(array, list):
        raise FileFormatError(f"{path} holds no array of objects: the first character should be [.")
    for i, item in enumerate(array, 1):
        where = f"{path}, object {i} of the array"
        yield where, _field(item, field, where)


def _field(item: Any, field: str, where: str) -> str:
    if not isinstance(item, dict):
        raise FileFormatError(f"{where} is not an object with a field {field!r}, but {item!r:.60}.")
    if not isinstance(item.get(field), str):
        fields = ", ".join(sorted(item)) or "none"
        raise FileFormatError(f"{where} has no text in a field {field!r}. Its fields: {fields}.")
    return str(item[field]).replace("\r\n", "\n").replace("\r", "\n")


def _checked(item: str, where: str) -> str:
    try:
        item.encode("utf-8")
    except UnicodeEncodeError as error:
        raise FileFormatError(
            f"{where}: character {error.start} of the item, U+{ord(item[error.start]):04X}, is half "
            "of a surrogate pair, not a character."
        ) from error
    return item
