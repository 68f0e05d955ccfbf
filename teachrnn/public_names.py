"""The public names of the package and their homes, read from its stub: one list for all readers."""

from __future__ import annotations

import re

IMPORT = re.compile(r"^from (\S+) import (\w+) as \2$", re.MULTILINE)
SECTION = r"(?m)^# (.+)\n(?=from )"


def read_homes(stub: str) -> dict[str, str]:
    """The module that each public name is imported from, in the order of the stub.

    Parameters
    ----------
    stub : str
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
    return {name: home for home, name in IMPORT.findall(_text(stub))}


def read_sections(stub: str) -> dict[str, list[str]]:
    """The public names by heading, in the order of the stub.

    Parameters
    ----------
    stub : str
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
    _, *parts = re.split(SECTION, _text(stub))
    return {
        title: [name for _, name in IMPORT.findall(text)]
        for title, text in zip(parts[::2], parts[1::2], strict=True)
    }


def _text(stub: str) -> str:
    with open(stub, encoding="utf-8") as file:  # noqa: PTH123  (pathlib would be a tenth of the import)
        return file.read()
