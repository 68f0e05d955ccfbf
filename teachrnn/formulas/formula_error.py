"""What can be wrong with a formula that is written."""

from __future__ import annotations

from teachrnn.errors import TeachrnnError


class UnreadableFormulaError(TeachrnnError, ValueError):
    """A formula is missing, or holds a sign that the reader does not know."""


class MisfitFormulaError(UnreadableFormulaError):
    """A formula can be read, but the shapes in it do not go together: it is wrong."""
