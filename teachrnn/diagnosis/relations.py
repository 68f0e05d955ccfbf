"""What can be said of a wrong gradient that no known mistake explains."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from teachrnn.array import Array
from teachrnn.diagnosis.columns import columns
from teachrnn.diagnosis.instance import Instance
from teachrnn.diagnosis.site import timeless

CLOSE = 1e-6
"""A relation holds if it leaves no more than this of the gradient."""


def relations(instance: Instance, given: Mapping[str, Array], wrong: list[str]) -> list[str]:
    """One sentence for each wrong gradient of which something can be said.

    Parameters
    ----------
    instance : Instance
        On which numbers.
    given : mapping
        The student's gradients.
    wrong : list of str
        Which of them are wrong.
    """
    found = []
    for name in wrong:
        own = np.asarray(given[name], dtype=float)
        right = (
            instance.gradients[name] if name in instance.gradients else instance.state_gradients[name]
        )
        said = _said(instance, name, own, right) or _only_at(instance, name, own, right)
        if said:
            found.append(f"d{name} {said}.")
    return found


def _said(instance: Instance, name: str, own: Array, right: Array) -> str:
    if not np.isfinite(own).all():
        return f"holds {int((~np.isfinite(own)).sum())} numbers that are not finite"
    if not own.any():
        return "is zero"
    factor = float(np.vdot(right, own) / np.vdot(right, right)) if right.any() else 0.0
    if _near(own, factor * right):
        return f"is {factor:.4g} times the right one"
    counts = _counts(instance, name, own)
    if counts is not None:
        times = ", ".join(f"{c:.4g} at t = {t}" for t, c in counts if abs(c - 1) > CLOSE)
        return f"is made of the right terms, which do not all count once: {times}"
    off = ~np.isclose(own, right, rtol=0, atol=CLOSE * np.abs(right).max(initial=0.0))
    if off.ndim == 2 and not off.all():
        once, repeated = _by_how_often(instance)
        wrong = set(np.flatnonzero(off.any(axis=0)).tolist())
        if once and wrong <= repeated:  # without symbols that are right, nothing tells the two apart
            return (
                "is wrong only for symbols that occur more than once: `dU[:, x] += ...` with an array "
                "of indices adds once for each; np.add.at adds every time"
            )
    for other, d in instance.gradients.items():
        if other != name and d.shape == own.shape and _near(own, d):
            return f"is the right d{other}"
    for value, d in _others(instance):
        if d.shape == own.shape and _near(own, d):
            return f"is the sum over time of d{value}"
    for op, _ in instance.tape.steps if name in instance.state_gradients else ():
        d = instance.right.arrived(op)[0]
        if d.shape == own.shape and _near(own, d):
            return f"is d{op.name}"
    return ""


def _only_at(instance: Instance, name: str, own: Array, right: Array) -> str:
    """In which columns or rows it is wrong, of those that are not zero; "" if in all of them."""
    off = ~np.isclose(own, right, rtol=0, atol=CLOSE * np.abs(right).max(initial=0.0))
    if off.ndim != 2:
        return ""
    steps = {c.symbol: op.t for op, c in columns(instance, {name: own}) if c.table == name}
    for axis, of_what in ((0, "columns"), (1, "rows")):
        here = set(np.flatnonzero(off.any(axis=axis)).tolist())
        counted = set(np.flatnonzero((own != 0).any(axis=axis) | (right != 0).any(axis=axis)).tolist())
        if here >= counted:
            continue
        said = f"is wrong only in the {of_what} {sorted(here)} (counted from 0)"
        if axis == 0 and here <= steps.keys():
            times = ", ".join(str(t) for t in sorted(steps[symbol] or 0 for symbol in here))
            return f"{said}: of the symbols at t = {times}"
        return said
    return ""


def _near(a: Array, b: Array) -> bool:
    return bool(np.abs(a - b).max(initial=0.0) <= CLOSE * max(np.abs(a).max(initial=0.0), 1e-300))


def _by_how_often(instance: Instance) -> tuple[set[int], set[int]]:
    """The symbols that occur once, and those that occur more often."""
    symbols, counts = np.unique(instance.x, return_counts=True)
    return set(symbols[counts == 1].tolist()), set(symbols[counts > 1].tolist())


def _counts(instance: Instance, name: str, own: Array) -> list[tuple[int, float]] | None:
    """How many times each step's term counts in a gradient, if it is made of them at all."""
    terms = [
        (edge.op.t, edge.right(instance.right.arrived(edge.op)[0]))
        for edge in instance.tape.uses.get(name, ())
    ]
    if not terms:  # of an initial state, which is used once
        return None
    matrix = np.array([term.ravel() for _, term in terms]).T
    if matrix.shape[0] <= matrix.shape[1]:  # any gradient is made of so many terms
        return None
    counts, *_ = np.linalg.lstsq(matrix, own.ravel(), rcond=None)
    if not _near(own.ravel(), matrix @ counts):
        return None
    return sorted((t or 0, float(c)) for (t, _), c in zip(terms, counts, strict=True))


def _others(instance: Instance) -> list[tuple[str, Array]]:
    """The gradients of the results, each summed over time."""
    sums: dict[str, Array] = {}
    for op, _ in instance.tape.steps:
        d = instance.right.arrived(op)[0]
        d = d.reshape(-1, d.shape[-1]).sum(axis=0) if d.ndim else d
        sums[timeless(op)] = sums[timeless(op)] + d if timeless(op) in sums else d
    return list(sums.items())
