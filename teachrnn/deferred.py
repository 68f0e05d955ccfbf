"""A module that is loaded on first use."""

from __future__ import annotations

from importlib import import_module
from typing import Any


class Deferred:
    """Stands for a module, and loads it when one of its attributes is first read.

    SymPy takes longer to load than all the rest, in a browser many times longer, and neither drawing a
    page nor checking a gradient by differences needs it.

    Parameters
    ----------
    name : str
        What would be imported.

    Examples
    --------
    >>> decimal = Deferred("decimal")
    >>> decimal.Decimal("0.1") * 3
    Decimal('0.3')
    """

    def __init__(self, name: str) -> None:
        self._deferred = name

    def __getattr__(self, name: str) -> Any:
        module = import_module(self._deferred)
        self.__dict__.update(vars(module))  # from now on, as fast as the module
        return getattr(module, name)
