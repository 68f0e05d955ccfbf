"""Files that were handed in: which there are, what each is called, and what it holds for an exercise."""

from __future__ import annotations

import ast
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from teachrnn.errors import FileFormatError
from teachrnn.exercises import Exercise
from teachrnn.exercises.kinds import PredictionExercise

ENDINGS = (".py", ".ipynb", ".txt")
MARK = "#exercise:"
"""A line "# exercise: NAME" is the first of what belongs to that exercise."""


def submissions_in(paths: Sequence[str | Path]) -> dict[str, Path]:
    """The submissions in files and folders, by name.

    Parameters
    ----------
    paths : sequence of str or Path
        Files, or folders, of which every program and notebook counts; hidden ones do not.

    Returns
    -------
    dict of str to Path
        Each by its path from the folder that all of them share, in alphabetical order.

    Raises
    ------
    FileFormatError
        If one does not exist, or there is none.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> _ = (folder / "ada.py").write_text(""), (folder / "bob.py").write_text("")
    >>> list(submissions_in([folder]))
    ['ada.py', 'bob.py']
    """
    found: dict[Path, None] = {}
    for path in map(Path, paths):
        if path.is_dir():
            inside = (p for p in path.rglob("*") if p.suffix in ENDINGS and p.is_file())
            visible = (p for p in inside if not _hidden(p.relative_to(path)))
            found |= dict.fromkeys(p.absolute() for p in visible)
        elif path.exists():
            found[path.absolute()] = None
        else:
            raise FileFormatError(f"there is no file {path} to grade.")
    if not found:
        raise FileFormatError(f"there is nothing to grade: {', '.join(map(str, paths))}.")
    shared = Path(os.path.commonpath([path.parent for path in found]))
    return {path.relative_to(shared).as_posix(): path for path in sorted(found)}


def _hidden(path: Path) -> bool:
    return any(part.startswith((".", "__")) for part in path.parts)


def attempt_in(path: Path, exercise: Exercise) -> Any:
    """What a file holds for an exercise, as `judge_attempt` takes it.

    Of code that is the file itself; of a program that is no Python, the part behind the exercise's mark,
    so that a bracket left open costs one exercise and not all. An answer stands behind a line
    "# exercise: NAME", in a notebook's cell or a program: of a prediction one paragraph, without its
    comment signs; of an order the lines, which may all stand in comments, too. So files to begin with
    can be put behind each other.

    Parameters
    ----------
    path : Path
        The file.
    exercise : Exercise
        The exercise.

    Returns
    -------
    Path, str or None
        None if the file has no answer.
    """
    if exercise.judged_by.is_code:
        return _readable(path, exercise.name) if path.suffix == ".py" else path
    text = path.read_text("utf-8", errors="replace")
    cells = _marked(text, exercise.name) if path.suffix == ".ipynb" else _sections(text)
    for cell in cells:
        first, _, rest = cell.strip().partition("\n")
        marked = first.replace(" ", "").lower()
        if marked == f"{MARK}{exercise.name}":
            return _answer(rest.strip("\n"), exercise)
        if path.suffix == ".ipynb" and not marked.startswith(MARK):
            return cell.strip()
    return None


def _readable(path: Path, name: str) -> Path | str:
    """A program; if it is no Python, without the parts of other exercises, each line in its place."""
    try:
        text = path.read_text("utf-8")
        ast.parse(text)
    except (OSError, UnicodeError):
        return path
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        kept, own, found = [], True, False
        for line in text.splitlines():
            mark = line.replace(" ", "").lower()
            if mark.startswith(MARK):
                own = mark == f"{MARK}{name}"
                found = found or own
            kept.append(line if own else "")
        if found:
            return "\n".join(kept) + "\n"
    return path


def _answer(text: str, exercise: Exercise) -> str:
    """What stands behind a mark, without what is said about it."""
    if isinstance(exercise.judged_by, PredictionExercise):
        text = text.strip().partition("\n\n")[0]
    lines = text.splitlines()
    code = [line for line in lines if line.strip() and not line.lstrip().startswith("#")]
    plain = code or [line.removeprefix("#").removeprefix(" ") for line in lines]
    return "\n".join(plain).strip("\n").rstrip()


def _marked(text: str, name: str) -> list[str]:
    """The cells of a notebook that answer an exercise: by their first line, a tag, or nbgrader's id."""
    found = []
    try:
        for cell in json.loads(text)["cells"]:
            source, metadata = "".join(cell["source"]), cell.get("metadata", {})
            ids = [*metadata.get("tags", []), metadata.get("nbgrader", {}).get("grade_id")]
            if name in ids or source.strip().replace(" ", "").lower().startswith(f"{MARK}{name}"):
                found.append(source)
    except (ValueError, KeyError, TypeError, AttributeError):
        return []
    return found


def _sections(text: str) -> list[str]:
    """The parts of a program, each from its mark to the next."""
    sections: list[list[str]] = [[]]
    for line in text.splitlines():
        if line.replace(" ", "").lower().startswith(MARK):
            sections.append([])
        sections[-1].append(line)
    return ["\n".join(section) for section in sections[1:]]
