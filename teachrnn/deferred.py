"""A module that is loaded when something of it is first asked for."""

from __future__ import annotations

from importlib import import_module
from typing import Any


class Deferred:
    """Stands for a module, and loads it with the first thing that is asked of it.

    SymPy takes longer to load than all the rest, in a browser many times longer, and a page is drawn,
    a gradient checked by differences, without anything of it.

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
        self.__dict__.update(vars(module))  # from now on, as quick as the module
        return getattr(module, name)
