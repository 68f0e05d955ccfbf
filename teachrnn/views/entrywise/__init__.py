"""Why this number: the formulas that learners read, evaluated entry by entry."""

from teachrnn.views.entrywise.rule import rule_data
from teachrnn.views.entrywise.term import Link, WhyTerm
from teachrnn.views.entrywise.why import Why, why

__all__ = ["Link", "Why", "WhyTerm", "rule_data", "why"]
