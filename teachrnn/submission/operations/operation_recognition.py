"""Find out which operation a student's code is, and how it is called, by trying."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from time import process_time
from typing import Any

import numpy as np

from teachrnn.array import Array
from teachrnn.diagnosis.operations import OperationCase
from teachrnn.diagnosis.operations.operation_case import DIFFERENT
from teachrnn.diagnosis.site import is_squashing
from teachrnn.errors import SubmissionError
from teachrnn.submission.limits import HopelessError, StudentError
from teachrnn.submission.operations.operation_code import OperationCode
from teachrnn.submission.operations.operation_layout import OperationLayout
from teachrnn.submission.operations.operation_needs import OperationNeeds
from teachrnn.submission.operations.operation_reply import reply
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


def recognise_operation(code: OperationCode) -> RecognisedOperation:
    """Find out which operation it is and how it is called.

    Parameters
    ----------
    code : OperationCode
        Its functions.

    Returns
    -------
    RecognisedOperation
        The reading in which most is right.

    Raises
    ------
    SubmissionError
        Saying what could not be called or read.
    """
    failures: list[str] = []
    until = process_time() + SECONDS
    nearest: tuple[tuple[float, ...], RecognisedOperation] | None = None

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
        found = RecognisedOperation(code, reading, forward_right=right)
        own: list[str] = []
        share = found.with_backward(own)
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


class RecognisedOperation:
    """How an operation is called, and what was noticed when it was.

    Attributes
    ----------
    code : OperationCode
        Its functions.
    reading : OperationReading
        How they are called; `with_backward` completes it.
    forward_right : bool
        Whether the value is ours.
    dtype : dtype
        In which precision it computes.
    square : bool
        Whether it can be called with square matrices only.
    complete : bool
        Whether every gradient that it returns could be read.
    remark : str
        What was noticed, in a sentence; else empty.
    """

    def __init__(self, code: OperationCode, reading: OperationReading, *, forward_right: bool) -> None:
        self.code, self.reading, self.forward_right = code, reading, forward_right
        self.op = reading.op
        self.dtype: np.dtype[Any] = np.dtype(np.float64)
        self.square = self.complete = False
        self.remark = ""
        self._right: set[str] = set()

    def with_backward(self, failures: list[str]) -> float | None:
        """Choose how to call what goes back: the reading in which most gradients are right.

        Parameters
        ----------
        failures : list of str
            What the attempts came to is added to it.

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
            right_of: list[tuple[OperationReading, set[str]]] = []
            for reading in self._ways_back(square, failures):
                score = self._score(reading, square, failures)
                if score is None:
                    continue
                first = first or score
                right_of.append((reading, self._right))
                if best is None or score > best[0]:
                    best = score, reading
                if score[0] == score[1] > 0:
                    break
            if best is not None and best[0][0] > 0:
                self.reading, self.square = best[1], square
                self._note(best[0], first)
                self._note_scales(right_of)
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

    def _note_scales(self, right_of: list[tuple[OperationReading, set[str]]]) -> None:
        """Say so if one gradient is divided by the number of rows and another is not."""
        if self.reading.mean:
            return
        right = next(names for reading, names in right_of if reading == self.reading)
        mean = replace(self.reading, mean=True)
        if_mean = next((names for reading, names in right_of if reading == mean), right)
        summed, divided = sorted(right - if_mean), sorted(if_mean - right)
        if summed and divided:
            one, other = (", ".join(f"d{name}" for name in names) for names in (divided, summed))
            self.remark = (
                f"{one} is divided by the number of rows and {other} is not: if the mean of the loss "
                f"over the batch is taken here, {one} is right and {other} wrong."
            )

    def _ways_back(self, square: bool, failures: list[str]) -> Iterator[OperationReading]:
        case = needs_of(self.reading, square=square).draw(N=4, sizes=DIFFERENT, seed=11)
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
        read = right = refused = 0
        for N, seed in ((4, 11), (3, 12)):
            case = needs_of(reading, square=square).draw(N=N, sizes=DIFFERENT, seed=seed)
            try:
                answered = reply(self.code, reading, case)
            except HopelessError:
                raise
            except READS as error:
                failures.append(str(error))
                return None
            gradients = answered.gradients
            if not gradients:
                function = self.code.backward or self.code.forward
                assert function is not None
                failures.append(f"{function.name} returns nothing that could be a gradient")
                return None
            if reading.mean and len(self.op.shared) < 2:
                return None
            good = {n: _close(d, case.gradients[n]) for n, d in gradients.items()}
            read, right = len(gradients), sum(good.values())
            self._right = {n for n, is_right in good.items() if is_right}
            refused = sum(not np.isfinite(d).all() for d in gradients.values())
            arrays = [np.asarray(v) for v in _leaves(answered.run)]
            if any(a.dtype == np.float32 for a in arrays):
                self.dtype = np.dtype(np.float32)
        return read, right, -float(reading.mean), refused


def needs_of(reading: OperationReading, *, square: bool) -> OperationNeeds:
    """What a case has to be like: what arrives is 1, or 1 of the mean, where the code is not told.

    Parameters
    ----------
    reading : OperationReading
        How the code is called.
    square : bool
        Whether its matrices have to be square.

    Returns
    -------
    OperationNeeds
        The needs.
    """
    number, layout = not reading.op.shape_rule.output, reading.layout
    told = reading.takes_upstream and (layout.adds == "each" or not number)
    mean = number and layout.adds == "mean"
    arrives = "anything" if told or (not reading.back and not number) else "1/N" if mean else "1"
    return OperationNeeds(reading.op.__name__, layout.single, square, arrives)  # type: ignore[arg-type]


def _leaves(run: OperationRun) -> list[Any]:
    returned = run.returned
    return list(returned) if isinstance(returned, tuple) and not isinstance(returned[-1], tuple) else []


def _close(own: Array, right: Array) -> bool:
    size = float(np.abs(right).max(initial=0.0)) or 1.0
    return bool(np.abs(own - right).max(initial=0.0) <= 1e-5 * size)


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
        share = RecognisedOperation(code, reading, forward_right=True).with_backward(failures)
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
