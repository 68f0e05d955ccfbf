"""The command ``teachrnn``, as a user runs it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

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
