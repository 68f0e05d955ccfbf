"""What is handed in, and how it is judged: the base of the kinds of exercises."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from typing import TYPE_CHECKING, Self

from teachrnn.errors import FileFormatError
from teachrnn.exercises.handed_in import HandedInAttempt
from teachrnn.exercises.judgement import Judgement
from teachrnn.files import unpack
from teachrnn.part import Part
from teachrnn.registry import Registry

if TYPE_CHECKING:
    from teachrnn.exercises.exercise import Exercise

EXERCISE_KINDS = Registry["type[ExerciseKind]"]("kind of exercise")
"""Every kind, by its name: filled by defining subclasses of `ExerciseKind`."""


class ExerciseKind(Part, registry=EXERCISE_KINDS):
    """Base of the kinds of exercises: a dataclass whose fields are those of ``[judge]`` in the file.

    A subclass has a ``name``, its fields, and says in `judged` what it finds in an attempt.
    """

    is_code = True
    """Whether code is handed in; otherwise an answer."""

    @classmethod
    def of(cls, exercise: Exercise) -> Self:
        """The kind of an exercise, with the exercise's own fields.

        Parameters
        ----------
        exercise : Exercise
            The exercise.

        Returns
        -------
        ExerciseKind
            Its kind.

        Raises
        ------
        NameLookupError
            If there is no such kind, with those that there are.
        FileFormatError
            Naming the field of ``[judge]`` that is missing, unknown or of another type.
        """
        kind = cls.find(exercise.kind)
        try:
            return unpack(kind, exercise.judge)
        except FileFormatError as error:
            raise FileFormatError(f"[judge] {error}") from error

    def complaints(self, exercise: Exercise) -> Iterator[str]:
        """What the exercise lacks, or has and does not fit, for this kind.

        Parameters
        ----------
        exercise : Exercise
            The exercise.

        Yields
        ------
        str
            A sentence each.
        """
        if self.is_code:
            for what in ("starting", "solution"):
                if not getattr(exercise, what).strip():
                    yield f"`{what}` is empty, but the kind {exercise.kind!r} needs code there."

    def untouched(self, exercise: Exercise, attempt: HandedInAttempt) -> bool:
        """Whether nothing has been done yet.

        Parameters
        ----------
        exercise : Exercise
            The exercise.
        attempt : HandedInAttempt
            What was handed in.

        Returns
        -------
        bool
            The answer.
        """
        if self.is_code:
            return attempt.is_starting(exercise)
        answer = attempt.answer
        return answer is None or (isinstance(answer, str) and not answer.strip())

    @abstractmethod
    def judged(
        self, exercise: Exercise, attempt: HandedInAttempt, *, isolated: bool, seed: int
    ) -> Judgement:
        """What is found in an attempt that is neither empty nor the starting code.

        Parameters
        ----------
        exercise : Exercise
            The exercise.
        attempt : HandedInAttempt
            What was handed in.
        isolated : bool
            Whether the learner's code runs in a process of its own.
        seed : int
            Of the numbers on which it is tried.

        Returns
        -------
        Judgement
            What was found.

        Raises
        ------
        SubmissionError
            If the code could not be run or read.
        """
