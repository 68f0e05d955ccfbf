"""The right to write to a folder, which one process at a time can hold."""

from __future__ import annotations

import errno
import json
import os
import platform
import sys
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

from teachrnn.errors import FileFormatError, FolderInUseError

LOCK = ".lock"

NO_LOCKS = {errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.EINVAL}
"""Errors of file systems without locks, such as some network and user-space file systems."""

if sys.platform == "win32":
    import msvcrt

    FAR = 1 << 30  # beyond everything written: locked bytes cannot be read by others

    def _lock(file: BinaryIO) -> None:
        file.seek(FAR)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)

    def _unlock(file: BinaryIO) -> None:
        file.seek(FAR)
        msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)
else:
    try:
        import fcntl
    except ImportError:  # Python in a browser: there is no other process
        fcntl = None  # type: ignore[assignment]

    def _lock(file: BinaryIO) -> None:
        if fcntl is None:
            raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _unlock(file: BinaryIO) -> None:
        if fcntl is not None:
            fcntl.flock(file, fcntl.LOCK_UN)


class Claim:
    """Inside the ``with`` block, no other process can claim the folder.

    It is a lock of the operating system on the file ``.lock``, not the file itself: however the
    process that holds it ends, killed or by a power cut, the lock is gone with it. A process number
    would not do: another process may have it by now, or one on another machine. The file says who
    holds the lock, for others to read; it stays, because a file that is removed can be locked
    twice, by those that opened it before and after.

    On a file system without locks nothing is claimed. There `Session.save` notices that another
    process has written, and stops.

    Parameters
    ----------
    folder : str or Path
        The folder to claim; it must exist. The same object can claim it more than once.

    Raises
    ------
    FolderInUseError
        On entering, if another process holds it; the message says which, and since when.

    Examples
    --------
    >>> import tempfile
    >>> with Claim(tempfile.mkdtemp()) as claim:
    ...     print((claim.folder / LOCK).read_text()[:11])
    {"process":
    """

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)
        self._file: BinaryIO | None = None
        self._depth = 0

    @property
    def held(self) -> bool:
        """Whether it is held just now."""
        return self._depth > 0

    def __enter__(self) -> Self:
        if not self._depth:
            self._take()
        self._depth += 1
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._depth -= 1
        if not self._depth and self._file is not None:
            self._file.truncate(0)
            with suppress(OSError):  # where there are no locks
                _unlock(self._file)  # closing is not enough: a forked child has it open too
            self._file.close()
            self._file = None

    def _take(self) -> None:
        path = self.folder / LOCK
        try:
            self._file = file = path.open("a+b", buffering=0)
        except OSError as error:
            raise FileFormatError(
                f"cannot write to {self.folder}: {error.strerror or error}. Choose another folder."
            ) from error
        try:
            _lock(file)
        except OSError as error:
            if error.errno not in NO_LOCKS:
                file.close()
                self._file = None
                raise FolderInUseError(
                    f"{self.folder} is in use by {_holder(path)}. Wait until it ends, stop "
                    "it, or choose another folder."
                ) from error
        file.truncate(0)
        file.write(json.dumps(_ourselves()).encode())


def _ourselves() -> dict[str, Any]:
    now = datetime.now().astimezone().isoformat(sep=" ", timespec="seconds")
    return {"process": os.getpid(), "machine": platform.node(), "since": now}


def _holder(path: Path) -> str:
    """Who holds the lock, according to the file."""
    try:
        held = json.loads(path.read_text("utf-8"))
        process, machine, since = (held[name] for name in ("process", "machine", "since"))
    except (OSError, ValueError, KeyError, TypeError):  # it is being written just now
        return "another process"
    this = _ourselves()
    if (process, machine) == (this["process"], this["machine"]):
        return f"this process, in another session, since {since}"
    return f"process {process} on {machine}, since {since}"
