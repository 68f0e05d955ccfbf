"""teachrnn: a recurrent network you can hold in your hand.

Every number that a forward pass or a backpropagation through time produces is recorded under its
textbook name, can be pointed at, and answers three questions: which formula made you, from which
numbers, and how do we know that you are right?

Every name in `__all__` is importable from here. What takes long to load is loaded when it is first
used (PEP 562): ``import teachrnn`` needs NumPy and nothing heavier. The names and their homes stand
in one place, ``__init__.pyi``, as scientific Python's SPEC 1 recommends.
"""

from importlib import import_module
from typing import Any

from teachrnn import cells, models, ops  # noqa: F401  (what they define enters the registries)
from teachrnn.public_names import read_homes

__version__ = "0.1.0"

_HOMES = read_homes(__file__ + "i")

__all__ = [*_HOMES, "__version__"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'teachrnn' has no attribute {name!r}")
    thing = getattr(import_module(_HOMES[name]), name)
    globals()[name] = thing  # from now on as quick as any name of a module
    return thing


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
