"""Arrays and a header in one file, without pickle: the format of traces and checkpoints."""

from __future__ import annotations

import io
import json
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from teachrnn.array import Array
from teachrnn.errors import FileFormatError, NameLookupError, TeachrnnError
from teachrnn.files.atomic import write_atomically

NONSENSE = (
    *(ValueError, KeyError, TypeError, IndexError, EOFError, MemoryError, NotImplementedError),
    *(RuntimeError, struct.error, zlib.error, zipfile.BadZipFile),
)
"""What the readers of ZIP, arrays and JSON raise on invalid bytes."""


class Parts(NamedTuple):
    """What a file holds: what JSON can say, and arrays by name; see `pack`."""

    header: dict[str, Any]
    arrays: dict[str, Array]


@dataclass(frozen=True)
class Archive:
    """A kind of ``.npz`` file.

    Attributes
    ----------
    kind : str
        What such a file is, such as "checkpoint".
    advice : str
        What to do where one is damaged.
    upgrades : tuple of functions
        From version 1 to version 2, and so on: files of every version can be read; the newest
        is written.
    """

    kind: str
    advice: str
    upgrades: tuple[Callable[[Parts], Parts], ...] = ()

    @property
    def version(self) -> int:
        """The newest version of the format."""
        return 1 + len(self.upgrades)

    def save(
        self,
        path: str | Path,
        header: Mapping[str, Any],
        arrays: Mapping[str, Array],
        *,
        compress: bool = False,
    ) -> Path:
        """Write a file atomically.

        The header gets a digest over itself and over name, type, shape and content of every array: the
        checksums of the ZIP format do not notice that two arrays have changed places.

        Parameters
        ----------
        path : str or Path
            Where to.
        header : mapping
            What JSON can hold.
        arrays : mapping
            The arrays by name.
        compress : bool
            Whether they are compressed.

        Returns
        -------
        Path
            The file.

        Raises
        ------
        FileFormatError
            If the place cannot be written to.
        """
        whole = {"format": f"teachrnn {self.kind}", "version": self.version, **header}
        text = json.dumps({**whole, "digest": _digest(whole, arrays)}).encode("utf-8")
        out = io.BytesIO()
        save = np.savez_compressed if compress else np.savez
        save(out, header=np.frombuffer(text, np.uint8), **dict[str, Any](arrays))
        return write_atomically(Path(path), out.getvalue())

    def load(self, path: str | Path) -> Parts:
        """Read a file back, check its digest, and upgrade it to the newest version.

        A file of teachrnn 0.1.0 has no digest: there, each part is checked by itself (CRC-32 of the
        ZIP format).

        Parameters
        ----------
        path : str or Path
            The file.

        Returns
        -------
        Parts
            Its header and its arrays.

        Raises
        ------
        FileFormatError
            If the file is missing, damaged, of another kind or of a newer version.
        """
        header, arrays = self._members(Path(path))
        if header.get("format") != f"teachrnn {self.kind}":
            raise FileFormatError(f"{path} is not a {self.kind} of teachrnn.")
        version = header.get("version")
        if type(version) is not int or version < 1:
            raise self._damaged(path, f"its version is {version!r}")
        if version > self.version:
            raise FileFormatError(
                f"{path} was written by a newer teachrnn (format {version}, this one reads up to "
                f"{self.version}): upgrade teachrnn."
            )
        if "digest" in header and header.pop("digest") != _digest(header, arrays):
            raise self._damaged(path, "its digest does not match its contents")
        del header["format"], header["version"]
        parts = Parts(header, arrays)
        for upgrade in self.upgrades[version - 1 :]:
            parts = upgrade(parts)
        return parts

    @contextmanager
    def opening(self, path: str | Path) -> Iterator[None]:
        """A context for interpreting what was read from a file: errors in it are the file's fault.

        Only errors of this library are; a bug in its code still shows as one.

        Parameters
        ----------
        path : str or Path
            The file, for messages.

        Yields
        ------
        None
            While the block runs.

        Raises
        ------
        FileFormatError
            For every `TeachrnnError`, with the path, the reason and the advice.
        """
        try:
            yield
        except TeachrnnError as error:
            raise self._damaged(path, str(error)) from error

    @contextmanager
    def looking_up(self, path: str | Path) -> Iterator[None]:
        """A context for looking up cells, rules or operations that a file names.

        Parameters
        ----------
        path : str or Path
            The file, for messages.

        Yields
        ------
        None
            While the block runs.

        Raises
        ------
        FileFormatError
            For a `NameLookupError`: the module that defines the name must be imported first.
        """
        try:
            yield
        except NameLookupError as error:
            raise FileFormatError(
                f"{path} needs something that is not defined here: {error} Import its module first."
            ) from error

    def _damaged(self, path: str | Path, reason: str = "") -> FileFormatError:
        because = f" ({reason})" if reason else ""
        return FileFormatError(
            f"{path} is damaged, or is not a {self.kind} of teachrnn{because}. {self.advice}"
        )

    def _members(self, path: Path) -> Parts:
        try:
            content = io.BytesIO(path.read_bytes())
            with zipfile.ZipFile(content) as whole:
                if whole.testzip() is not None:  # also arrays that a damaged header would leave unread
                    raise zipfile.BadZipFile
            content.seek(0)
            with np.load(content, allow_pickle=False) as file:
                arrays = {name: file[name] for name in file.files}
            header = json.loads(bytes(arrays.pop("header")).decode("utf-8"))
        except OSError as error:
            raise FileFormatError(f"cannot read {path}: {error.strerror or error}.") from error
        except NONSENSE as error:
            raise self._damaged(path) from error
        if not isinstance(header, dict) or not all(isinstance(a, np.ndarray) for a in arrays.values()):
            raise self._damaged(path)
        return Parts(header, arrays)


def _digest(header: Mapping[str, Any], arrays: Mapping[str, Array]) -> str:
    """SHA-256 over the contents of a file, in hexadecimal digits."""
    digest = sha256(json.dumps(header).encode("utf-8"))
    for name in sorted(arrays):
        array = np.asarray(arrays[name])
        digest.update(json.dumps([name, array.dtype.str, array.shape]).encode("utf-8"))
        digest.update(array.tobytes())
    return digest.hexdigest()
