"""The command ``teachrnn``, as a user runs it."""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
from pathlib import Path
from unittest import mock

from patience import PATIENCE

TEACHRNN = [sys.executable, "-m", "teachrnn"]


def run(
    *arguments: object, cwd: Path | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run a command in a process, without a keyboard, and return what it printed."""
    return subprocess.run(
        [*TEACHRNN, *map(str, arguments)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        env={**os.environ, "COLUMNS": "100", "PYTHONIOENCODING": "utf-8", **environment},
        timeout=PATIENCE,
    )


def run_here(
    *arguments: object, cwd: Path | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Like `run`, but in this process: a new one would import everything again, for most of its time."""
    from teachrnn.cli import main

    written = [io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="\n") for _ in range(2)]
    status: object = 0
    with (
        mock.patch.object(sys, "argv", ["teachrnn", *map(str, arguments)]),
        mock.patch.dict(os.environ, {"COLUMNS": "100", **environment}),
        contextlib.chdir(cwd or Path.cwd()),
        Path(os.devnull).open(encoding="utf-8") as nothing,
        mock.patch.object(sys, "stdin", nothing),
        contextlib.redirect_stdout(written[0]),
        contextlib.redirect_stderr(written[1]),
    ):
        try:
            main()  # any other exception than the end would be a traceback
        except SystemExit as end:
            status = end.code or 0
    assert isinstance(status, int), "a text as the status is printed, and the status is 1"
    for stream in written:
        stream.flush()
    out, err = (stream.buffer.getvalue().decode("utf-8") for stream in written)  # type: ignore[attr-defined]
    return subprocess.CompletedProcess(["teachrnn", *map(str, arguments)], status, out, err)
