"""Errors that a user can cause: each says where, what was wrong, what was needed and what to do.

``TeachrnnError`` is their common base: the command line prints its message and ends with status 2,
so a mistake in the input never shows a traceback from inside.
"""

from __future__ import annotations


class TeachrnnError(Exception):
    """Base of every error that the user, not the library, can put right.

    Examples
    --------
    >>> from teachrnn import TeachrnnError, Trace
    >>> try:
    ...     Trace()["h[3]"]
    ... except TeachrnnError as error:
    ...     print(error)
    no value is named 'h[3]'; did you mean another trace?
    """


class ShapeError(TeachrnnError, ValueError):
    """An array does not have the shape that the signature of an operation asks for."""


class DomainError(TeachrnnError, ValueError):
    """A value is outside the set on which an operation is defined."""


class NameLookupError(TeachrnnError, KeyError):
    """A trace, model or registry has nothing of the requested name."""

    def __str__(self) -> str:  # KeyError would show the repr of the message
        return str(self.args[0])


class ReplayError(TeachrnnError, ArithmeticError):
    """A recorded value is not what its operation returns when it is applied again."""


class SubmissionError(TeachrnnError, ValueError):
    """Submitted code cannot be run, or what it returns cannot be read."""


class DivergedError(TeachrnnError, ArithmeticError):
    """Training has produced numbers that are not finite."""


class FileFormatError(TeachrnnError, ValueError):
    """A file cannot be read as what it should be."""


class FolderInUseError(TeachrnnError):
    """Another process is writing to the folder: two would overwrite each other's files."""


class MissingExtraError(TeachrnnError, ImportError):
    """An optional package is needed and not installed; the message holds the install command."""
