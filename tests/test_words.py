"""A name in the code means one thing: classes in different files have different names."""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path

import pytest

import teachrnn

PACKAGE = Path(teachrnn.__file__).parent


@pytest.fixture(scope="module")
def trees():
    """Every file of the package, parsed."""
    return {path: ast.parse(path.read_text("utf-8")) for path in sorted(PACKAGE.rglob("*.py"))}


def test_the_type_of_an_array_is_named_in_one_file(trees):
    named = [
        str(path.relative_to(PACKAGE))
        for path, tree in trees.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign | ast.AnnAssign) and ast.unparse(node).endswith("NDArray[Any]")
    ]
    assert named == ["array.py"]


def test_every_class_has_a_name_of_its_own(trees):
    files = defaultdict(set)
    for path, tree in trees.items():
        # Nodes of a formula that share a name with another class are written with the module: tree.Sum.
        for node in tree.body if path.parts[-2:] != ("formulas", "tree.py") else []:
            names = [node.name] if isinstance(node, ast.ClassDef) else []
            if isinstance(node, ast.Assign):
                names = [t.id for t in node.targets if isinstance(t, ast.Name)]
            for name in names:
                if name[0].isupper() and not name.isupper():
                    files[name].add(str(path.relative_to(PACKAGE)))
    assert files["CharRNN"] == {"models/char_rnn.py"}
    assert {name: where for name, where in files.items() if len(where) > 1} == {}
