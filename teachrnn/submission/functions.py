"""What the source of a student's function says: its arguments, what it reads, the names it returns."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from teachrnn.submission.gate_names import names_joined, names_of_parts
from teachrnn.submission.sense_of_z import SenseOfZ, senses_of_z

_PARAMETER = re.compile(r"[WUVRwuv]\w{0,6}$|b\w{0,3}$|c$|weight|bias")


@dataclass(frozen=True)
class Function:
    """A student's function, with what its source says.

    Attributes
    ----------
    call : callable
        The function, or a bound method.
    name : str
        Of it.
    arguments : dict of str to bool
        Name, and whether it must be given.
    returns : list of list of str
        For each ``return``: the name of every element; ``""`` where it has none.
    reads : dict of str to list of str
        For an argument (or ``self``): the keys, attributes or unpacked names that are read of it.
    globals : list of str
        Names that it reads and does not define.
    parts, joined : list of list of str
        What the parts of an array are called where it is cut, and arrays where they are joined.
    senses : list of SenseOfZ
        Where two states are mixed by a gate: whether the gate keeps the old one.
    """

    call: Callable[..., Any]
    name: str
    arguments: dict[str, bool]
    returns: list[list[str]] = field(default_factory=list)
    reads: dict[str, list[str]] = field(default_factory=dict)
    kinds_of_reading: dict[str, str] = field(default_factory=dict)
    globals: list[str] = field(default_factory=list)
    assigned: list[str] = field(default_factory=list)
    parts: list[list[str]] = field(default_factory=list)
    joined: list[list[str]] = field(default_factory=list)
    senses: list[SenseOfZ] = field(default_factory=list)

    @property
    def returned(self) -> list[str]:
        """The names of the longest ``return``."""
        return max(self.returns, key=len, default=[])

    @property
    def sense_of_z(self) -> SenseOfZ | None:
        """What its expressions say of z, if they agree."""
        return self.senses[0] if len({sense.keeps for sense in self.senses}) == 1 else None

    @classmethod
    def of(
        cls,
        call: Callable[..., Any],
        namespace: Mapping[str, Any] | None = None,
        *,
        owner: type | None = None,
    ) -> Function:
        """Inspect a function; what its helper functions in the same module read counts too.

        Parameters
        ----------
        call : callable
        namespace : mapping, optional
            Where its helpers are; by default its own module.
        owner : type, optional
            The class, for a method that is not bound yet: ``self`` is no argument then.
        """
        name = getattr(call, "__name__", type(call).__name__)
        try:
            signature = inspect.signature(call)
        except (TypeError, ValueError):
            return cls(call, name, {})
        arguments = {
            p.name: p.default is p.empty
            for p in signature.parameters.values()
            if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)
        }
        if owner is not None and not isinstance(inspect.getattr_static(owner, name, None), staticmethod):
            arguments.pop(next(iter(arguments), ""), None)
        if namespace is None:
            namespace = getattr(inspect.unwrap(call), "__globals__", {})
        found = cls(call, name, arguments)
        _read(found, call, namespace, set(), owner)
        return found


def _tree(call: Callable[..., Any]) -> ast.AST | None:
    try:
        return ast.parse(textwrap.dedent(inspect.getsource(call)))
    except (OSError, TypeError, SyntaxError, ValueError):
        return None


def _read(
    found: Function,
    call: Callable[..., Any],
    namespace: Mapping[str, Any],
    seen: set[int],
    owner: type | None,
) -> None:
    if id(call) in seen or len(seen) > 60:
        return
    first = not seen
    seen.add(id(call))
    tree = _tree(call)
    code = getattr(inspect.unwrap(call), "__code__", None)
    if tree is None:
        if code is not None:
            found.globals.extend(n for n in code.co_names if n not in found.globals)
        return
    definition = tree.body[0] if isinstance(tree, ast.Module) and tree.body else tree
    if first:
        for node in _own_nodes(definition):
            if isinstance(node, ast.Return) and node.value is not None:
                found.returns.append(_names_of(node.value, definition))
    names = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)}
    local = set(code.co_varnames) if code else set()
    for name in sorted(names - local):
        if name not in found.globals:
            found.globals.append(name)
    for node in ast.walk(tree):
        _note(found, node)
    found.parts.extend(names_of_parts(tree))
    found.joined.extend(names_joined(tree))
    found.senses.extend(senses_of_z(tree))
    for name in names | {n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute)}:
        other = namespace.get(name)
        if inspect.isfunction(other):
            _read(found, other, namespace, seen, owner)
    if owner is not None:
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Attribute)
                and isinstance(node.value, ast.Name)
                and node.value.id == "self"
            ):
                other = getattr(owner, node.attr, None)
                if inspect.isfunction(other):
                    _read(found, other, namespace, seen, owner)


def _own_nodes(definition: ast.AST) -> list[ast.AST]:
    """The nodes of a function, without those of functions inside it."""
    nodes, waiting = [], list(ast.iter_child_nodes(definition))
    while waiting:
        node = waiting.pop(0)
        nodes.append(node)
        if not isinstance(node, ast.FunctionDef | ast.Lambda | ast.ClassDef):
            waiting.extend(ast.iter_child_nodes(node))
    return nodes


def _note(found: Function, node: ast.AST) -> None:
    """Keys and attributes read from a name, and the names it is unpacked into."""
    if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name | ast.Attribute):
        if isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str):
            _add(found, _last(node.value), node.slice.value, "key")
    elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        _add(found, node.value.id, node.attr, "attribute")
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get":
        if (
            isinstance(node.func.value, ast.Name)
            and node.args
            and isinstance(node.args[0], ast.Constant)
        ):
            _add(found, node.func.value.id, str(node.args[0].value), "key")
    elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Tuple):
        names = [e.id for e in node.targets[0].elts if isinstance(e, ast.Name)]
        source = node.value
        if isinstance(source, ast.ListComp | ast.GeneratorExp):  # W, b = [p[k] for k in ("W", "b")]
            iterated = source.generators[0].iter
            if isinstance(iterated, ast.Tuple | ast.List) and isinstance(source.elt, ast.Subscript):
                for e in iterated.elts:
                    if isinstance(e, ast.Constant) and isinstance(e.value, str):
                        _add(found, _last(source.elt.value), e.value, "key")
        if len(names) == len(node.targets[0].elts):
            for name in names:
                if isinstance(source, ast.Name):
                    _add(found, source.id, name, "item")
                elif isinstance(source, ast.Call) and all(_PARAMETER.match(n) for n in names):
                    # U, W, b = unpack(theta, m, K)
                    for given in source.args:
                        if isinstance(given, ast.Name):
                            _add(found, given.id, name, "vector")
    elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        for inner in ast.walk(node.value):  # U = theta[:m * K].reshape(m, K)
            if (
                isinstance(inner, ast.Subscript)
                and isinstance(inner.slice, ast.Slice)
                and isinstance(inner.value, ast.Name)
                and _PARAMETER.match(node.targets[0].id)
            ):
                _add(found, inner.value.id, node.targets[0].id, "vector")


def _last(node: ast.AST) -> str:
    return (
        node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
    )


def _add(found: Function, name: str, what: str, kind: str) -> None:
    if not name:
        return
    known = found.reads.setdefault(name, [])
    if what not in known:
        known.append(what)
    before = found.kinds_of_reading.get(name)
    if before in (None, "attribute"):
        found.kinds_of_reading[name] = kind


def _names_of(node: ast.AST, definition: ast.AST) -> list[str]:
    elements = node.elts if isinstance(node, ast.Tuple | ast.List) else [node]
    return [_name_of(e, definition) for e in elements]


def _name_of(node: ast.AST, definition: ast.AST) -> str:
    while True:
        if isinstance(node, ast.Name):
            return node.id
        if isinstance(node, ast.Attribute):
            if node.attr != "T":
                return node.attr
            node = node.value
            continue
        if isinstance(node, ast.Subscript):
            if isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str):
                return node.slice.value
            return _name_of(node.value, definition) + "[]"
        if isinstance(node, ast.BinOp) and isinstance(node.left, ast.Name):
            node = node.left
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and not node.args:
            node = node.func.value  # dW.copy()
        elif isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Name):
            node = node.args[0]  # np.array(hs)
        elif isinstance(node, ast.Starred):
            node = node.value
        else:
            return ""
