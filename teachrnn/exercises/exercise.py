"""An exercise as its file holds it: text, starting code, solution, distractors, hints, and its judge.

The types below are the schema of the file.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from teachrnn.errors import FileFormatError, NameLookupError, TeachrnnError
from teachrnn.files import unpack

if TYPE_CHECKING:
    from teachrnn.exercises.kinds.kind import ExerciseKind

FOLDER = files("teachrnn.exercises") / "library"
"""Every TOML file in it is an exercise."""

RUNGS = ("where", "the smallest failing case", "the formula", "the idea of the line")
"""The ladder of hints, from the first rung."""

ADVICE = 'how an exercise is written is said in the documentation, under How-to, "Write an exercise".'


@dataclass(frozen=True)
class Distractor:
    """A wrong solution, which the judge must detect.

    Attributes
    ----------
    why : str
        What went wrong, as the learner would say it: "squashed twice".
    by : str
        What stands instead of a piece of the solution; of a prediction, the wrong answer.
    replace : str
        That piece, which occurs in the solution once.
    named : str
        What the judge calls it: the name of a mistake of the diagnosis. By default its ``why``.
    """

    why: str
    by: str
    replace: str = ""
    named: str = ""

    @property
    def name(self) -> str:
        """What the judge calls it."""
        return self.named or self.why


@dataclass(frozen=True)
class WrittenHint:
    """A hint of the exercise's own.

    Attributes
    ----------
    rung : int
        From 1 to 4: where, the smallest failing case, the formula, the idea of the line.
    text : str
        What is said, in Markdown.
    instead : bool
        Whether it is said also where the judge can say something of the attempt itself; otherwise it
        is for those who have no attempt yet, and for attempts of which nothing is known.
    """

    rung: int
    text: str
    instead: bool = False


@dataclass(frozen=True)
class Exercise:
    """An exercise.

    Attributes
    ----------
    name : str
        The name of its file.
    title : str
        What it is called.
    kind : str
        What is handed in: "operation", "network", "update", "function", "order" or "prediction".
    text : str
        The task, in Markdown with formulas between dollar signs.
    difficulty : int
        From 1 to 5.
    minutes : int
        How long it takes.
    points : float
        How many it is worth, unless the instructor says otherwise.
    needed_later : bool
        Whether later exercises or tutorials build on it.
    course : str
        Its place in the course: "T4b E1".
    given : str
        Code that the learner may use, and need not hand in.
    starting : str
        The code that the learner begins with.
    solution : str
        The code that is right.
    distractors : list of Distractor
        Wrong solutions.
    hints : list of WrittenHint
        Hints that it brings itself.
    solution_after : int
        After how many attempts, each of them changed, the learner may see the solution; 0 for never.
    judge : dict
        The fields of its kind, such as ``{"op": "Tanh"}``.

    Examples
    --------
    >>> Exercise.find("tanh-gradient").title
    'The gradient of tanh'
    """

    name: str
    title: str
    kind: str
    text: str
    difficulty: int
    minutes: int
    points: float = 1.0
    needed_later: bool = False
    course: str = ""
    given: str = ""
    starting: str = ""
    solution: str = ""
    distractors: list[Distractor] = field(default_factory=list)
    hints: list[WrittenHint] = field(default_factory=list)
    solution_after: int = 3
    judge: dict[str, Any] = field(default_factory=dict)

    @property
    def judged_by(self) -> ExerciseKind:
        """Its kind, with the fields of its own."""
        from teachrnn.exercises.kinds import ExerciseKind

        return ExerciseKind.of(self)

    @property
    def file_name(self) -> str:
        """What the file is called in which it is written."""
        return f"{self.name.replace('-', '_')}.py"

    def mistaken(self, distractor: Distractor) -> str:
        """The solution with a distractor in it.

        Parameters
        ----------
        distractor : Distractor
            One of its own.

        Returns
        -------
        str
            Code, or an answer.
        """
        if not distractor.replace:
            return distractor.by
        return self.solution.replace(distractor.replace, distractor.by)

    @classmethod
    def find(cls, which: str | Path | Exercise) -> Exercise:
        """An exercise, by its name or its file.

        Parameters
        ----------
        which : str, Path or Exercise
            The name of one that teachrnn comes with; a file of your own; or the exercise itself.

        Returns
        -------
        Exercise
            The exercise.

        Raises
        ------
        NameLookupError
            If there is none of that name, with those that there are.
        FileFormatError
            If the file cannot be read as an exercise.
        """
        if isinstance(which, Exercise):
            return which
        if isinstance(which, Path) or which.endswith(".toml"):
            return load_exercise(which)
        if which not in _names():
            names = ", ".join(exercise.name for exercise in _all())
            raise NameLookupError(
                f"there is no exercise {which!r}; there are: {names}. The name of your own file ends in "
                '".toml".'
            )
        return _own(which)

    @classmethod
    def all(cls) -> list[Exercise]:
        """Every exercise that teachrnn comes with, in the order of the course.

        Returns
        -------
        list of Exercise
            The exercises.

        Examples
        --------
        >>> "bptt" in [exercise.name for exercise in Exercise.all()]
        True
        """
        return list(_all())

    @classmethod
    def from_toml(cls, text: str, *, name: str) -> Self:
        """Read an exercise from text.

        Parameters
        ----------
        text : str
            TOML; the how-to "Write an exercise" says what is in it.
        name : str
            The exercise's name.

        Returns
        -------
        Exercise
            The exercise, found to be complete.

        Raises
        ------
        FileFormatError
            Naming the field, what was given and what is needed.
        """
        try:
            plain = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise FileFormatError(f"the exercise {name!r} is not TOML: {error}; {ADVICE}") from error
        if "name" in plain:
            raise FileFormatError(
                f"the exercise {name!r}: `name` is not written in the file; it is the name of the file."
            )
        try:
            found = unpack(cls, {"name": name, **plain})
            complaints = list(found._complaints())
        except TeachrnnError as error:
            raise FileFormatError(f"the exercise {name!r}: {error}; {ADVICE}") from error
        if complaints:
            lines = "\n".join(f"the exercise {name!r}: {complaint}" for complaint in complaints)
            raise FileFormatError(lines)
        return found

    def _complaints(self) -> Any:
        """What is not as it must be, a sentence each."""
        if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", self.name):
            yield "its name must be small letters, digits and hyphens: it stands in addresses."
        for what in ("title", "text"):
            if not getattr(self, what).strip():
                yield f"`{what}` is empty."
        if not 1 <= self.difficulty <= 5:
            yield f"`difficulty` is {self.difficulty} but must be a whole number from 1 to 5."
        if not 1 <= self.minutes <= 240:
            yield f"`minutes` is {self.minutes} but must be a whole number from 1 to 240."
        if not 0 < self.points < float("inf"):
            yield f"`points` is {self.points} but must be a number above 0."
        if self.solution_after < 0:
            yield f"`solution_after` is {self.solution_after} but must be at least 0."
        for i, hint in enumerate(self.hints, 1):
            if not 1 <= hint.rung <= len(RUNGS):
                yield f"the rung of hint {i} is {hint.rung} but must be one of 1 to {len(RUNGS)}."
        seen: set[str] = set()
        for distractor in self.distractors:
            count = self.solution.count(distractor.replace) if distractor.replace else 0
            if count != 1 and (distractor.replace or self.kind != "prediction"):
                yield (
                    f"the distractor {distractor.why!r} replaces {distractor.replace!r}, which must "
                    f"occur once in the solution and occurs {count} times."
                )
            if distractor.why in seen:
                yield f"two distractors are called {distractor.why!r}."
            seen.add(distractor.why)
        yield from self.judged_by.complaints(self)


def load_exercise(path: str | Path) -> Exercise:
    """Read an exercise from a file of your own.

    Parameters
    ----------
    path : str or Path
        A file of TOML; the how-to "Write an exercise" says what is in it. Its name, without
        the ending, is the exercise's name.

    Returns
    -------
    Exercise
        The exercise.

    Raises
    ------
    FileFormatError
        If the file cannot be read, or is no exercise: the message names the field, what was given and
        what is needed.

    Examples
    --------
    >>> load_exercise(str(FOLDER / "bptt.toml")) == Exercise.find("bptt")
    True
    """
    path = Path(path)
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        said = getattr(error, "strerror", None) or error
        raise FileFormatError(f"cannot read {path}: {said}.") from error
    return Exercise.from_toml(text, name=path.stem)


@cache
def _all() -> tuple[Exercise, ...]:
    return tuple(sorted(map(_own, _names()), key=lambda one: (_place(one.course), one.name)))


@cache
def _own(name: str) -> Exercise:
    """One of those that teachrnn comes with: reading a file runs what is in it, so only this one is."""
    with as_file(FOLDER / f"{name}.toml") as path:
        return load_exercise(path)


@cache
def _names() -> frozenset[str]:
    files_of_exercises = (item.name for item in FOLDER.iterdir())
    return frozenset(name[:-5] for name in files_of_exercises if name.endswith(".toml"))


def _place(course: str) -> tuple[int, str, str]:
    """A place in the course as it is sorted: T2 before T10, T4 before T4b."""
    parts = re.fullmatch(r"T(\d+)(\w*)(.*)", course)
    return (int(parts[1]), parts[2], parts[3]) if parts else (1000, course, "")
