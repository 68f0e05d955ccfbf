"""The arrays inside an object, a dict or a list, each with the path to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, is_dataclass
from types import FunctionType, ModuleType
from typing import Any

import numpy as np

from teachrnn.array import Array

DEPTH = 5
MOST = 400


@dataclass(frozen=True)
class PathTo:
    """The path to an array: attributes, keys, list indices.

    Attributes
    ----------
    steps : tuple
        ("attribute", name), ("key", key) or ("index", i).
    """

    steps: tuple[tuple[str, Any], ...] = ()

    def then(self, how: str, what: Any) -> PathTo:
        """The path, one step longer."""
        return PathTo((*self.steps, (how, what)))

    @property
    def name(self) -> str:
        """The names along the path, joined by dots, without a final ``.data`` or ``.value``."""
        words = [str(what) for _, what in self.steps]
        if len(words) > 1 and words[-1] in ("data", "value", "val"):
            words.pop()
        return ".".join(words)

    @property
    def leaf(self) -> str:
        """The last name."""
        return self.name.rsplit(".", 1)[-1]

    def get(self, root: Any) -> Any:
        """The value at its end."""
        for how, what in self.steps:
            root = getattr(root, what) if how == "attribute" else root[what]
        return root

    def set(self, root: Any, array: Array) -> None:
        """Store an array there, in place, so that everyone who shares it sees the change."""
        there = self.get(root)
        if isinstance(there, np.ndarray) and there.shape == array.shape and there.flags.writeable:
            there[...] = array
            return
        owner = PathTo(self.steps[:-1]).get(root)
        how, what = self.steps[-1]
        if how == "attribute":
            setattr(owner, what, array)
        else:
            owner[what] = array


def arrays_in(root: Any, *, lists: bool = True) -> dict[PathTo, Array]:
    """All reachable numeric arrays, each by its shortest path.

    Parameters
    ----------
    root : object
        Where the way starts: an object, dict, list or tuple.
    lists : bool
        Whether to look into lists, too.
    """
    found: dict[PathTo, Array] = {}
    for path, value in walk(root, lists=lists):
        if isinstance(value, np.ndarray) and value.dtype.kind in "fiuc" and value.dtype != object:
            found[path] = value
    return found


def walk(root: Any, *, lists: bool = True) -> Iterator[tuple[PathTo, Any]]:
    """Everything reachable, breadth first, each object once."""
    waiting: list[tuple[PathTo, Any]] = [(PathTo(), root)]
    seen: set[int] = set()
    keep = []  # what is made on the way stays alive, or its id would be given away
    while waiting and len(seen) < MOST * 5:
        path, value = waiting.pop(0)
        if id(value) in seen and not isinstance(value, int | float | str | None):
            continue
        seen.add(id(value))
        keep.append(value)
        yield path, value
        if len(path.steps) >= DEPTH:
            continue
        waiting.extend(_inside(path, value, lists))


def _inside(path: PathTo, value: Any, lists: bool) -> Iterator[tuple[PathTo, Any]]:
    if isinstance(value, Mapping):
        for key, inner in list(value.items())[:MOST]:
            yield path.then("key", key), inner
        value = vars(value) if hasattr(value, "__dict__") and type(value) is not dict else None
    if isinstance(value, list | tuple):
        if lists:
            for i, inner in enumerate(value[:MOST]):
                yield path.then("index", i), inner
        names = getattr(value, "_fields", ())
        for name in names:
            yield path.then("attribute", name), getattr(value, name)
        return
    if value is None or isinstance(value, np.ndarray | FunctionType | ModuleType | type | str | bytes):
        return
    if hasattr(value, "__dict__") or is_dataclass(value):
        own = getattr(value, "__dict__", {})
        for name, inner in list(own.items())[:MOST]:
            yield path.then("attribute", name), inner
        for name in getattr(type(value), "__slots__", ()):
            if hasattr(value, name):
                yield path.then("attribute", name), getattr(value, name)
