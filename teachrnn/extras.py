"""Import a package that belongs to an optional extra, or say exactly how to install it."""

from __future__ import annotations

import importlib
from types import ModuleType

from teachrnn.errors import MissingExtraError


def require(module: str, *, extra: str, purpose: str) -> ModuleType:
    """Import ``module``; if it is missing, name the extra that installs it.

    Raises
    ------
    MissingExtraError
        With the install command.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise missing(module.partition(".")[0], extra=extra, purpose=purpose) from error


def missing(package: str, *, extra: str, purpose: str) -> MissingExtraError:
    """The error for a package of an extra that is not installed: it has the install command."""
    return MissingExtraError(
        f"{purpose} needs the package {package!r}, which is not installed. "
        f"Install it with: python -m pip install 'teachrnn[{extra}]' "
        f"(in a clone of the repository: python -m pip install '.[{extra}]')"
    )
