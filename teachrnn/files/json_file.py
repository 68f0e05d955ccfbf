"""Small files of JSON, written atomically and read back as a type."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from teachrnn.errors import FileFormatError, TeachrnnError
from teachrnn.files.atomic import write_atomically
from teachrnn.files.schema import unpack

T = TypeVar("T")


def save_json(path: Path, plain: Any, *, indent: int | None = 1) -> Path:
    """Write what JSON can hold, a value a line unless ``indent`` is None.

    Parameters
    ----------
    path : Path
        Where to.
    plain : object
        What JSON can hold: numbers, text, None, lists and dicts.
    indent : int, optional
        Spaces before each value; all on one line if None.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    FileFormatError
        If the place cannot be written to.

    Examples
    --------
    >>> import tempfile
    >>> save_json(Path(tempfile.mkdtemp(), "sizes.json"), [25, 100]).name
    'sizes.json'
    """
    text = json.dumps(plain, indent=indent, ensure_ascii=False)
    return write_atomically(path, text.encode("utf-8", "surrogatepass"))


def load_json(
    kind: type[T],
    path: Path,
    *,
    advice: str,
    lines: bool = False,
    upgrade: Callable[[Any], Any] = lambda plain: plain,
) -> T:
    """Read a file back as a type: see `unpack`.

    Parameters
    ----------
    kind : type
        What it holds, such as ``list[Sample]``.
    path : Path
        The file.
    advice : str
        What to do if it is damaged.
    lines : bool
        Whether each line is JSON by itself; together they are a list.
    upgrade : function
        Turns an old file's content into that of the current version.

    Returns
    -------
    T
        What the file holds, as that type.

    Raises
    ------
    FileFormatError
        If it cannot be read, or is not of that type; the message says where.

    Examples
    --------
    >>> import tempfile
    >>> path = save_json(Path(tempfile.mkdtemp(), "sizes.json"), [25, 100])
    >>> load_json(list[int], path, advice="Write it again.")
    [25, 100]
    """
    try:
        text = path.read_text("utf-8", "surrogatepass")
        plain = [json.loads(line) for line in text.splitlines()] if lines else json.loads(text)
    except OSError as error:
        raise FileFormatError(f"cannot read {path}: {error.strerror or error}.") from error
    except (ValueError, RecursionError) as error:  # not UTF-8, not JSON, or nested too deeply
        raise FileFormatError(f"{path} is damaged ({error}): {advice}") from error
    try:
        return unpack(kind, upgrade(plain))
    except TeachrnnError as error:
        raise FileFormatError(f"{path} is damaged ({error}): {advice}") from error
