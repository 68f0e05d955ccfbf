"""What can be wrong with a formula."""

from __future__ import annotations

from teachrnn.errors import TeachrnnError


class UnreadableFormulaError(TeachrnnError, ValueError):
    """A formula is missing, or holds a symbol that the reader does not know."""


class MisfitFormulaError(UnreadableFormulaError):
    """A formula can be read, but its shapes do not match: it is wrong."""
