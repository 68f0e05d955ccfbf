"""Tests wait for events, not for seconds, which mean nothing on a busy machine, or one that sleeps."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).parent
REASON = "# nothing must happen"
"""What a line says that waits to see that nothing comes: a slow machine cannot make it fail."""


def limits_in_seconds(text: str) -> Iterator[int]:
    """The lines of a test file that wait for a number of seconds that stands there."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            given = [k.value for k in node.keywords if k.arg == "timeout"]
            if node.func.attr in ("wait", "join", "wait_for_timeout", "set_default_timeout"):
                given += node.args
            if any(isinstance(v, ast.Constant) and isinstance(v.value, int | float) for v in given):
                yield node.lineno


def test_a_limit_in_seconds_is_found():
    text = "process.wait(timeout=1)\nthread.join(2.0)\nthread.join()\n' '.join(words)\npage.f(timeout=P)"
    assert list(limits_in_seconds(text)) == [1, 2]


def test_no_test_has_a_limit_of_its_own_in_seconds():
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
