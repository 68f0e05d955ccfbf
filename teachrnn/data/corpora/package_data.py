"""Data files of an installed package, whose code is not run."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from teachrnn.extras import missing


def package_data(package: str, path: str, *, purpose: str) -> Path:
    """The path of a file that a package of the extra ``corpora`` installs.

    It is looked up in the package's list of files: nothing is imported.

    Raises
    ------
    MissingExtraError
        If the package is not installed, with the install command.
    """
    try:
        return Path(str(distribution(package).locate_file(path)))
    except PackageNotFoundError as error:
        raise missing(package, extra="corpora", purpose=purpose) from error
