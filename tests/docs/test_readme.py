"""What the README shows works."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")


def test_the_code_of_the_readme_runs():
    blocks = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    assert blocks
    for block in blocks:
        exec(compile(block, "README.md", "exec"), {})


def test_ci_runs_the_test_command_of_the_readme():
    command = "python -m pip install '.[test]' && python -m pytest"
    assert command in README
    assert command in (ROOT / ".ci" / "run").read_text("utf-8")


def test_commands_and_options_of_the_readme_exist():
    from typer.testing import CliRunner

    from teachrnn.cli import app

    commands = ("step", "check", "train", "sample", "report", "sweep", "list")
    help_texts = {c: CliRunner().invoke(app, [c, "--help"]).output for c in commands}
    used = [
        (command, option)
        for command, rest in re.findall(rf"teachrnn ({'|'.join(commands)})([^\n`]*)", README)
        for option in re.findall(r"--[a-z-]+", rest)
    ]
    assert len(used) > 5
    for command, option in used:
        assert option in help_texts[command], (command, option)
    for option in ("--oracle", "--cell", "--layers", "--terminal"):
        assert any(option in text for text in help_texts.values())
