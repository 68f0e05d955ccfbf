"""A student's operation as something that can be asked for its gradients on a case."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from time import process_time
from typing import Any, Self

import numpy as np

from teachrnn.array import Array
from teachrnn.diagnosis.operations import OperationAnswer, OperationCase
from teachrnn.diagnosis.operations.operation_case import DIFFERENT
from teachrnn.diagnosis.site import is_squashing
from teachrnn.errors import SubmissionError
from teachrnn.submission.limits import HopelessError, StudentError
from teachrnn.submission.operations.operation_code import OperationCode
from teachrnn.submission.operations.operation_layout import SAID, OperationLayout
from teachrnn.submission.operations.operation_needs import OperationNeeds
from teachrnn.submission.operations.operation_run import (
    OperationReading,
    OperationRun,
    agreement,
    backward_readings,
    forward_readings,
)

NEAR = 5e-4
"""A value is ours up to this, of its largest entry: in float32, or with a guard in a logarithm."""
SECONDS = 2.0
"""Of the processor, for one operation."""
READS = (AttributeError, IndexError, KeyError, TypeError, ValueError, StudentError)
"""What says that a reading does not fit."""


class OperationSubmission:
    """An operation of a student's, recognised.

    Attributes
    ----------
    op : type of Op
        Which it is.
    said : str
        Its functions, in words.
    dtype : dtype
        In which it computes.
    """

    def __init__(self, code: OperationCode, reading: OperationReading, *, forward_right: bool) -> None:
        self.code, self.reading, self.forward_right = code, reading, forward_right
        self.op, self.said = reading.op, code.said
        self.dtype: np.dtype[Any] = np.dtype(np.float64)
        self.square = self.complete = False
        self.remark = ""
        self._told: set[str] = set()

    @classmethod
    def of(cls, code: OperationCode) -> Self:
        """Find out which operation it is and how it is called.

        Parameters
        ----------
        code : OperationCode
            Its functions.

        Returns
        -------
        OperationSubmission
            What answers on a case.

        Raises
        ------
        SubmissionError
            Saying what could not be called or read.
        """
        failures: list[str] = []
        until = process_time() + SECONDS
        nearest: tuple[tuple[float, ...], Self] | None = None

        def likeliness(pair: tuple[OperationReading, bool]) -> tuple[int, bool]:
            reading, right = pair
            # One row alone hides what is wrong with a batch, and x for W what is wrong with one of them.
            return -right * agreement(reading.op, reading.inputs), reading.layout.single

        before: tuple[int, bool] | None = None
        failure = ""
        for reading, right in sorted(_readings(code, until, failures), key=likeliness):
            if nearest and nearest[1].complete and likeliness((reading, right)) != before:
                break
            before = likeliness((reading, right))
            found = cls(code, reading, forward_right=right)
            own: list[str] = []
            share = found._with_backward(own)
            if share is None:
                failure = failure or (own[-1] if own else "")
                continue
            if right and share == 1.0:
                return found
            rank = (right, found.complete, share)
            if nearest is None or rank > nearest[0]:
                nearest = rank, found
        if nearest is not None:
            return nearest[1]
        failure = failure or (failures[-1] if failures else "its arguments were not recognised")
        raise SubmissionError(f"{code.said} could not be called: {failure}")

    def draw(self, *, N: int, sizes: tuple[int, ...], seed: int) -> OperationCase:
        """Draw a case that the code can answer.

        Parameters
        ----------
        N, sizes, seed
            As `OperationCase.draw` has them; the code may take one row only.

        Returns
        -------
        OperationCase
            The numbers.
        """
        return self.needs.draw(N=N, sizes=sizes, seed=seed)

    @property
    def needs(self) -> OperationNeeds:
        """What a case has to be like."""
        return _needs(self.reading, square=self.square)

    def described(self) -> dict[str, Any]:
        """What it was recognised as, as JSON can hold it.

        Returns
        -------
        dict
            Its functions, needs and precision, and how it was read.
        """
        return {
            "said": self.said,
            "needs": vars(self.needs),
            "dtype": self.dtype.name,
            "sentences": self.sentences(),
        }

    def answer(self, case: OperationCase) -> OperationAnswer:
        """What the code gives on a case.

        Parameters
        ----------
        case : OperationCase
            Such as `draw` makes.

        Returns
        -------
        OperationAnswer
            In our names and axes.

        Raises
        ------
        SubmissionError
            Naming the function and the input that did it.
        """
        try:
            run, value, gradients, remarks = self._run(case)
        except StudentError as error:
            raise SubmissionError(f"on {case.said_sizes}: {error}") from error
        for name, (given, before) in run.given.items():
            if isinstance(given, np.ndarray) and not np.array_equal(given, before):
                remarks.append(f"the code writes into its argument `{name}`.")
        if self.remark:
            remarks.append(self.remark)
        return OperationAnswer(gradients, value, remarks)

    def sentences(self) -> list[str]:
        """How the code was read.

        Returns
        -------
        list of str
            A sentence each.
        """
        reading, layout = self.reading, self.reading.layout
        said = [f"Called: {self.said}. It is {self.op.__name__}, applied to {SAID[layout.lead]}."]
        if reading.inputs:
            named = "; ".join(
                f"`{theirs}` is {self._said(ours)}" for theirs, ours in reading.inputs.items()
            )
            said.append(f"{named}.")
        back = {n: w for n, w in reading.back.items() if w not in ("context", "cache")}
        words = {"arrives": f"d{self.op.output}, what arrives", "output": f"the output {self.op.output}"}
        if back and self.code.backward is not None:
            handed = "; ".join(
                f"`{n}` is {words.get(w, w.removeprefix('input ').removeprefix('kept '))}"
                for n, w in back.items()
            )
            said.append(f"Of {self.code.backward.name}, {handed}.")
        if not self.op.shape_rule.output:
            said.append({
                "mean": "The value is the mean over the batch.",
                "sum": "The value is the sum over the batch.",
                "each": "The value is a number for each row.",
            }[layout.adds])  # fmt: skip
        if reading.mean:
            said.append(
                "Gradients of what all rows share are divided by their number: the mean of the loss over"
                " the batch is taken there. They are compared with those of the mean."
            )
        return said

    # Inside ------------------------------------------------------------------------------------

    def _said(self, ours: str) -> str:
        array_axes = len(self.op.shape_rule.inputs[self.op.inputs.index(ours)])
        turned = array_axes == 2 and self.reading.layout.turned
        return f"{ours} transposed" if turned else ours

    def _run(
        self, case: OperationCase
    ) -> tuple[OperationRun, Array | None, dict[str, Array], list[str]]:
        run = OperationRun(self.code, self.reading, case)
        value, output = run.forward(), None
        layout, remarks = self.reading.layout, []
        if self.code.forward is not None:
            try:
                output = layout.output(case, value)
            except (TypeError, ValueError) as error:
                raise StudentError(f"what {self.code.forward.name} returns {error}") from error
            output = self._as_ours(case, output)
        gradients = {}
        for name, given in run.gradients(run.backward()).items():
            try:
                found = layout.gradient(case, name, given)
            except (TypeError, ValueError) as error:
                if name not in self._told:
                    self._told.add(name)
                    remarks.append(f"the gradient of {name} {error}.")
                gradients[name] = np.full(case.arrays[name].shape, np.nan)
                continue
            shape = np.shape(layout.encode(case, name))
            if np.shape(given) != shape and name not in self._told:
                self._told.add(name)
                remarks.append(
                    f"the gradient of {name} has shape {np.shape(given)}, and {name} has {shape}: "
                    "the same numbers, but added to each other they would spread out."
                )
            shares = self.reading.mean and name in self.op.shared
            gradients[name] = found * case.N if shares else found
        return run, output, gradients, remarks

    def _as_ours(self, case: OperationCase, output: Array) -> Array:
        """A sum or mean over the batch, in place of what it is of; differing if it is not that."""
        right = self.reading.layout.value(case)
        if output.shape == case.y.shape and right is case.y:
            return output
        return case.y + (float(output) - float(right)) / (self.reading.layout.factor(case.N) * case.N)

    def _with_backward(self, failures: list[str]) -> float | None:
        """Choose how to call what goes back: the reading in which most gradients are right.

        Returns
        -------
        float or None
            The share of the gradients that are right, of those that there should be; None if it cannot
            be called.
        """
        all_of_them = sum(d is not None for d in self.op.gradient_methods.values())
        for square in (False, True):
            best: tuple[tuple[float, ...], OperationReading] | None = None
            first: tuple[float, ...] | None = None
            for reading in self._ways_back(square, failures):
                score = self._score(reading, square, failures)
                if score is None:
                    continue
                first = first or score
                if best is None or score > best[0]:
                    best = score, reading
                if score[0] == score[1] > 0:
                    break
            if best is not None and best[0][0] > 0:
                self.reading, self.square = best[1], square
                self._note(best[0], first)
                read, right, _, refused = best[0]
                self.complete = not refused
                return right / (all_of_them if right < read or refused else read)
            if 2 not in map(len, self.op.shape_rule.inputs):
                break
        return None

    def _note(self, best: tuple[float, ...], first: tuple[float, ...] | None) -> None:
        back = self.reading.back
        if first is not None and best[1] > first[1] and is_squashing(self.op):  # type: ignore[arg-type]
            taken = [n for n, w in back.items() if w in ("output", f"input {self.op.inputs[0]}")]
            if taken and taken[0] not in self.reading.inputs:
                ends = ("comes out of", "goes into")
                right, wrong = ends if back[taken[0]] == "output" else reversed(ends)
                self.remark = (
                    f"it is right if `{taken[0]}` holds what {right} {self.op.__name__.lower()}; if "
                    f"that is what {wrong} it, it is wrong."
                )
        if self.square:
            self.remark = "where its matrix is not square, it fails: its shapes do not fit then."

    def _ways_back(self, square: bool, failures: list[str]) -> Iterator[OperationReading]:
        case = _needs(self.reading, square=square).draw(N=4, sizes=DIFFERENT, seed=11)
        run = OperationRun(self.code, self.reading, case, brief=True)
        try:
            run.forward()
        except READS as error:
            failures.append(str(error))
            return
        for back in backward_readings(self.code, self.reading, run):
            yield replace(self.reading, back=back)
            if self.op.shared:
                yield replace(self.reading, back=back, mean=True)

    def _score(
        self, reading: OperationReading, square: bool, failures: list[str]
    ) -> tuple[float, ...] | None:
        """How many gradients are read, and how many of them are right."""
        trial = type(self)(self.code, reading, forward_right=self.forward_right)
        read = right = refused = 0
        for N, seed in ((4, 11), (3, 12)):
            case = _needs(reading, square=square).draw(N=N, sizes=DIFFERENT, seed=seed)
            try:
                run, _, gradients, _ = trial._run(case)
            except HopelessError:
                raise
            except READS as error:
                failures.append(str(error))
                return None
            if not gradients:
                function = self.code.backward or self.code.forward
                assert function is not None
                failures.append(f"{function.name} returns nothing that could be a gradient")
                return None
            if reading.mean and len(self.op.shared) < 2:
                return None
            good = {n: _close(d, case.gradients[n]) for n, d in gradients.items()}
            read, right = len(gradients), sum(good.values())
            refused = sum(not np.isfinite(d).all() for d in gradients.values())
            arrays = [np.asarray(v) for v in _leaves(run)]
            if any(a.dtype == np.float32 for a in arrays):
                self.dtype = np.dtype(np.float32)
        return read, right, -float(reading.mean), refused


def _leaves(run: OperationRun) -> list[Any]:
    returned = run.returned
    return list(returned) if isinstance(returned, tuple) and not isinstance(returned[-1], tuple) else []


def _close(own: Array, right: Array) -> bool:
    size = float(np.abs(right).max(initial=0.0)) or 1.0
    return bool(np.abs(own - right).max(initial=0.0) <= 1e-5 * size)


def _needs(reading: OperationReading, *, square: bool) -> OperationNeeds:
    """What arrives is 1, or 1 of the mean, where the code is not told."""
    number, layout = not reading.op.shape_rule.output, reading.layout
    told = reading.takes_upstream and (layout.adds == "each" or not number)
    mean = number and layout.adds == "mean"
    arrives = "anything" if told or (not reading.back and not number) else "1/N" if mean else "1"
    return OperationNeeds(reading.op.__name__, layout.single, square, arrives)  # type: ignore[arg-type]


def _readings(
    code: OperationCode, until: float, failures: list[str]
) -> Iterator[tuple[OperationReading, bool]]:
    """The readings in which the forward function gives our numbers; then the likeliest others."""
    others: list[OperationReading] = []
    for op in code.operations:
        for layout in OperationLayout.every(op):
            for inputs in forward_readings(code, op, layout):
                if process_time() > until:
                    break
                reading = OperationReading(op, layout, inputs)
                if code.forward is None:
                    others.append(reading)
                    continue
                right = _forward_right(code, reading, failures)
                if right:
                    yield reading, True
                elif right is not None:
                    others.append(reading)
    if code.forward is None:
        yield from _without_forward(code, others, failures)
        return
    yield from ((reading, False) for reading in others[:20])


def _without_forward(
    code: OperationCode, readings: Sequence[OperationReading], failures: list[str]
) -> Iterator[tuple[OperationReading, bool]]:
    """For a derivative alone: layouts in which it is right, else the first that runs."""
    first: OperationReading | None = None
    for reading in readings:
        trial = OperationSubmission(code, reading, forward_right=True)
        share = trial._with_backward(failures)
        if share is not None:
            first = first or reading
            if share == 1.0:
                yield reading, True
                return
    if first is not None:
        yield first, True


def _forward_right(code: OperationCode, reading: OperationReading, failures: list[str]) -> bool | None:
    """Whether the value is ours, on two cases; None where it cannot be called or read."""
    right = True
    for N, sizes, seed in ((4, (4, 3, 5, 6), 1), (3, (2, 5, 3, 4), 2)):
        N = 1 if reading.layout.single else N
        case = OperationCase.draw(reading.op, N=N, sizes=sizes, seed=seed)
        run = OperationRun(code, reading, case, brief=True)
        try:
            value = reading.layout.output(case, run.forward())
        except HopelessError:
            raise
        except READS as error:
            failures.append(str(error))
            return None
        ours = reading.layout.value(case)
        if value.shape != ours.shape:
            return None
        size = float(np.abs(ours).max(initial=0.0)) or 1.0
        right = right and bool(np.abs(value - ours).max(initial=0.0) <= NEAR * size)
    return right
