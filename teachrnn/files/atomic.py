"""Writing files so that a reader never finds half of one, and the folders that they are in."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from teachrnn.errors import FileFormatError


def write_atomically(path: Path, data: bytes) -> Path:
    """Write a file atomically: readers find the old content or the new, never something in between.

    Parameters
    ----------
    path : Path
        Where to.
    data : bytes
        The whole content.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    FileFormatError
        If the place cannot be written to, with the reason.

    Examples
    --------
    >>> folder = Path(tempfile.mkdtemp())
    >>> write_atomically(folder / "note.txt", b"hello").read_bytes()
    b'hello'
    """
    path = Path(path)
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            Path(name).chmod(0o666 & ~_umask())
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise FileFormatError(
            f"cannot write {path}: {error.strerror or error}. Choose another place."
        ) from error
    return path


def make_folder(folder: Path) -> None:
    """Make a folder, and its parents, if necessary.

    Parameters
    ----------
    folder : Path
        The folder; nothing happens if it is there.

    Raises
    ------
    FileFormatError
        If it cannot be made, with the reason.

    Examples
    --------
    >>> folder = Path(tempfile.mkdtemp(), "runs", "first")
    >>> make_folder(folder)
    >>> folder.is_dir()
    True
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FileFormatError(
            f"cannot make the folder {folder}: {error.strerror or error}. Choose another place."
        ) from error


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
