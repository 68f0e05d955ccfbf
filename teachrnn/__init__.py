"""teachrnn: a recurrent network you can hold in your hand.

Every number that a forward pass or backpropagation through time produces is recorded under its
textbook name, can be pointed at, and answers three questions: which formula made you, from which
numbers, and how do we know that you are right?

Every name in `__all__` is importable from here, and loaded on first use (PEP 562), so that
``import teachrnn`` itself takes no time. The names and their homes are listed in one place,
``__init__.pyi``, as scientific Python's SPEC 1 recommends.
"""

from importlib import import_module
from types import ModuleType
from typing import Any

from teachrnn.public_names import read_homes

__version__ = "0.1.0"

_HOMES = read_homes(__file__ + "i")

__all__ = [*_HOMES, "__version__"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        return _module(name)
    thing = getattr(import_module(_HOMES[name]), name)
    globals()[name] = thing  # from now on as fast as any other name of the module
    return thing


def _module(name: str) -> ModuleType:
    """A module of the package, so that `teachrnn.ops.Tanh` needs no import but that of `teachrnn`."""
    try:
        return import_module(f"{__name__}.{name}")
    except ModuleNotFoundError as error:
        if error.name != f"{__name__}.{name}":
            raise
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from None


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
