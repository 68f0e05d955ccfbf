"""What a program keeps from step to step: an array for each parameter, in its object or its globals."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, MutableMapping
from typing import Any

import numpy as np

from teachrnn.array import Array

_GRADIENTS = re.compile(r"^(d|grads?|g|gradients?|delta)$|grad", re.I)


def kept_in(root: Any, shapes: Mapping[str, tuple[int, ...]], used: set[int]) -> dict[str, Any]:
    """The sets of arrays that are kept, by name.

    Parameters
    ----------
    root : object or dict
        Where to look: an object and the optimizer in it, or the globals.
    shapes : mapping
        Of the parameters, by the student's names.
    used : set of int
        The ids of containers that hold the parameters themselves.

    Returns
    -------
    dict
        A container for each set, or `KeptApart` for arrays with names of their own.

    Examples
    --------
    >>> class Net:
    ...     def __init__(self):
    ...         self.W, self.b = np.ones((2, 2)), np.ones(2)
    ...         self.mW, self.mb = np.zeros((2, 2)), np.zeros(2)
    >>> list(kept_in(Net(), {"W": (2, 2), "b": (2,)}, set()))
    ['m']
    """
    found: dict[str, Any] = {}
    # Globals may still have the sizes that the program was written for.
    exact = not isinstance(root, dict)
    spaces = [("", space_of(root))]
    spaces += [
        (f"{name}.", vars(value))
        for name, value in spaces[0][1].items()
        if hasattr(value, "__dict__")
        and not isinstance(value, type | np.ndarray)
        and not callable(value)
        and exact
    ]
    for prefix, space in spaces:
        for name, value in list(space.items()):
            if (
                id(value) not in used
                and not _GRADIENTS.search(name)
                and _holds(value, shapes, exact=exact)
            ):
                found[prefix + name] = value
        for mark, names in _marks(space, shapes, exact=exact):
            found.setdefault(prefix + mark, KeptApart(space, names))
    return found


class KeptApart(MutableMapping[str, Array]):
    """Arrays that have names of their own, such as mWxh for Wxh, as one container."""

    def __init__(self, space: MutableMapping[str, Any], names: Mapping[str, str]) -> None:
        self._space, self._names = space, dict(names)

    def __getitem__(self, name: str) -> Array:
        found: Array = self._space[self._names[name]]
        return found

    def __setitem__(self, name: str, array: Array) -> None:
        self._space[self._names[name]] = array

    def __delitem__(self, name: str) -> None:
        del self._names[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def space_of(root: Any) -> MutableMapping[str, Any]:
    """The names in an object, or in globals."""
    found: MutableMapping[str, Any] = root if isinstance(root, dict) else vars(root)
    return found


def leaf(name: str) -> str:
    """The last of a dotted name."""
    return name.rsplit(".", 1)[-1]


def entries(container: Any, names: list[str]) -> dict[str, Array]:
    """The arrays of a container by the parameters' names: by its keys, or in their order."""
    if isinstance(container, Mapping):
        return {n: np.asarray(container[leaf(n)]) for n in names if leaf(n) in container}
    return {n: np.asarray(a) for n, a in zip(names, container, strict=False)}


def fill(container: Any, arrays: Mapping[str, Array]) -> None:
    """Put arrays into a container, as copies."""
    for i, (name, array) in enumerate(arrays.items()):
        container[leaf(name) if isinstance(container, Mapping) else i] = array.copy()


def _holds(value: Any, shapes: Mapping[str, tuple[int, ...]], *, exact: bool) -> bool:
    if isinstance(value, Mapping):
        return all(leaf(n) in value and _fits(value[leaf(n)], s, exact) for n, s in shapes.items())
    if isinstance(value, list) and len(value) == len(shapes) > 1:
        return all(_fits(a, s, exact) for a, s in zip(value, shapes.values(), strict=True))
    return False


def _fits(value: Any, shape: tuple[int, ...], exact: bool) -> bool:
    if not isinstance(value, np.ndarray) or value.dtype.kind != "f":
        return False
    return value.shape == shape if exact else value.ndim == len(shape)


def _marks(
    space: Mapping[str, Any], shapes: Mapping[str, tuple[int, ...]], *, exact: bool
) -> Iterator[tuple[str, dict[str, str]]]:
    """What stands before or behind the parameters' names: m in mWxh, mWhh ..."""
    first = leaf(next(iter(shapes)))
    for name in list(space):
        for pattern in ("{mark}{name}", "{name}{mark}"):
            mark = name.removesuffix(first) if pattern == "{mark}{name}" else name.removeprefix(first)
            if not mark or mark == name or _GRADIENTS.search(mark.strip("_")) or len(mark) > 12:
                continue
            names = {n: pattern.format(mark=mark, name=leaf(n)) for n in shapes}
            if all(_fits(space.get(theirs), shapes[n], exact) for n, theirs in names.items()):
                yield mark.strip("_"), {leaf(n): theirs for n, theirs in names.items()}
