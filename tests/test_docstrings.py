"""Every public function and method documents parameters, returns and errors, with an example."""

from __future__ import annotations

import ast
import functools
import importlib
import inspect
import pkgutil
import re
import textwrap
from collections.abc import Iterator

import pytest

import teachrnn
from teachrnn import errors
from teachrnn.formulas import Words
from teachrnn.models import Path
from teachrnn.sampling import Reader

ERRORS = {name for name, e in vars(errors).items() if isinstance(e, type) and issubclass(e, Exception)}
PROTOCOLS = [Path, Reader]
"""Protocols: other classes have their methods without deriving from them."""
EXPLAINED_TOGETHER = (Words,)
"""Mathematical functions of one or two arguments, which need no further explanation."""
SECTION = re.compile(r"^(\w+)\n-{3,}$", re.MULTILINE)


def packages() -> Iterator:
    yield teachrnn
    for found in pkgutil.walk_packages(teachrnn.__path__, "teachrnn."):
        if found.ispkg:
            yield importlib.import_module(found.name)


def public_things() -> dict[str, object]:
    """Classes and functions that a package exports, by the place of their definition."""
    found = {}
    for package in packages():
        for name in getattr(package, "__all__", ()):
            thing = getattr(package, name)
            if inspect.isclass(thing) or inspect.isfunction(thing):
                found[f"{thing.__module__}.{thing.__qualname__}"] = thing
    return {name: found[name] for name in sorted(found) if name.startswith("teachrnn.")}


def said_above(name: str, kind: type) -> bool:
    """Whether a base class or protocol already documents a method."""
    if issubclass(kind, teachrnn.Op) and name[1:] in getattr(kind, "inputs", ()):
        return True  # a gradient method, which help(Op) documents
    kept_to = [p for p in PROTOCOLS if p is not kind and set(calls(p)) <= set(dir(kind))]
    bases = [*kind.__mro__[1:], *kept_to]
    return any(name in vars(base) or name in vars(base).get("__annotations__", ()) for base in bases)


def calls(protocol: type) -> list[str]:
    return [name for name in names(protocol) if inspect.isfunction(vars(protocol)[name])]


def names(kind: type) -> list[str]:
    """The public methods and properties that a class defines itself."""
    return [name for name in vars(kind) if not name.startswith("_")]


def methods(kind: type) -> Iterator[tuple[str, object]]:
    """The public methods that a class defines, except those that a base documents."""
    for name in names(kind):
        function = inspect.unwrap(getattr(vars(kind)[name], "__func__", vars(kind)[name]))
        if inspect.isfunction(function) and not said_above(name, kind):
            yield name, function


THINGS = public_things()
FUNCTIONS = {name: inspect.unwrap(t) for name, t in THINGS.items() if inspect.isfunction(t)}
CLASSES = {name: thing for name, thing in THINGS.items() if inspect.isclass(thing)}
METHODS = {
    f"{where}.{name}": function
    for where, kind in CLASSES.items()
    if kind not in EXPLAINED_TOGETHER
    for name, function in methods(kind)
}


def sections(thing: object) -> dict[str, str]:
    """The sections of a docstring by title."""
    _, *parts = SECTION.split(inspect.getdoc(thing) or "")
    return dict(zip(parts[::2], parts[1::2], strict=True))


def takes(function: object) -> list[str]:
    return [name for name in inspect.signature(function).parameters if name not in ("self", "cls")]


def explained(said: dict[str, str]) -> set[str]:
    """The parameters that have an entry; one entry may be for several, as in `x, y : ndarray`."""
    heads = re.findall(r"^(\S.*?)(?: : .*)?$", said.get("Parameters", ""), re.MULTILINE)
    return {name.strip("*") for head in heads for name in head.split(", ")}


@functools.cache
def tree(function: object) -> ast.AST:
    try:
        return ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
    except OSError:  # made by a decorator of Hypothesis
        return ast.Pass()


def raises(function: object) -> set[str]:
    """The errors for users' mistakes that its own body raises and does not catch."""
    caught = {
        id(node)
        for block in ast.walk(tree(function))
        if isinstance(block, ast.Try) and any(_catches_all(h) for h in block.handlers)
        for line in block.body
        for node in ast.walk(line)
    }
    raised = [
        n.exc for n in ast.walk(tree(function)) if isinstance(n, ast.Raise) and id(n) not in caught
    ]
    called = [e.func if isinstance(e, ast.Call) else e for e in raised if e]
    return {getattr(e, "id", getattr(e, "attr", "")) for e in called} & ERRORS


def _catches_all(handler: ast.ExceptHandler) -> bool:
    return handler.type is not None and "TeachrnnError" in ast.unparse(handler.type)


def gives(function: object) -> bool:
    """Whether it returns something."""
    returned = getattr(tree(function), "returns", None)
    return returned is not None and ast.unparse(returned) not in ("None", "NoReturn")


def missing(function: object) -> list[str]:
    """What a docstring lacks: sections, or entries of parameters."""
    said = sections(function)
    lacks = [f"Parameters: {name}" for name in takes(function) if name not in explained(said)]
    if gives(function) and not said.keys() & {"Returns", "Yields"}:
        lacks.append("Returns")
    if raises(function) and "Raises" not in said:
        lacks.append("Raises")
    return lacks


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_public_function_documents_parameters_returns_and_raises_with_an_example(name):
    assert missing(FUNCTIONS[name]) == []
    assert ">>>" in (inspect.getdoc(FUNCTIONS[name]) or ""), "it lacks an example, which doctest runs"


@pytest.mark.parametrize("name", METHODS)
def test_every_public_method_documents_parameters_returns_and_raises(name):
    assert missing(METHODS[name]) == []


@pytest.mark.parametrize("name", [name for name in teachrnn.__all__ if name != "__version__"])
def test_every_public_class_has_an_example(name):
    thing = getattr(teachrnn, name)
    if inspect.isclass(thing):
        assert ">>>" in (thing.__dict__.get("__doc__") or ""), "it lacks an example, which doctest runs"


def test_a_missing_section_is_noticed():
    def bare(a: int) -> int:
        """Without any section."""
        if a < 0:
            raise errors.DomainError("below 0")
        return a

    assert missing(bare) == ["Parameters: a", "Returns", "Raises"]
