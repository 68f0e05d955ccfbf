"""Exercises in which a function is written, and compared with the solution on drawn cases."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from teachrnn.errors import FileFormatError, SubmissionError
from teachrnn.exercises.compared import same, written
from teachrnn.exercises.handed_in import HandedInAttempt
from teachrnn.exercises.judgement import Judgement
from teachrnn.exercises.kinds.kind import ExerciseKind
from teachrnn.exercises.ladder import ladder
from teachrnn.exercises.program import program, program_file
from teachrnn.exercises.stopped import was_stopped
from teachrnn.submission.called_by_name import CalledByName, FunctionsApart, FunctionsHere

if TYPE_CHECKING:
    from teachrnn.exercises.exercise import Exercise

AT_A_SIZE = 6
"""How many cases are drawn at each size."""


@dataclass(frozen=True, eq=False)
class _Case:
    """One case: how it is drawn, what the function is called with, and what is right."""

    size: int
    arguments: list[Any]
    right: Any


@dataclass(frozen=True)
class FunctionExercise(ExerciseKind):
    """A function, whose results are compared with those of the solution.

    Attributes
    ----------
    function : str
        What it is called.
    draw : str
        The code of a function ``draw(rng, size)`` that returns the arguments of a case, as a tuple. Size
        1 is the smallest case that there is; cases of all sizes are tried, the smallest first.
    sizes : int
        The largest size.
    tolerance : float
        What numbers may differ by, relative to the largest; 0 for whole numbers.
    writes : list of int
        Which arguments it writes into, counted from 0: what becomes of them counts as returned.
    """

    name = "function"

    function: str
    draw: str
    sizes: int = 4
    tolerance: float = 1e-9
    writes: list[int] | None = None

    def complaints(self, exercise: Exercise) -> Iterator[str]:
        yield from super().complaints(exercise)
        if not 1 <= self.sizes <= 50:
            yield f"[judge] `sizes` is {self.sizes} but must be a whole number from 1 to 50."
        if self.function not in _run(exercise.given + "\n" + exercise.solution, "the solution"):
            yield f"the solution defines no function {self.function!r}, which [judge] names."
        drawn = self._draw(np.random.default_rng(0), 1)
        if not isinstance(drawn, tuple):
            yield f"[judge] `draw` must return the arguments as a tuple, not {type(drawn).__name__}."

    @cached_property
    def _draw(self) -> Any:
        defined = _run(self.draw, "[judge] `draw`")
        if not callable(defined.get("draw")):
            raise FileFormatError("[judge] `draw` must define a function draw(rng, size).")
        return defined["draw"]

    def judged(
        self, exercise: Exercise, attempt: HandedInAttempt, *, isolated: bool, seed: int
    ) -> Judgement:
        cases = self._cases(exercise, seed)
        with program_file(exercise, attempt) as path:
            functions: CalledByName = (FunctionsApart if isolated else FunctionsHere)(path)
            try:
                answers = self._answers(functions, cases)
            finally:
                functions.close()
        fine = [same(own, case.right, self.tolerance) for own, case in zip(answers, cases, strict=True)]
        parts = {
            f"size {size}": all(ok for ok, case in zip(fine, cases, strict=True) if case.size == size)
            for size in range(1, self.sizes + 1)
        }
        if all(fine):
            said = f"Right: on {len(cases)} cases it returns what the solution returns."
            return Judgement(exercise.name, "right", 1.0, parts, said, remarks=list(attempt.remarks))
        found = self._smallest(cases, answers, fine)
        mistakes = self._mistakes(exercise, cases, answers)
        smallest = self._said(found, answers[cases.index(found)])
        return Judgement(
            exercise.name,
            "wrong",
            sum(fine) / len(fine),
            parts,
            f"It is wrong on {len(fine) - sum(fine)} of {len(fine)} cases.{_turning_point(parts)}",
            mistakes,
            ladder(exercise, self._rungs(parts, smallest, mistakes)),
            smallest,
            list(attempt.remarks),
        )

    # Inside ------------------------------------------------------------------------------------

    def _cases(self, exercise: Exercise, seed: int) -> list[_Case]:
        solution = _run(exercise.given + "\n" + exercise.solution, "the solution")[self.function]
        cases = []
        for size in range(1, self.sizes + 1):
            for i in range(AT_A_SIZE):
                rng = np.random.default_rng([seed, size, i])
                arguments = list(self._draw(rng, size))
                cases.append(_Case(size, arguments, self._result(solution, arguments)))
        return cases

    def _result(self, function: Any, arguments: list[Any]) -> Any:
        """What a function of the exercise's own gives: a list, if it writes into its arguments too."""
        import copy

        own = copy.deepcopy(arguments)
        with np.errstate(all="ignore"):
            returned = function(*own)
        return self._with_written(returned, own)

    def _with_written(self, returned: Any, after: list[Any]) -> Any:
        return [after[i] for i in self.writes] if self.writes else returned

    def _answers(self, functions: CalledByName, cases: list[_Case]) -> list[Any]:
        """What the learner's function gives, case by case; an error on the first case is raised."""
        answers: list[Any] = []
        for case in cases:
            try:
                returned, after = functions.call(self.function, *case.arguments)
            except SubmissionError as error:
                if not answers:
                    raise SubmissionError(f"{error}\n{self._call(case)}") from error
                if was_stopped(str(error)):
                    raise
                answers.append(_Failure(str(error)))
                continue
            answers.append(self._with_written(returned, after))
        return answers

    def _smallest(self, cases: list[_Case], answers: list[Any], fine: list[bool]) -> _Case:
        """Of the wrong cases of the smallest size, the one that is written shortest."""
        wrong = [case for case, ok in zip(cases, fine, strict=True) if not ok]
        size = min(case.size for case in wrong)
        return min((c for c in wrong if c.size == size), key=lambda c: len(self._call(c)))

    def _call(self, case: _Case) -> str:
        return f"{self.function}({', '.join(map(written, case.arguments))})"

    def _said(self, case: _Case, own: Any) -> str:
        if isinstance(own, _Failure):
            return f"{self._call(case)} should give {written(case.right)}. {own.said}"
        what = "should leave" if self.writes else "should be"
        does = "leaves" if self.writes else "is"
        return f"{self._call(case)} {what} {written(case.right)} and {does} {written(own)}."

    def _mistakes(self, exercise: Exercise, cases: list[_Case], answers: list[Any]) -> list[str]:
        """The distractors that give the same numbers on every case."""
        found = []
        for distractor in exercise.distractors:
            code = program(exercise, HandedInAttempt(exercise.mistaken(distractor)))
            wrong = _run(code, "the distractor")[self.function]
            for case, own in zip(cases, answers, strict=True):
                try:
                    given = self._result(wrong, case.arguments)
                except Exception as error:
                    given = _Failure(type(error).__name__)
                    if not (isinstance(own, _Failure) and given.said in own.said):
                        break
                    continue
                if not same(own, given, self.tolerance):
                    break
            else:
                found.append(distractor.name)
        return list(dict.fromkeys(found))

    def _rungs(self, parts: dict[str, bool], smallest: str, mistakes: list[str]) -> dict[int, str]:
        wrong = [name for name, fine in parts.items() if not fine]
        fine = [name for name, fine in parts.items() if fine]
        where = f"It is wrong at {', '.join(wrong)}" + (
            f", and right at {', '.join(fine)}." if fine else "."
        )
        said = {1: where, 2: smallest}
        if mistakes:
            said[4] = f"Your results equal those of this mistake, case by case: {mistakes[0]}."
        return said


@dataclass(frozen=True)
class _Failure:
    """What a call came to that returned nothing."""

    said: str


def _turning_point(parts: dict[str, bool]) -> str:
    """From which size on it is wrong."""
    sizes = list(parts)
    first = next(i for i, fine in enumerate(parts.values()) if not fine)
    return f" It passes at {sizes[first - 1]} and fails at {sizes[first]}." if first else ""


def _run(code: str, what: str) -> dict[str, Any]:
    """The names that code of the exercise's own defines."""
    names: dict[str, Any] = {"np": np, "__name__": "exercise"}
    try:
        exec(compile(code, what, "exec"), names)
    except Exception as error:
        raise FileFormatError(f"{what} cannot be run: {type(error).__name__}: {error}") from error
    return names
