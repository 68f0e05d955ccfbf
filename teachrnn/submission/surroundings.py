"""Globals that functions read: parameters and sizes."""

from __future__ import annotations

import builtins
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from teachrnn.submission import lexicon
from teachrnn.submission.filling import SIZES, Fill, looks_like_a_parameter
from teachrnn.submission.functions import Function


def global_parameters(functions: Iterable[Function], namespace: Mapping[str, Any]) -> tuple[str, ...]:
    """Names of globals that are or hold parameters, including undefined ones that should."""
    found = []
    for name in dict.fromkeys(n for f in functions for n in f.globals):
        if hasattr(builtins, name) or (len(name) == 1 and name in "TN"):
            continue
        if name in namespace:
            value = namespace[name]
            held = value if isinstance(value, dict) else getattr(value, "__dict__", {})
            arrays = [value] if isinstance(value, np.ndarray) else list(held.values())[:100]
            if any(isinstance(a, np.ndarray) and a.dtype.kind == "f" for a in arrays):
                found.append(name)
        elif name in "UWVbc" or (len(name) > 1 and looks_like_a_parameter(name)):
            found.append(name)
    return tuple(found)


def global_sizes(functions: Iterable[Function], namespace: Mapping[str, Any]) -> dict[str, str]:
    """Names of globals that are sizes, with their roles; they are set to those of the instance."""
    found = {}
    for name in dict.fromkeys(n for f in functions for n in f.globals):
        value = namespace.get(name)
        number = isinstance(value, int | np.integer) and not isinstance(value, bool)
        if number or (name not in namespace and not hasattr(builtins, name)):
            sizes = [role for role in lexicon.roles(name) if role in SIZES]
            if sizes:
                found[name] = sizes[0]
    return found


def passed_names(fills: Iterable[Mapping[str, Fill]]) -> tuple[str, ...]:
    """What is passed and could be a parameter: arguments of their own, and what is in a container."""
    names: dict[str, None] = {}
    for one in fills:
        for argument, fill in one.items():
            if fill.kind == "slot":
                names[argument] = None
            names |= dict.fromkeys(fill.keys)
    return tuple(names)
