"""What an operation of a student's gives on a case, in one reading of its code."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from teachrnn.array import Array
from teachrnn.diagnosis.operations import OperationCase
from teachrnn.submission.limits import StudentError
from teachrnn.submission.operations.operation_code import OperationCode
from teachrnn.submission.operations.operation_run import OperationReading, OperationRun


@dataclass(frozen=True, eq=False)
class OperationReply:
    """What came back, in our names and axes.

    Attributes
    ----------
    run : OperationRun
        The calls.
    value : ndarray or None
        What goes forward; None where there is no forward function.
    gradients : dict
        By our names of the inputs; NaN where one has a shape that cannot be read.
    problems : dict of str to str
        What is odd about the shape of a gradient, a sentence for each input of which something is.
    """

    run: OperationRun
    value: Array | None
    gradients: dict[str, Array]
    problems: dict[str, str]


def reply(code: OperationCode, reading: OperationReading, case: OperationCase) -> OperationReply:
    """Call an operation, forward and backward.

    Parameters
    ----------
    code : OperationCode
        Its functions.
    reading : OperationReading
        How they are called.
    case : OperationCase
        With which numbers.

    Returns
    -------
    OperationReply
        What came back.

    Raises
    ------
    StudentError
        If a function fails, or returns what cannot be read.
    """
    run = OperationRun(code, reading, case)
    value, output = run.forward(), None
    layout = reading.layout
    if code.forward is not None:
        try:
            output = layout.output(case, value)
        except (TypeError, ValueError) as error:
            raise StudentError(f"what {code.forward.name} returns {error}") from error
        output = _as_ours(reading, case, output)
    gradients: dict[str, Array] = {}
    problems: dict[str, str] = {}
    for name, given in run.gradients(run.backward()).items():
        try:
            found = layout.gradient(case, name, given)
        except (TypeError, ValueError) as error:
            problems[name] = f"the gradient of {name} {error}."
            gradients[name] = np.full(case.arrays[name].shape, np.nan)
            continue
        shape = np.shape(layout.encode(case, name))
        if np.shape(given) != shape:
            problems[name] = (
                f"the gradient of {name} has shape {np.shape(given)}, and {name} has {shape}: "
                "the same numbers, but added to each other they would spread out."
            )
        shares = reading.mean and name in reading.op.shared
        gradients[name] = found * case.N if shares else found
    return OperationReply(run, output, gradients, problems)


def _as_ours(reading: OperationReading, case: OperationCase, output: Array) -> Array:
    """A sum or mean over the batch, in place of what it is of; differing if it is not that."""
    right = reading.layout.value(case)
    if output.shape == case.y.shape and right is case.y:
        return output
    return case.y + (float(output) - float(right)) / (reading.layout.factor(case.N) * case.N)
