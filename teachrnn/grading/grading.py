"""Submissions to exercises, graded in parallel; each judgement is kept as soon as it is there."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite
from pathlib import Path

from teachrnn import __version__
from teachrnn.errors import DomainError
from teachrnn.exercises import Exercise
from teachrnn.files import load_json, make_folder, pack, save_json, write_atomically
from teachrnn.grading.class_page import class_page
from teachrnn.grading.class_table import ClassTable
from teachrnn.grading.graded import Graded
from teachrnn.grading.grading_task import GradingTask, grade
from teachrnn.grading.handed_in_file import submissions_in
from teachrnn.runs import Claim
from teachrnn.sweep import Engine

MAX_NAME = 60
"""Characters of a file's name: systems count its bytes, up to four for a character."""

RECORD, JUDGEMENTS, FEEDBACK = "grading.json", "judgements", "feedback"


@dataclass(frozen=True)
class GradingRecord:
    """What a folder of results says of how they were made."""

    seed: int
    version: str = __version__
    exercises: list[str] = field(default_factory=list)


class Grading:
    """Submissions, judged one by one, each in a process of its own.

    The folder holds ``grading.json``, with the seed; ``judgements``, a file for each submission to an
    exercise, named after all that the judgement depends on: so grading that was stopped, or killed,
    goes on where it was, and a submission that has changed is judged again; and, at the end,
    ``table.csv``, ``table.json``, ``class.html``, and ``feedback``, a text for each submission.

    The limits of time, memory and output protect from accidents. They are no sandbox for hostile code.

    Parameters
    ----------
    submissions : sequence of str or Path
        Files and folders (see `submissions_in`).
    exercises : sequence of str, Path or Exercise
        By name, by file, or themselves.
    folder : str or Path
        Where results go; it is created if necessary.
    points : mapping of str to float, optional
        The most points of an exercise, in place of its own.
    seed : int, optional
        Of the numbers on which code is tried. By default that of the folder; drawn when it is new, and
        so nowhere written before.
    hints : int
        How many hints the texts in ``feedback`` give, from 0 to 4.

    Raises
    ------
    TeachrnnError
        If there is nothing to grade, an exercise does not exist, or the folder cannot be written to.

    Attributes
    ----------
    results : list of Graded
        What has been judged so far.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> _ = (folder / "ada.py").write_text("# nothing yet")
    >>> grading = Grading([folder / "ada.py"], ["tanh-gradient"], folder=folder / "graded")
    >>> len(grading.tasks), grading.results
    (1, [])
    """

    def __init__(
        self,
        submissions: Sequence[str | Path],
        exercises: Sequence[str | Path | Exercise],
        *,
        folder: str | Path,
        points: Mapping[str, float] | None = None,
        seed: int | None = None,
        hints: int = 1,
    ) -> None:
        self.folder, self.hints = Path(folder), hints
        self.exercises = [Exercise.find(which) for which in exercises]
        names = [exercise.name for exercise in self.exercises]
        if not names or len(set(names)) < len(names):
            given = ", ".join(names) or "none"
            raise DomainError(f"each exercise must be named once, and one at least; given: {given}.")
        own = dict(points or {})
        for name, most in own.items():
            if name not in names:
                raise DomainError(f"there are points for {name!r}, but graded are: {', '.join(names)}.")
            if not isfinite(most) or most < 0:
                raise DomainError(f"the points of {name} are {most} but must be a number from 0.")
        files = submissions_in(submissions)
        make_folder(self.folder / JUDGEMENTS)
        make_folder(self.folder / FEEDBACK)
        with Claim(self.folder):
            self.seed = self._opened(seed, names)
        self.tasks = [
            GradingTask.of(
                name,
                path,
                exercise,
                seed=self.seed,
                maximum=float(own.get(exercise.name, exercise.points)),
                folder=(self.folder / JUDGEMENTS).absolute(),
            )
            for name, path in files.items()
            for exercise in self.exercises
        ]
        self.results: list[Graded] = []

    def run(self, engine: Engine) -> Iterator[Graded]:
        """Judge what has not been judged; then write the tables.

        Parameters
        ----------
        engine : Engine
            Where the judges run.

        Yields
        ------
        Graded
            Each result: first those that were kept, then the others as they finish.

        Raises
        ------
        FolderInUseError
            If another grading is running in the folder.
        """
        with Claim(self.folder):
            self.results = []
            left = []
            for task in self.tasks:
                kept = task.done_before()
                if kept is None:
                    left.append(task)
                else:
                    self.results.append(kept)
                    yield kept
            for result in engine.run(grade, left):
                self.results.append(result)
                yield result
            self.save()

    @property
    def table(self) -> ClassTable:
        """What has been judged so far, in the order of the submissions."""
        order = {task.key: i for i, task in enumerate(self.tasks)}
        results = sorted(self.results, key=lambda graded: order[graded.key])
        return ClassTable([exercise.name for exercise in self.exercises], results)

    def save(self) -> None:
        """Write the tables, the page, and the texts for the authors.

        Raises
        ------
        FileFormatError
            If the folder cannot be written to.
        """
        table = self.table
        write_atomically(self.folder / "table.csv", table.csv().encode("utf-8", "replace"))
        save_json(self.folder / "table.json", {"seed": self.seed, **table.to_dict(hints=self.hints)})
        write_atomically(self.folder / "class.html", class_page(table).encode("utf-8", "replace"))
        for row in table.rows:
            text = "\n\n".join(graded.feedback(self.hints) for graded in row.graded) + "\n"
            write_atomically(
                self.folder / FEEDBACK / _file_name(row.submission), text.encode("utf-8", "replace")
            )

    def _opened(self, seed: int | None, names: list[str]) -> int:
        """The seed of the folder, which is drawn if it has none."""
        path = self.folder / RECORD
        if seed is None and path.exists():
            seed = load_json(GradingRecord, path, advice="delete it to draw another seed.").seed
        if seed is None:
            seed = secrets.randbelow(2**31)
        save_json(path, pack(GradingRecord(seed, exercises=names))[0])
        return seed


def _file_name(submission: str) -> str:
    """A file name for a submission: its own where that is one, else with what tells it from others."""
    plain = submission.replace("/", "-")
    if plain == submission and len(plain) < MAX_NAME:
        return f"{plain}.txt"
    digest = hashlib.sha256(submission.encode("utf-8", "surrogateescape")).hexdigest()
    return f"{plain[:MAX_NAME]}-{digest[:8]}.txt"
