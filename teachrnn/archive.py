"""Arrays and a description in one file, without pickle: what traces and checkpoints are kept in."""

from __future__ import annotations

import io
import json
import struct
import zipfile
import zlib
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from teachrnn.array import Array
from teachrnn.errors import FileFormatError
from teachrnn.files import write_atomically

DAMAGE = (
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
    IndexError,
    EOFError,
    MemoryError,
    NotImplementedError,
    RuntimeError,
    struct.error,
    zlib.error,
    zipfile.BadZipFile,
)
"""What the readers of ZIP, arrays and JSON raise on bytes that make no sense."""


def write_archive(
    path: str | Path,
    header: Mapping[str, Any],
    arrays: Mapping[str, Any],
    *,
    kind: str,
    version: int,
    compress: bool = False,
) -> Path:
    """Write an ``.npz`` file of arrays, with a header that JSON can hold, in one go.

    The header gets a digest over itself and over name, type, shape and content of every array: the
    checksums of the ZIP format do not notice that two arrays have changed places.

    Raises
    ------
    FileFormatError
        If the place cannot be written to.
    """
    whole = {"format": f"teachrnn {kind}", "version": version, **header}
    text = json.dumps({**whole, "digest": _digest(whole, arrays)}).encode("utf-8")
    out = io.BytesIO()
    save = np.savez_compressed if compress else np.savez
    save(out, header=np.frombuffer(text, np.uint8), **dict(arrays))
    return write_atomically(Path(path), out.getvalue())


def read_archive(
    path: str | Path, *, kind: str, version: int, advice: str
) -> tuple[dict[str, Any], dict[str, Array]]:
    """Read header and arrays back, and hold them against the digest.

    A file of teachrnn 0.1.0 has none: of that, each part by itself is checked (CRC-32 of the ZIP
    format).

    Parameters
    ----------
    path : str or Path
        The file.
    kind : str
        What it should be.
    version : int
        The newest format of this kind that is understood.
    advice : str
        What to do where it is damaged.

    Raises
    ------
    FileFormatError
        If the file is missing, damaged, of another kind or of a newer version.
    """
    path = Path(path)
    try:
        content = io.BytesIO(path.read_bytes())
        with zipfile.ZipFile(content) as whole:
            if whole.testzip() is not None:  # also what a damaged header would leave unread
                raise zipfile.BadZipFile
        content.seek(0)
        with np.load(content, allow_pickle=False) as file:
            header = json.loads(bytes(file["header"]).decode("utf-8"))
            if header.get("format") != f"teachrnn {kind}":
                raise FileFormatError(f"{path} is not a {kind} of teachrnn.")
            if header["version"] > version:
                raise FileFormatError(
                    f"{path} was written by a newer teachrnn (format {header['version']}, this one "
                    f"reads up to {version}): upgrade teachrnn."
                )
            arrays = {name: file[name] for name in file.files if name != "header"}
            if "digest" in header and header.pop("digest") != _digest(header, arrays):
                raise ValueError("the digest is not that of what the file holds")
            return header, arrays
    except OSError as error:
        raise FileFormatError(f"cannot read {path}: {error.strerror or error}.") from error
    except FileFormatError:
        raise
    except DAMAGE as error:
        raise FileFormatError(f"{path} is damaged, or is not a {kind} of teachrnn. {advice}") from error


def _digest(header: Mapping[str, Any], arrays: Mapping[str, Any]) -> str:
    """SHA-256 over all that a file holds, in hexadecimal digits."""
    digest = sha256(json.dumps(header).encode("utf-8"))
    for name in sorted(arrays):
        array = np.asarray(arrays[name])
        digest.update(json.dumps([name, array.dtype.str, array.shape]).encode("utf-8"))
        digest.update(array.tobytes())
    return digest.hexdigest()
