"""Formulas as trees, and their printers and evaluators, one per file."""

from teachrnn.formulas.tree import Equation, Formula, Letter
from teachrnn.formulas.words import Words

__all__ = ["Equation", "Formula", "Letter", "Words"]
