"""What a ``formula`` may use: the functions of ``sp``, and the object that makes trees of them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Protocol

from teachrnn.formulas.functions import FUNCTIONS
from teachrnn.formulas.tree import Each, Formula, Function, Letter, lift


class Words(Protocol):
    """The functions that the first argument of a ``formula`` offers; each takes numbers or arrays.

    Besides them a formula may use ``+``, ``-``, ``*`` (the matrix product), ``/``, ``**``, ``.T``,
    ``multiply_elementwise``, ``applyfunc``, ``col_join``, ``sum(x)``, and subscripts: ``p[y]``,
    ``U[:, x]``, ``x[start:stop, :]``.
    """

    def exp(self, x: Any) -> Any:
        """The exponential."""

    def log(self, x: Any) -> Any:
        """The natural logarithm."""

    def sqrt(self, x: Any) -> Any:
        """The square root."""

    def tanh(self, x: Any) -> Any:
        """The hyperbolic tangent."""

    def sin(self, x: Any) -> Any:
        """The sine."""

    def cos(self, x: Any) -> Any:
        """The cosine."""

    def Abs(self, x: Any) -> Any:
        """The absolute value."""

    def Max(self, a: Any, b: Any) -> Any:
        """The larger of two."""

    def Min(self, a: Any, b: Any) -> Any:
        """The smaller of two."""


class UnknownWordError(AttributeError):
    """A formula uses a word that is not among `Words`."""


class _Trees:
    """The words, making trees."""

    def __getattr__(self, word: str) -> Callable[..., Any]:
        if word not in FUNCTIONS:
            raise UnknownWordError(
                f"a formula has no word `sp.{word}`; there are: {', '.join(FUNCTIONS)}."
            )
        return partial(_applied, word)


TREES: Words = _Trees()
"""Takes the place of ``sp``: it builds a tree instead of computing."""


def _applied(word: str, *arguments: Any) -> Formula | Each:
    wanted = FUNCTIONS[word].arguments
    if len(arguments) != wanted:
        raise TypeError(f"`sp.{word}` takes {wanted} arguments, got {len(arguments)}")
    made = Function(word, tuple(lift(a) for a in arguments))
    return Each(made) if any(isinstance(a, Each) for a in arguments) else made


def written(formula: Callable[..., Any], letters: list[str]) -> Formula:
    """The tree of a ``formula``, in these letters.

    Examples
    --------
    >>> written(lambda sp, x: x.applyfunc(sp.tanh), ["x"])
    Function(name='tanh', arguments=(Letter(name='x', kind='value', user=''),))

    Raises
    ------
    TypeError
        If it uses something that is not supported in a formula.
    """
    return lift(formula(TREES, *(Letter(letter) for letter in letters)))
