"""The formula of one entry, as data: the same tree is evaluated here and in the browser.

A node is a number, the name of an index (``"i"``, ``"j"`` of the entry asked for, ``"k1"`` ... of
sums), or a tuple that begins with its kind:

===================================  =============================================================
``("at", letter, index, ...)``       an entry of an array, one index for each core axis
``("size", letter, axis)``           the length of an axis, which is counted from the last, -1
``("+", a, b)``, ``("-", a, b)``,    arithmetic; ``("-", a)`` is the negative
``("*", a, b)``, ``("/", a, b)``,
``("^", a, b)``
``("exp", a)``, ``("log", a)``,      functions of a number, those of `teachrnn.formulas.functions`
``("sqrt", a)``, ``("tanh", a)``,
``("sin", a)``, ``("cos", a)``,
``("abs", a)``, ``("max", a, b)``,
``("min", a, b)``
``("<", a, b)``, ``(">", a, b)``     1 where it is so, 0 elsewhere
``("onehot", index, hot)``           1 where the two are the same number, 0 elsewhere
``("if", condition, a, b)``          a where the condition is 1, b where it is 0; the other is not read
``("sum", index, size, a)``          a, summed over the index from 0 to size - 1
``("positions", a)``                 a, summed over the leading axes (time, batch) that the array
                                     asked about does not have
===================================  =============================================================
"""

from __future__ import annotations

from typing import Any, TypeAlias

Tree: TypeAlias = int | float | str | tuple[Any, ...]


def plus(a: Tree, b: Tree) -> Tree:
    """A sum; a 0 in it is left out."""
    return b if a == 0 else a if b == 0 else ("+", a, b)


def minus(a: Tree, b: Tree) -> Tree:
    """A difference; a 0 that is subtracted is left out."""
    return a if b == 0 else ("-", a, b)


def times(a: Tree, b: Tree) -> Tree:
    """A product; a 1 in it is left out."""
    return b if a == 1 else a if b == 1 else ("*", a, b)
