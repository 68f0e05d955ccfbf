"""Every tutorial runs, as a notebook and as a script, and writes nothing to stderr."""

import subprocess
import sys
from pathlib import Path

import jupytext
import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "docs" / "hooks"))

from execution import run  # noqa: E402  (a neighbour of the hooks, not a package)

every_tutorial = pytest.mark.parametrize(
    "path", sorted((ROOT / "tutorials").glob("*.py")), ids=lambda path: path.stem
)


@every_tutorial
def test_it_runs_as_a_notebook(path):
    notebook = jupytext.read(path)
    run(notebook, path.stem)  # raises where a cell fails or writes to stderr
    assert any(cell.get("outputs") for cell in notebook.cells)


@every_tutorial
def test_it_runs_as_a_script(path):
    done = subprocess.run(
        [sys.executable, "-W", "error", str(path)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout
