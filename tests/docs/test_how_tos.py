"""The how-tos, followed literally: in an empty folder, without this repository."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import jupytext
import pytest

import teachrnn

PAGES = sorted((Path(__file__).parents[2] / "docs" / "how-to").glob("*.md"))
every_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)


@cache
def blocks(page):
    """The Python that a reader sees, as pairs: the file to write it to, or None, and the code."""
    cells = jupytext.reads(page.read_text("utf-8"), fmt="md").cells
    code = [c for c in cells if c.cell_type == "code" and "hidden" not in c.metadata.get("tags", ())]
    return [(cell.metadata.get("title"), cell.source) for cell in code]


def files(page):
    return {title: code for title, code in blocks(page) if title}


def commands(page):
    """The command lines that start Python."""
    shown = re.findall(r"```(?:text|console)\n(.*?)```", page.read_text("utf-8"), re.DOTALL)
    return [line for text in shown for line in text.splitlines() if line.startswith("python ")]


def run(*command, folder):
    """Run a command as in the reader's shell: the library is installed, the repository is not there."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST_", "HYPOTHESIS_"))}
    return subprocess.run(
        [sys.executable, *command],
        cwd=folder,
        env={
            **environment,
            "PYTHONPATH": str(Path(teachrnn.__file__).parents[1]),
            "PYTEST_PLUGINS": "pytest_teachrnn",  # an older version without it may be installed
        },
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_files_and_commands_of_a_page_are_found():
    page = next(page for page in PAGES if page.stem == "add-an-op")
    assert list(files(page)) == ["swish.py", "test_swish.py", "use_swish.py"]
    assert "python -m pytest -v test_swish.py" in commands(page)


@pytest.mark.ci
@pytest.mark.parametrize("page", [p for p in PAGES if files(p)], ids=lambda page: page.stem)
def test_files_written_as_the_page_says_run_and_pass_their_tests(page, tmp_path):
    for name, code in files(page).items():
        (tmp_path / name).write_text(code, "utf-8")
    for name in files(page):
        if not name.startswith("test_"):
            done = run(name, folder=tmp_path)
            assert (done.returncode, done.stderr) == (0, ""), done.stderr
    tests = [line.split()[1:] for line in commands(page) if " pytest " in line]
    assert tests, "the page has files but does not say how to test them"
    for command in tests:
        done = run(*command, folder=tmp_path)
        assert done.returncode == 0, done.stdout + done.stderr
        assert re.search(r"\d+ passed in", done.stdout)
        assert not re.search("warning|failed|skipped", done.stdout), done.stdout


@pytest.mark.parametrize("page", [p for p in PAGES if not files(p)], ids=lambda page: page.stem)
def test_the_code_of_a_page_runs_as_a_script_in_an_empty_folder(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    script = "\n".join(code for _, code in blocks(page))
    path = tmp_path / "page.py"
    path.write_text(script, "utf-8")
    exec(compile(script, str(path), "exec"), {"__name__": "__main__"})


@every_page
def test_every_extra_that_a_page_installs_exists(page):
    pyproject = (PAGES[0].parents[2] / "pyproject.toml").read_text("utf-8")
    for extras in re.findall(r"teachrnn\[([\w,]+)\]", page.read_text("utf-8")):
        for extra in extras.split(","):
            assert re.search(rf"^{extra} = ", pyproject, re.MULTILINE), extra
