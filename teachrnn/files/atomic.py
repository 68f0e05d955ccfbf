"""Writing files so that a reader never finds half of one, and the folders that they are in."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from teachrnn.errors import FileFormatError


def write_atomically(path: Path, data: bytes) -> Path:
    """Write a file in one go: the old content or the new is there, never something in between.

    Raises
    ------
    FileFormatError
        If the place cannot be written to, with the reason.
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
    """Make a folder and those that it is in, if need be.

    Raises
    ------
    FileFormatError
        If it cannot be made, with the reason.
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
