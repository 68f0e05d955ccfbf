"""An attempt as a program that can be run: what was given, and what was handed in."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from teachrnn.errors import SubmissionError
from teachrnn.exercises.handed_in import HandedInAttempt

if TYPE_CHECKING:
    from teachrnn.exercises.exercise import Exercise


@contextmanager
def program_file(exercise: Exercise, attempt: HandedInAttempt) -> Iterator[Path]:
    """A file with the attempt behind the code that was given, as long as it is needed.

    Parameters
    ----------
    exercise : Exercise
        With the code that is given.
    attempt : HandedInAttempt
        What was handed in.

    Yields
    ------
    Path
        The file, named after the exercise.
    """
    with tempfile.TemporaryDirectory(prefix="teachrnn-", ignore_cleanup_errors=True) as folder:
        path = Path(folder, exercise.file_name)
        text = program(exercise, attempt)
        path.write_text(text, "utf-8", errors="replace")
        before = text.removesuffix(attempt.source).count("\n")
        try:
            yield path
        except SubmissionError as error:
            raise SubmissionError(_renumbered(str(error), path.name, before)) from error


def _renumbered(said: str, file: str, before: int) -> str:
    """A message whose lines are counted in what was handed in, not in the whole program."""

    def counted(place: re.Match[str]) -> str:
        line = int(place[1]) - before
        return f"{file}, line {line}" if line > 0 else f"the code that is given, line {place[1]}"

    return re.sub(rf"{re.escape(file)}, line (\d+)", counted, said)


def program(exercise: Exercise, attempt: HandedInAttempt) -> str:
    """The text of the program.

    Parameters
    ----------
    exercise : Exercise
        With the code that is given.
    attempt : HandedInAttempt
        What was handed in; what it defines counts where both define it.

    Returns
    -------
    str
        Python.
    """
    given = exercise.given.strip()
    parts = [] if not given or given in attempt.source else [f"{given}\n\n"]
    if attempt.path is not None:  # what it imports lies beside it
        parts.insert(0, f"import sys; sys.path.append({str(attempt.path.resolve().parent)!r})")
    return "\n".join([*parts, attempt.source])
