"""One entry of a formula, taken apart into its terms."""

from teachrnn.formulas.entries.rule import rule_data
from teachrnn.formulas.entries.term import Link, WhyTerm

__all__ = ["Link", "WhyTerm", "rule_data"]
