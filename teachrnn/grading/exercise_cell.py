"""Which exercise a cell or a test of a grader is about."""

from __future__ import annotations

import re
from pathlib import Path

from teachrnn.exercises import Exercise

_NAMED = re.compile(r"""\bjudge(?:_attempt)?\(\s*["']([^"'\n]+)["']""")


def exercise_named_in(code: str, folder: Path) -> Exercise | None:
    """The exercise that code calls ``judge`` with.

    Parameters
    ----------
    code : str
        The source of a cell or test, which the instructor wrote.
    folder : Path
        Where an instructor's own file is looked for.

    Returns
    -------
    Exercise or None
        None if it names none.

    Raises
    ------
    TeachrnnError
        If there is no exercise of that name.

    Examples
    --------
    >>> exercise_named_in('judge("bptt", backward).points(4)', Path()).title
    'Backpropagation through time'
    >>> exercise_named_in("assert 1 + 1 == 2", Path()) is None
    True
    """
    named = _NAMED.search(code)
    if named is None:
        return None
    name = named[1]
    return Exercise.find(folder / name if name.endswith(".toml") else name)
