"""Where a wrong gradient first shows on the way back through time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from teachrnn.array import Array
from teachrnn.diagnosis.columns import columns
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
    wrong: dict[int, list[tuple[str, Array, Array]]] = {}
    for op, column in columns(instance, given):
        own, t = column.data, op.t
        assert t is not None
        right = instance.right.arrived(op)[0]
        if not np.abs(own - right).max() <= tolerance * instance.units[column.table]:
            wrong.setdefault(t, []).append((_pre_activation(instance, op), right, own))
    if not wrong:
        return None
    t = max(wrong)
    _, right, own = wrong[t][-1]
    return FirstWrong(t, [name for name, _, _ in wrong[t]], right, own, instance.T - t)


def _pre_activation(instance: Instance, op: Op) -> str:
    """The sum that the look-up goes into, whose gradient is the same."""
    user = next((o for o in instance.trace.ops if any(v is op for v in o.operands)), op)
    return timeless(user)
