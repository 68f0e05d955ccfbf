"""What a student's code may not do while it is judged: reach for the judge, or out of its process.

Python tells its audit hooks (PEP 578) what it is about to do, and a hook can neither be removed nor be
overheard. It is no sandbox: compiled code is not told of.
"""

from __future__ import annotations

import _thread
import os
import sys
import sysconfig
import threading
from collections.abc import Callable
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

REACHES = {
    "sys._getframe": "looks at the frames of who called it",
    "sys._current_frames": "looks at the frames of who called it",
    "gc.get_objects": "looks for other objects in memory",
    "gc.get_referrers": "looks for other objects in memory",
    "gc.get_referents": "looks for other objects in memory",
    "object.__getattr__": "looks inside functions or tracebacks",
    "sys.settrace": "traces other code",
    "sys.setprofile": "traces other code",
    "sys.addaudithook": "watches other code",
    "code.__new__": "builds code of its own",
}
"""Ways to the judge's own objects: refused where the student's code goes them itself."""

LEAVES = {
    "os.fork": "starts another process",
    "os.forkpty": "starts another process",
    "os.posix_spawn": "starts another process",
    "os.exec": "starts another program",
    "os.spawn": "starts another program",
    "os.startfile": "starts another program",
    "os.system": "starts another program",
    "pty.spawn": "starts another program",
    "subprocess.Popen": "starts another program",
    "os.kill": "ends processes",
    "os.killpg": "ends processes",
    "signal.pthread_kill": "ends processes",
    "socket.connect": "uses the network",
    "socket.bind": "uses the network",
    "socket.getaddrinfo": "uses the network",
    "ctypes.dlopen": "reaches into memory",
    "ctypes.dlsym": "reaches into memory",
    "ctypes.cdata": "reaches into memory",
    "ctypes.call_function": "reaches into memory",
    "ctypes.string_at": "reaches into memory",
}
"""Ways out of the process: refused where the student's code goes them, through a library, too."""

STARTS, WRITES = "starts a thread", "changes files outside its folder"
STARTING = (
    "start_new_thread",
    "start_new",
    "start_joinable_thread",
    "_start_new_thread",
    "_start_joinable_thread",
)
"""What starts a thread, of which not every Python tells its hooks."""

CHANGES = frozenset(
    f"{module}.{name}"
    for module, names in {
        "os": ("remove", "rename", "rmdir", "truncate", "chmod", "link", "symlink"),
        "shutil": ("rmtree", "move"),
    }.items()
    for name in names
)
"""What changes files, refused outside the code's own folder."""

READS, LOOKS, AGAIN = (
    "reads the judge's own files",
    "looks at processes",
    "runs code of the judge again",
)
OTHERS = "reads files outside its folder"
REACHES_FOR_THE_JUDGE = frozenset([*REACHES.values(), READS, LOOKS, AGAIN, OTHERS])
"""What is told of code that looks for what it should compute."""

WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
PACKAGE = str(Path(__file__).parents[2]) + os.sep
_HOMES = [sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")]
LIBRARIES = tuple({f"{home}{os.sep}" for path in _HOMES for home in (path, os.path.realpath(path))})
SOLUTIONS = f"{PACKAGE}exercises{os.sep}library{os.sep}"
FOR_ANYONE = tuple(
    {f"{os.path.realpath(prefix)}{os.sep}" for prefix in (sys.prefix, sys.base_prefix)}
    | {"/usr/", "/dev/", "/etc/", "/lib", os.environ.get("SYSTEMROOT", "/usr/")}
)
"""Where libraries find what they need: fonts, time zones, random bytes."""

_IMPORTING = "<frozen importlib._bootstrap>"
_LOADS = ("_find_and_load", "_gcd_import")


class NotAllowedError(Exception):
    """Raised in a student's code where it goes a way that is closed."""


def watch(tell: Callable[[str], None], *, own: str) -> None:
    """Close those ways to a student's code, as long as this process lives.

    Parameters
    ----------
    tell : callable
        Gets what the code was about to do, in words.
    own : str
        The path of the program, which may read itself.

    Examples
    --------
    >>> watch(print, own="my_rnn.py")          # doctest: +SKIP
    """
    # All that the hook needs is bound here: a student may replace what modules hold.
    frame_at, inside, here = sys._getframe, threading.local(), f"{Path.cwd().resolve()}{os.sep}"
    absolute, exists, program = os.path.realpath, os.path.exists, os.path.realpath(own)
    watched = frozenset([*REACHES, *LEAVES, *CHANGES, "open", "exec"])

    def forbidden(event: str, arguments: tuple[Any, ...], frame: FrameType | None) -> str:
        if event == "open":
            return _opens(arguments, frame, here, program, absolute, exists)
        if event in CHANGES:
            paths = [absolute(a) for a in arguments if isinstance(a, str | bytes | os.PathLike)]
            outside = [p for p in paths if not os.fsdecode(p).startswith(here)]
            return WRITES if outside and _through(frame) else ""
        if event == "exec":
            code = arguments[0]
            made = isinstance(code, CodeType) and code.co_filename.startswith(PACKAGE)
            return AGAIN if made and _through(frame) else ""
        if event in REACHES:
            return REACHES[event] if _itself(frame) else ""
        return LEAVES[event] if _through(frame) else ""

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event not in watched or getattr(inside, "now", False):
            return
        inside.now = True
        try:
            what = forbidden(event, arguments, frame_at(1))
            if what:
                tell(what)
                raise NotAllowedError(f"the code {what}: that is closed here.")
        finally:
            inside.now = False

    def start(*_: Any, **__: Any) -> None:
        tell(STARTS)
        raise NotAllowedError(f"the code {STARTS}: that is closed here.")

    for module in (_thread, threading):
        for name in STARTING:
            if hasattr(module, name):
                setattr(module, name, start)
    sys.addaudithook(hook)


def _opens(
    arguments: tuple[Any, ...],
    frame: FrameType | None,
    here: str,
    own: str,
    absolute: Callable[[Any], str],
    exists: Callable[[str], bool],
) -> str:
    path, _, flags = arguments
    if not isinstance(path, str | bytes | os.PathLike):
        return ""
    where = os.fsdecode(absolute(path))
    if where.startswith(SOLUTIONS):  # by whatever function of ours
        return READS
    if not _through(frame):
        return ""
    if where.startswith(PACKAGE):
        return READS
    if where.startswith("/proc/"):
        return LOOKS
    inside = f"{where}{os.sep}".startswith(here) or where == os.devnull
    if isinstance(flags, int) and flags & WRITING and not inside:
        return WRITES
    if not inside and where != own and not where.startswith(FOR_ANYONE) and exists(where):
        return OTHERS
    return ""


def _itself(frame: FrameType | None) -> bool:
    """Whether the student's code does it itself, or has `inspect` do it."""
    while frame is not None and frame.f_code.co_filename.endswith(("inspect.py", "traceback.py")):
        frame = frame.f_back
    return frame is not None and _students(frame.f_code.co_filename)


def _through(frame: FrameType | None) -> bool:
    """Whether the student's code is what a library does it for; an import statement loads files."""
    while frame is not None:
        code = frame.f_code
        if code.co_filename == _IMPORTING and code.co_name in _LOADS:
            return False
        if code.co_filename.startswith(PACKAGE):
            return False
        if _students(code.co_filename):
            return True
        frame = frame.f_back
    return False


def _students(filename: str) -> bool:
    return not filename.startswith(("<frozen", PACKAGE, *LIBRARIES))
