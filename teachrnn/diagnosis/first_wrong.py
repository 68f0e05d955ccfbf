"""Where a wrong gradient first shows on the way back through time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from teachrnn.array import Array
from teachrnn.diagnosis.instance import Instance
from teachrnn.diagnosis.site import timeless
from teachrnn.op import Op


@dataclass(frozen=True)
class FirstWrong:
    """The first gradient of a pre-activation that is wrong, as the backward pass comes to it.

    Attributes
    ----------
    t : int
        The time step.
    values : list of str
        Whose gradients are wrong there: ``a``, or those of several gates.
    expected, given : ndarray
        The gradient of the first of them.
    right_after : int
        How many later steps, which the backward pass came to before, are right.
    """

    t: int
    values: list[str]
    expected: Array
    given: Array
    right_after: int


def first_wrong(instance: Instance, given: Mapping[str, Array], tolerance: float) -> FirstWrong | None:
    """Read the gradients of the pre-activations out of dU, and find the first that is wrong.

    With one sequence in which no symbol occurs twice, column $x_t$ of dU is the gradient of the
    pre-activation at the step t: nothing else adds to it.

    Parameters
    ----------
    instance : Instance
        One sequence, of symbols that are all different.
    given : mapping
        The student's gradients.
    tolerance : float
        What right code may differ by, in units of rounding.

    Returns
    -------
    FirstWrong or None
        None if all are right, or cannot be read.
    """
    if instance.B > 1 or len(set(instance.x.ravel().tolist())) < instance.T:
        return None
    wrong: dict[int, list[tuple[str, Array, Array]]] = {}
    for op, _ in instance.tape.steps:
        column = _column(op, given)
        if column is None or op.t is None:
            continue
        name, own = column
        right = instance.right.arrived(op)[0]
        if not np.abs(own - right).max() <= tolerance * instance.units[name]:
            wrong.setdefault(op.t, []).append((_pre_activation(instance, op), right, own))
    if not wrong:
        return None
    t = max(wrong)
    _, right, own = wrong[t][-1]
    return FirstWrong(t, [name for name, _, _ in wrong[t]], right, own, instance.T - t)


def _column(op: Op, given: Mapping[str, Array]) -> tuple[str, Array] | None:
    """The column of the gradient that belongs to a look-up, and the parameter's name."""
    whole = [v for v in op.operands if v.data.dtype.kind in "iu"]
    tables = [v for v in op.operands if v.role == "parameter" and v.name in given]
    if len(whole) != 1 or len(tables) != 1 or len(op.operands) != 2:
        return None
    table = np.asarray(given[tables[0].name], dtype=float)
    return tables[0].name, table[:, int(whole[0].data.ravel()[0])]


def _pre_activation(instance: Instance, op: Op) -> str:
    """The sum that the look-up goes into, whose gradient is the same."""
    user = next((o for o in instance.trace.ops if any(v is op for v in o.operands)), op)
    return timeless(user)
