"""The public names of the package and their homes, read from its stub: one list for all readers."""

from __future__ import annotations

import re
from pathlib import Path

IMPORT = re.compile(r"^from (\S+) import (\w+) as \2$", re.MULTILINE)
SECTION = re.compile(r"^# (.+)\n(?=from )", re.MULTILINE)


def read_homes(stub: str | Path) -> dict[str, str]:
    """The module that each public name is imported from, in the order of the stub.

    Parameters
    ----------
    stub : str or Path
        A file of lines ``from home import Name as Name``.

    Returns
    -------
    dict
        Names of modules by public name.

    Examples
    --------
    >>> import teachrnn
    >>> read_homes(teachrnn.__file__ + "i")["CharRNN"]
    'teachrnn.models'
    """
    return {name: home for home, name in IMPORT.findall(Path(stub).read_text("utf-8"))}


def read_sections(stub: str | Path) -> dict[str, list[str]]:
    """The public names by the heading that they stand under, in the order of the stub.

    Parameters
    ----------
    stub : str or Path
        As `read_homes` takes it, with a comment above each group.

    Returns
    -------
    dict
        Lists of names by heading.

    Examples
    --------
    >>> import teachrnn
    >>> read_sections(teachrnn.__file__ + "i")["Record"]
    ['CharRNN', 'Trace', 'Value']
    """
    _, *parts = SECTION.split(Path(stub).read_text("utf-8"))
    return {
        title: [name for _, name in IMPORT.findall(text)]
        for title, text in zip(parts[::2], parts[1::2], strict=True)
    }
