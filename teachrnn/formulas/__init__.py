"""One tree of a formula, and what it is printed as, taken apart into or evaluated as: one a file."""

from teachrnn.formulas.tree import Equation, Formula, Letter
from teachrnn.formulas.words import Words

__all__ = ["Equation", "Formula", "Letter", "Words"]
