"""Typed data as files hold it: JSON, and arrays by dotted name.

The types are the schema. A dataclass is an object with its fields, a NamedTuple a list; what is
missing, unknown or of another type is reported when it is read.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from math import inf
from types import NoneType, UnionType
from typing import (
    Any,
    Literal,
    NotRequired,
    TypeVar,
    Union,
    cast,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

import numpy as np

from teachrnn.array import Array
from teachrnn.errors import FileFormatError

T = TypeVar("T")

NEEDED = {
    int: "a whole number",
    float: "a number",
    str: "text",
    bool: "true or false",
    NoneType: "null",
    list: "a list",
    dict: "an object",
}
"""What each type is called in a message."""


def pack(thing: Any) -> tuple[dict[str, Any], dict[str, Array]]:
    """A dataclass as files hold it: plain data for JSON, and its arrays by dotted name.

    Parameters
    ----------
    thing : dataclass instance
        Its fields may be numbers, text, None, lists, tuples, NamedTuples, dicts, dataclasses, arrays,
        dicts of arrays, or have a method ``to_dict``. JSON has no infinity: a field that is infinite
        becomes null.

    Returns
    -------
    tuple of (dict, dict)
        What JSON can hold, and the arrays.

    Examples
    --------
    >>> from dataclasses import dataclass
    >>> @dataclass
    ... class Best:
    ...     loss: float
    ...     theta: Array
    >>> pack(Best(inf, np.zeros(2)))
    ({'loss': None}, {'theta': array([0., 0.])})
    """
    arrays: dict[str, Array] = {}
    return _packed_fields(thing, "", arrays), arrays


def unpack(kind: type[T], plain: Any, arrays: Mapping[str, Array] | None = None) -> T:
    """The inverse of `pack`; also for other types, such as ``list[Best]``.

    A field with a default may be missing, because it may be newer than the file.

    Parameters
    ----------
    kind : type of T
        The type to build.
    plain : object
        The plain data from JSON.
    arrays : mapping, optional
        The arrays by dotted name.

    Returns
    -------
    T
        An instance of the type.

    Raises
    ------
    FileFormatError
        Naming what is missing, unknown or of another type.

    Examples
    --------
    >>> from dataclasses import dataclass
    >>> @dataclass
    ... class Size:
    ...     length: int
    ...     batch: int = 1
    >>> unpack(Size, {"length": 25})
    Size(length=25, batch=1)
    >>> unpack(Size, {"length": "abc"})
    Traceback (most recent call last):
    ...
    teachrnn.errors.FileFormatError: length = "abc", but a whole number is needed
    """
    left = dict(arrays or {})
    thing: T = _unpacked(kind, plain, "", left)
    if left:
        raise FileFormatError(f"the array {min(left)!r} is unknown")
    return thing


def _packed_fields(thing: Any, begin: str, arrays: dict[str, Array]) -> dict[str, Any]:
    plain, whole = dict[str, Any](), cast(Any, type(thing))
    for name, kind in _fields(whole).items():
        value, where = getattr(thing, name), begin + name
        if _is_array(kind):
            arrays[where] = value
        elif _is_arrays(kind):
            arrays |= {f"{where}.{key}": array for key, array in value.items()}
        else:
            plain[name] = None if kind is float and value == inf else _packed(value, where, arrays)
    return plain


def _packed(value: Any, where: str, arrays: dict[str, Array]) -> Any:
    if hasattr(value, "to_dict"):
        return value.to_dict()
    if is_dataclass(value):
        return _packed_fields(value, f"{where}.", arrays)
    if isinstance(value, dict):
        return {key: _packed(part, f"{where}.{key}", arrays) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_packed(part, f"{where}[{i}]", arrays) for i, part in enumerate(value)]
    return value


def _unpacked(kind: Any, plain: Any, where: str, arrays: dict[str, Array]) -> Any:
    """The value of a type; the arrays that belong to it are removed from those given."""
    origin, arguments = get_origin(kind), get_args(kind)
    if kind is Any:
        return plain
    if origin in (Union, UnionType):
        return _one_of(arguments, plain, where, arrays)
    if origin is Literal:
        if plain not in arguments:
            raise _wrong(plain, where, " or ".join(map(json.dumps, arguments)))
        return plain
    if is_dataclass(kind) or is_typeddict(kind):
        return _object(kind, _checked(dict, plain, where), f"{where}." if where else "", arrays)
    if hasattr(kind, "from_dict"):
        return kind.from_dict(_checked(dict, plain, where))
    if origin is dict:
        held = _checked(dict, plain, where).items()
        return {key: _unpacked(arguments[1], part, f"{where}.{key}", arrays) for key, part in held}
    if origin is list:
        parts, kinds = _checked(list, plain, where), [arguments[0]] * len(plain)
        return [*_parts(kinds, parts, where, arrays)]
    if isinstance(origin or kind, type) and issubclass(origin or kind, tuple):
        kinds = list(arguments or get_type_hints(kind).values())
        if len(_checked(list, plain, where)) != len(kinds):
            raise _wrong(plain, where, f"a list of {len(kinds)}")
        parts = _parts(kinds, plain, where, arrays)
        return tuple(parts) if origin is tuple else kind(*parts)
    return _checked(kind, plain, where)


def _object(kind: Any, plain: dict[str, Any], begin: str, arrays: dict[str, Array]) -> Any:
    hints, given = _fields(kind), dict[str, Any]()
    for name in plain:
        if name not in hints or _is_array(hints[name]) or _is_arrays(hints[name]):
            raise FileFormatError(f"{begin}{name} is unknown")
    for name, part in hints.items():
        where = begin + name
        if _is_arrays(part):
            mine = [key for key in arrays if key.startswith(f"{where}.")]
            given[name] = {key.removeprefix(f"{where}."): arrays.pop(key) for key in mine}
        elif _is_array(part):
            if where in arrays:
                given[name] = arrays.pop(where)
            elif name not in _optional(kind):
                raise FileFormatError(f"the array {where!r} is missing")
        elif name in plain:
            value = plain[name]
            infinite = part is float and value is None and is_dataclass(kind)
            given[name] = inf if infinite else _unpacked(part, value, where, arrays)
        elif name not in _optional(kind):
            raise FileFormatError(f"{where} is missing")
    return kind(**given)


def _parts(kinds: list[Any], parts: list[Any], where: str, arrays: dict[str, Array]) -> list[Any]:
    each = enumerate(zip(kinds, parts, strict=True))
    return [_unpacked(kind, part, f"{where}[{i}]", arrays) for i, (kind, part) in each]


def _one_of(kinds: tuple[Any, ...], plain: Any, where: str, arrays: dict[str, Array]) -> Any:
    if plain is None and NoneType in kinds:
        return None
    others = [kind for kind in kinds if kind is not NoneType]
    if len(others) == 1:
        return _unpacked(others[0], plain, where, arrays)
    if type(plain) not in others:
        raise _wrong(plain, where, " or ".join(NEEDED[kind] for kind in kinds))
    return plain


def _checked(kind: Any, plain: Any, where: str) -> Any:
    """A plain value of a type, strictly: true is not a number, but a whole number is one."""
    if type(plain) is kind:
        return plain
    if kind is float and type(plain) is int:
        return float(plain)
    raise _wrong(plain, where, NEEDED[kind])


def _wrong(plain: Any, where: str, needed: str) -> FileFormatError:
    given = json.dumps(plain, ensure_ascii=False)
    given = given if len(given) <= 40 else f"{given[:40]} ..."
    return FileFormatError(f"{where} = {given}, but {needed} is needed".removeprefix(" = "))


@cache
def _fields(kind: Any) -> dict[str, Any]:
    hints = get_type_hints(kind)
    return {f.name: hints[f.name] for f in fields(kind)} if is_dataclass(kind) else hints


@cache
def _optional(kind: Any) -> frozenset[str]:
    if not is_dataclass(kind):
        hints = get_type_hints(kind, include_extras=True)
        return frozenset(name for name, hint in hints.items() if get_origin(hint) is NotRequired)
    defaults = {f.name: (f.default, f.default_factory) for f in fields(kind)}
    return frozenset(name for name, default in defaults.items() if default != (MISSING, MISSING))


def _is_array(kind: Any) -> bool:
    return get_origin(kind) is np.ndarray


def _is_arrays(kind: Any) -> bool:
    return get_origin(kind) is dict and _is_array(get_args(kind)[1])
