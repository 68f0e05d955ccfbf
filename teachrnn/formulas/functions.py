"""The elementary functions that a formula may use, and how each is written."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Elementary:
    r"""One elementary function.

    Attributes
    ----------
    word : str
        What it is called in a ``formula``, which is its name in SymPy.
    name : str
        What readers know it as; in the browser it is a function of ``Math``.
    latex : str
        How it is written in LaTeX, before its arguments.
    arguments : int
        How many it takes.
    bare : bool
        Whether a single letter is written without brackets: $\log x$, but $\tanh(x)$.
    """

    word: str
    name: str
    latex: str
    arguments: int = 1
    bare: bool = False


FUNCTIONS = {
    function.word: function
    for function in (
        Elementary("exp", "exp", r"\exp"),
        Elementary("log", "log", r"\log", bare=True),
        Elementary("sqrt", "sqrt", r"\sqrt"),
        Elementary("tanh", "tanh", r"\tanh"),
        Elementary("sin", "sin", r"\sin"),
        Elementary("cos", "cos", r"\cos"),
        Elementary("Abs", "abs", r"\mathrm{abs}"),
        Elementary("Max", "max", r"\max", arguments=2),
        Elementary("Min", "min", r"\min", arguments=2),
    )
}
"""By their words."""
