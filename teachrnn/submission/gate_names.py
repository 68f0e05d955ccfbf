"""What the names in a student's code say of arrays in which gates, or x and h, are joined."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from itertools import permutations

from teachrnn.submission import lexicon

_SPLITS = ("split", "chunk", "hsplit", "vsplit", "array_split", "reshape", "unstack", "unbind")
_JOINS = ("concatenate", "concat", "cat", "vstack", "hstack", "append", "column_stack", "c_", "r_")


def names_of_parts(tree: ast.AST) -> Iterator[list[str]]:
    """The names that parts of one array get, in the order of the parts.

    Examples
    --------
    >>> list(names_of_parts(ast.parse("i, f, o, g = np.split(a, 4, axis=1)")))
    [['i', 'f', 'o', 'g']]
    >>> list(names_of_parts(ast.parse("ai = a[:, :H]; af = sigmoid(a[:, H:2 * H])")))
    [['ai', 'af']]
    """
    cut: dict[str, list[tuple[float, str]]] = {}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Assign):
            continue
        target, value = node.targets[0], node.value
        if isinstance(target, ast.Name):
            for base, begin in _slices(value):
                cut.setdefault(base, []).append((begin, target.id))
        if not isinstance(target, ast.Tuple) or not all(isinstance(e, ast.Name) for e in target.elts):
            continue
        names = [e.id for e in target.elts if isinstance(e, ast.Name)]
        if isinstance(value, ast.Tuple) and len(value.elts) == len(names):
            for name, part in zip(names, value.elts, strict=True):
                for base, begin in _slices(part):
                    cut.setdefault(base, []).append((begin, name))
        elif isinstance(value, ast.ListComp | ast.GeneratorExp) or _called(value) in _SPLITS:
            yield names
    for parts in cut.values():
        if len(parts) > 1 and len({begin for begin, _ in parts}) == len(parts):
            yield [name for _, name in sorted(parts)]


def names_joined(tree: ast.AST) -> Iterator[list[str]]:
    """The names of arrays that are joined into one, in order.

    Examples
    --------
    >>> list(names_joined(ast.parse("z = np.concatenate((h_prev, x[t]))")))
    [['h_prev', 'x']]
    """
    for node in ast.walk(tree):
        parts: list[ast.expr] = []
        if isinstance(node, ast.Call) and _called(node) in _JOINS and node.args:
            first = node.args[0]
            parts = first.elts if isinstance(first, ast.Tuple | ast.List) else node.args[:2]
        elif isinstance(node, ast.Subscript) and _last(node.value) in _JOINS:
            parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else []
        if len(parts) > 1:
            yield [_last(part) for part in parts]


def order_of_gates(cell: str, parts: Sequence[Sequence[str]]) -> tuple[str, ...] | None:
    """The order of the gates that the names of the parts of an array say; None if they say none.

    Examples
    --------
    >>> order_of_gates("lstm", [["ai", "af", "ao", "ag"]])
    ('i', 'f', 'q', 'g')
    >>> order_of_gates("lstm", [["a1", "a2", "a3", "a4"]]) is None
    True
    """
    family = "gru" if cell.startswith("gru") else cell
    spelled = {gate: set(words.split()) for gate, words in lexicon.GATES.get(family, {}).items()}
    for names in parts:
        if len(names) != len(spelled):
            continue
        short = [_spellings(name) for name in names]
        fitting = [
            order
            for order in permutations(spelled)
            if all(spelled[gate] & ways for gate, ways in zip(order, short, strict=True))
        ]
        if len(fitting) == 1:
            return fitting[0]
    return None


def columns_joined(joined: Sequence[Sequence[str]], kinds: Sequence[str]) -> tuple[int, ...] | None:
    """The order of U, W and b in a matrix over what is joined; None if the names do not say it.

    Examples
    --------
    >>> columns_joined([["h_prev", "x"]], ("U", "W"))
    (1, 0)
    """
    for names in joined:
        if len(names) != len(kinds):
            continue
        found = []
        for name in names:
            roles = lexicon.roles(name)
            kind = "U" if "x" in roles else "W" if "h" in roles else "b"
            if kind in kinds:
                found.append(kinds.index(kind))
        if sorted(found) == list(range(len(kinds))):
            return tuple(found)
    return None


def _spellings(name: str) -> set[str]:
    """A name without what says that it is a part before or after squashing."""
    short = re.sub(r"[^a-z]", "", name.lower())
    bare = re.sub(r"(gate|pre|act|raw|in|hat|t)$", "", short)
    return {short, bare} | {s[1:] for s in (short, bare) if len(s) > 1 and s[0] in "azd"}


def _slices(node: ast.expr) -> Iterator[tuple[str, float]]:
    """Slices in an expression, if it has one only: of which array, and where they begin."""
    found = []
    for inner in ast.walk(node):
        if isinstance(inner, ast.Subscript):
            axes = inner.slice.elts if isinstance(inner.slice, ast.Tuple) else [inner.slice]
            bounded = [a for a in axes if isinstance(a, ast.Slice) and (a.lower or a.upper)]
            begin = _number(bounded[0].lower) if len(bounded) == 1 else None
            if begin is not None:
                found.append((_last(inner.value), begin))
    if len(found) == 1 and found[0][0]:
        yield found[0]


def _number(node: ast.expr | None) -> float | None:
    """A bound such as ``2 * H``, with 1 for every name."""
    if node is None:
        return 0.0
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return float(node.value)
    if isinstance(node, ast.Name | ast.Attribute | ast.Subscript):
        return 1.0
    if isinstance(node, ast.BinOp):
        left, right = _number(node.left), _number(node.right)
        if left is not None and right is not None:
            if isinstance(node.op, ast.Mult):
                return left * right
            if isinstance(node.op, ast.Add):
                return left + right
    return None


def _called(node: ast.expr) -> str:
    return _last(node.func) if isinstance(node, ast.Call) else ""


def _last(node: ast.expr) -> str:
    """The name of an array, of its part or of its transpose."""
    while isinstance(node, ast.Subscript) or (isinstance(node, ast.Attribute) and node.attr == "T"):
        node = node.value
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return _last(node.func.value) if not node.args or node.func.attr == "reshape" else ""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
