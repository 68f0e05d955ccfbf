"""Exercises in which the gradient of an operation is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from teachrnn.diagnosis.diagnosis import Diagnosis
from teachrnn.diagnosis.operations import OperationAnswer, OperationCase, diagnose_operation
from teachrnn.errors import SubmissionError
from teachrnn.exercises.compared import written
from teachrnn.exercises.diagnosed import judgement_of
from teachrnn.exercises.handed_in import HandedInAttempt
from teachrnn.exercises.judgement import Judgement
from teachrnn.exercises.kinds.kind import ExerciseKind
from teachrnn.exercises.program import program_file
from teachrnn.op import OPS
from teachrnn.submission.called_by_name import FunctionsApart, FunctionsHere

if TYPE_CHECKING:
    from teachrnn.exercises.exercise import Exercise


@dataclass(frozen=True)
class OperationExercise(ExerciseKind):
    """The gradient of an operation, as a function whose arguments the exercise fixes.

    Attributes
    ----------
    op : str
        Which operation.
    function : str
        What the function is called.
    arguments : list of str
        What it is called with, in order: letters of the operation's inputs and output, and the
        gradient that arrives, ``dy`` for an output y.
    returns : list of str
        Of which inputs it returns the gradients, in order.
    rows : bool
        Whether arrays have a row for each example; otherwise it takes a single one.
    """

    name = "operation"

    op: str
    function: str
    arguments: list[str]
    returns: list[str]
    rows: bool = True

    def complaints(self, exercise: Exercise) -> Iterator[str]:
        yield from super().complaints(exercise)
        op = OPS.find(self.op)
        known = [*op.inputs, op.output, f"d{op.output}"]
        for argument in self.arguments:
            if argument not in known:
                yield f"[judge] `arguments` has {argument!r}, but {self.op} has {', '.join(known)}."
        for name in self.returns:
            if op.gradient_methods.get(name) is None:
                yield f"[judge] `returns` has {name!r}, of which {self.op} has no gradient."

    def judged(
        self, exercise: Exercise, attempt: HandedInAttempt, *, isolated: bool, seed: int
    ) -> Judgement:
        op = OPS.find(self.op)
        with program_file(exercise, attempt) as path:
            functions = (FunctionsApart if isolated else FunctionsHere)(path)
            try:
                found = diagnose_operation(
                    lambda case: self._answer(functions.call, case),
                    op,
                    draw=lambda N, sizes, seed: OperationCase.draw(
                        op, N=N if self.rows else 1, sizes=sizes, seed=seed
                    ),
                    seed=seed,
                )
            finally:
                functions.close()
        judgement = judgement_of(exercise, found, without=["forward pass"], remarks=attempt.remarks)
        judgement = self._with_numbers(judgement, found)
        turned = [said.partition(":")[0] for said in found.remarks if "is transposed:" in said]
        return replace(judgement, mistakes=list(dict.fromkeys([*judgement.mistakes, *turned])))

    def _with_numbers(self, judgement: Judgement, found: Diagnosis) -> Judgement:
        """With the call of the smallest case written out, in the learner's own arguments."""
        smallest = found.smallest
        if smallest is None or not isinstance(smallest.instance, OperationCase) or judgement.right:
            return judgement
        values = self._values(smallest.instance)
        called = ", ".join(
            f"{name} = {written(self._seen(values[name], shared=name in smallest.instance.op.shared))}"
            for name in self.arguments
        )
        said = f"{judgement.smallest} There, {called}."
        hints = [said if hint == judgement.smallest else hint for hint in judgement.hints]
        return replace(judgement, smallest=said, hints=hints)

    def _values(self, case: OperationCase) -> Mapping[str, Any]:
        return {**case.arrays, case.op.output: case.y, f"d{case.op.output}": case.dy}

    def _answer(self, call: Any, case: OperationCase) -> OperationAnswer:
        """Call the function on a case, and hold what it returns against the shapes."""
        op = case.op
        values = self._values(case)
        given = [self._seen(values[a], shared=a in op.shared) for a in self.arguments]
        returned, _ = call(self.function, *given)
        alone = len(self.returns) == 1 and returned is not None and not isinstance(returned, tuple)
        found = [returned] if alone else returned
        if not isinstance(found, tuple | list) or len(found) != len(self.returns):
            raise SubmissionError(f"{self.function} must return {self._wanted()}{_is(returned)}.")
        gradients, remarks = {}, []
        for name, gradient in zip(self.returns, found, strict=True):
            right = case.gradients[name]
            try:
                own = np.asarray(gradient, dtype=float)
            except (TypeError, ValueError):
                raise SubmissionError(
                    f"{self.function} must return {self._wanted()}{_is(gradient)}."
                ) from None
            shape = self._seen(right, shared=name in op.shared).shape
            if own.shape != shape:
                turned = f"d{name} is transposed: it" if own.shape == shape[::-1] else f"d{name}"
                remarks.append(f"{turned} has shape {own.shape} but must have {shape}, that of {name}.")
                own = np.full(shape, np.nan)
            gradients[name] = own.reshape(right.shape)
        return OperationAnswer(gradients, None, remarks)

    def _seen(self, array: Any, *, shared: bool) -> np.ndarray[Any, Any]:
        """An array as the learner has it: without the axis of the rows, if there is a single one."""
        array = np.asarray(array)
        return array if self.rows or shared else array[0]

    def _wanted(self) -> str:
        return ", ".join(f"d{name}" for name in self.returns)


def _is(returned: Any) -> str:
    if returned is None:
        return ", but returns nothing: is a return missing?"
    if isinstance(returned, tuple | list):
        return f", but returns {len(returned)} values"
    return f", but returns a {type(returned).__name__}"
