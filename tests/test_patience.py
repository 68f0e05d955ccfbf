"""Tests wait for events, not for a number of seconds, which means nothing on a busy machine."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).parent
REASON = "# nothing must happen"
"""Comment on a line that waits to see that nothing happens, which a slow machine cannot make fail."""


def limits_in_seconds(text: str) -> Iterator[int]:
    """The lines of a test file that wait for a literal number of seconds."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            given = [k.value for k in node.keywords if k.arg == "timeout"]
            if node.func.attr in ("wait", "join", "wait_for_timeout", "set_default_timeout"):
                given += node.args
            if any(isinstance(v, ast.Constant) and isinstance(v.value, int | float) for v in given):
                yield node.lineno


def test_a_time_limit_is_found():
    text = "process.wait(timeout=1)\nthread.join(2.0)\nthread.join()\n' '.join(words)\npage.f(timeout=P)"
    assert list(limits_in_seconds(text)) == [1, 2]


def test_no_test_has_its_own_time_limit():
    found = []
    for path in sorted(TESTS.rglob("*.py")):
        text = path.read_text("utf-8")
        lines = text.splitlines()
        found += [
            f"{path.relative_to(TESTS)}:{n}"
            for n in limits_in_seconds(text)
            if REASON not in lines[n - 1] and path.parent.name != "mutation"
        ]
    assert found == [], "wait for the event, for as long as PATIENCE in patience.py"
