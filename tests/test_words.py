"""A word of the code means one thing: what is called alike in two files is the same thing."""

from __future__ import annotations

import ast
from pathlib import Path

import teachrnn

PACKAGE = Path(teachrnn.__file__).parent
TREES = {path: ast.parse(path.read_text("utf-8")) for path in sorted(PACKAGE.rglob("*.py"))}


def test_the_type_of_an_array_is_named_in_one_file():
    named = [
        str(path.relative_to(PACKAGE))
        for path, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign | ast.AnnAssign) and ast.unparse(node).endswith("NDArray[Any]")
    ]
    assert named == ["array.py"]
