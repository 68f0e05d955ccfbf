"""One tree of a formula, and what it is printed as, taken apart into or evaluated as."""

from teachrnn.formulas.equation import (
    backward_equation,
    definition,
    forward_equation,
    gradient_formula,
    sum_equation,
)
from teachrnn.formulas.latex import latex
from teachrnn.formulas.tree import Equation, Formula, Letter
from teachrnn.formulas.words import Words

__all__ = [
    "Equation",
    "Formula",
    "Letter",
    "Words",
    "backward_equation",
    "definition",
    "forward_equation",
    "gradient_formula",
    "latex",
    "sum_equation",
]
