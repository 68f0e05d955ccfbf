"""What a worker is sent: a submission and an exercise; and what it does with them."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter

from teachrnn import __version__
from teachrnn.errors import FileFormatError
from teachrnn.exercises import Exercise, Judgement, judge_attempt
from teachrnn.files import pack
from teachrnn.grading.graded import Graded
from teachrnn.grading.handed_in_file import attempt_in


@dataclass(frozen=True)
class GradingTask:
    """A submission to an exercise, to be judged by whichever worker is free.

    Attributes
    ----------
    submission : str
        Its name.
    path : Path
        Where it is.
    exercise : Exercise
        What it is judged by.
    seed : int
        Of the numbers on which it is tried.
    maximum : float
        The most points.
    kept : Path
        Where its judgement is kept.
    """

    submission: str
    path: Path
    exercise: Exercise
    seed: int
    maximum: float
    kept: Path

    @classmethod
    def of(
        cls, submission: str, path: Path, exercise: Exercise, *, seed: int, maximum: float, folder: Path
    ) -> GradingTask:
        """The task, with the place of its judgement: named after everything that it depends on.

        Parameters
        ----------
        submission, path, exercise, seed, maximum
            As above.
        folder : Path
            Where judgements are kept.

        Returns
        -------
        GradingTask
            What can be sent to a worker.
        """
        digest = hashlib.sha256()
        try:
            digest.update(path.read_bytes())
        except OSError as error:
            digest.update(str(error).encode())
        settings = [__version__, seed, path.suffix, pack(exercise)[0]]
        digest.update(json.dumps(settings, sort_keys=True).encode())
        name = f"{exercise.name}-{digest.hexdigest()[:32]}.json"
        return cls(submission, path, exercise, seed, maximum, folder / name)

    @property
    def key(self) -> tuple[str, str]:
        """Its submission and its exercise."""
        return (self.submission, self.exercise.name)

    def graded(self, judgement: Judgement, seconds: float = 0.0) -> Graded:
        """Its points.

        Parameters
        ----------
        judgement : Judgement
            What was found.
        seconds : float
            How long that took.

        Returns
        -------
        Graded
            The result, in points of at most two decimals, whose sum is what the table says.
        """
        points = round(judgement.points(self.maximum), 2)
        return Graded(self.submission, judgement, points, self.maximum, seconds)

    def done_before(self) -> Graded | None:
        """The judgement that is kept, if there is one that can be read.

        Returns
        -------
        Graded or None
            The result.
        """
        if not self.kept.exists():
            return None
        try:
            return self.graded(Judgement.load(self.kept))
        except FileFormatError:  # of another version, or damaged: it is judged again
            return None

    def failed(self, error: str) -> Graded:
        """The result if its worker died.

        Parameters
        ----------
        error : str
            How that happened.

        Returns
        -------
        Graded
            Without points.
        """
        said = f"It could not be judged: {error}."
        return self.graded(Judgement(self.exercise.name, "stopped", said=said))


def grade(task: GradingTask) -> Graded:
    """Judge a submission, and keep the judgement.

    Parameters
    ----------
    task : GradingTask
        The submission, and the exercise.

    Returns
    -------
    Graded
        Whatever the submission is or does.
    """
    began = perf_counter()
    try:
        attempt = attempt_in(task.path, task.exercise)
        found = judge_attempt(task.exercise, attempt, seed=task.seed)
        if attempt is None:
            where = f"behind a line '# exercise: {task.exercise.name}'"
            found = replace(found, said=f"No answer was found: it stands {where}.")
        found.save(task.kept)
    except FileFormatError:  # no room, most likely: nothing that a submission does
        raise
    except OSError as error:
        said = f"{task.path.name} cannot be read: {error.strerror or error}."
        found = Judgement(task.exercise.name, "not readable", said=said)
    except Exception as error:
        what = f"{type(error).__name__}: {error}"
        said = f"teachrnn itself failed on this submission ({what}): please report it."
        found = Judgement(task.exercise.name, "not readable", said=said)
    return task.graded(found, round(perf_counter() - began, 3))
