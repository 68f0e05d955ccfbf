"""Exercises in which an optimizer's update is written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from teachrnn.checking.check_backward import diagnose_parts
from teachrnn.errors import SubmissionError
from teachrnn.exercises.diagnosed import judgement_of
from teachrnn.exercises.handed_in import HandedInAttempt
from teachrnn.exercises.judgement import Judgement
from teachrnn.exercises.kinds.kind import ExerciseKind
from teachrnn.exercises.program import program_file
from teachrnn.optimizers import Optimizer
from teachrnn.submission.isolated_program import IsolatedProgram
from teachrnn.submission.parts import FailedPart, parts_in

if TYPE_CHECKING:
    from teachrnn.exercises.exercise import Exercise


@dataclass(frozen=True)
class UpdateExercise(ExerciseKind):
    """One update of an optimizer, in whatever layout: a function or a class.

    Attributes
    ----------
    optimizer : str
        Which optimizer; the function or class has it in its name.
    """

    name = "update"

    optimizer: str

    def complaints(self, exercise: Exercise) -> Iterator[str]:
        yield from super().complaints(exercise)
        Optimizer.find(self.optimizer)

    def judged(
        self, exercise: Exercise, attempt: HandedInAttempt, *, isolated: bool, seed: int
    ) -> Judgement:
        with program_file(exercise, attempt) as path:
            if isolated:
                with IsolatedProgram(path) as program:
                    found = diagnose_parts(self._own(program.parts), seed=seed)
            else:
                parts = parts_in(path, chosen=dict.fromkeys(("forward", "backward", "loss")))
                found = diagnose_parts(self._own(parts), seed=seed)
        return judgement_of(exercise, found, remarks=attempt.remarks)

    def _own(self, parts: Any) -> list[Any]:
        """Of the parts of a program, the update that is asked for."""
        own = [part for part in parts if getattr(part, "optimizer", None) == self.optimizer]
        if not own:
            failed = [part.error for part in parts if isinstance(part, FailedPart)]
            raise SubmissionError(
                "\n".join([f"no update of {self.optimizer} was found: is that in its name?", *failed])
            )
        return own[:1]
