"""What is done to finished gradients: a factor, clipping by value, clipping by norm."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from teachrnn.array import Array
from teachrnn.diagnosis.instance import GradientsByName, Instance
from teachrnn.diagnosis.mistake import WholeMistake

CONSTANT_FACTOR = "constant factor"
CLIPPED_EARLY = "clipped before the check"
CLIPPED = "Check the gradient as backpropagation gives it; clip afterwards, before the update."
LARGE = "gradients beyond the limit: large weights, or a long sequence"


def whole_mistakes(
    pairs: Sequence[tuple[Instance, GradientsByName]], names: Sequence[str], tolerance: float
) -> list[tuple[WholeMistake, float]]:
    """Those that give a student's gradients on every instance, with the error that is left.

    Parameters
    ----------
    pairs : sequence of (Instance, mapping)
        The instances, and the student's gradients on each.
    names : sequence of str
        The parameters that are compared.
    tolerance : float
        What right code may differ by, in units of rounding.
    """
    found = []
    for mistake in (_factor(pairs, names), _clipped_values(pairs, names), _clipped_norm(pairs, names)):
        if mistake is not None:
            error = max(_error(mistake, instance, own, names) for instance, own in pairs)
            if error <= tolerance:
                found.append((mistake, error))
    return found


def clipped_values(limit: float) -> WholeMistake:
    """Every entry of the gradients is clipped, as training does it, before anybody checks them."""
    return WholeMistake(
        f"every entry of the gradients is clipped to [{-limit:.6g}, {limit:.6g}]",
        CLIPPED_EARLY,
        CLIPPED,
        lambda gradients: {name: np.clip(d, -limit, limit) for name, d in gradients.items()},
        LARGE,
    )


def clipped_norm(limit: float) -> WholeMistake:
    """All gradients together are scaled down, as training does it, before anybody checks them."""

    def clipped(gradients: dict[str, Array]) -> dict[str, Array]:
        norm = float(np.linalg.norm(_flat(gradients, list(gradients))))
        return {name: d * min(1.0, limit / norm) if norm else d for name, d in gradients.items()}

    return WholeMistake(
        f"the norm of all gradients together is clipped to {limit:.6g}",
        CLIPPED_EARLY,
        CLIPPED,
        clipped,
        LARGE,
    )


def _error(
    mistake: WholeMistake, instance: Instance, own: GradientsByName, names: Sequence[str]
) -> float:
    wrong = mistake.done_to({name: instance.gradients[name] for name in names})
    return max(float(np.abs(wrong[n] - own[n]).max(initial=0.0)) / instance.units[n] for n in names)


def _flat(gradients: GradientsByName, names: Sequence[str]) -> Array:
    return np.concatenate([np.asarray(gradients[name], dtype=float).ravel() for name in names])


def _factor(
    pairs: Sequence[tuple[Instance, GradientsByName]], names: Sequence[str]
) -> WholeMistake | None:
    right = np.concatenate([_flat(instance.gradients, names) for instance, _ in pairs])
    own = np.concatenate([_flat(given, names) for _, given in pairs])
    if not np.isfinite(own).all() or not right.any():
        return None
    factor = float(right @ own / (right @ right))
    return WholeMistake(
        f"every gradient is {factor:.6g} times the right one",
        CONSTANT_FACTOR,
        "The same number stands in front of every gradient: compare how loss and gradient are scaled.",
        lambda gradients: {name: d * factor for name, d in gradients.items()},
    )


def clipped_at(
    pairs: Sequence[tuple[Instance, GradientsByName]], names: Sequence[str]
) -> tuple[WholeMistake, float] | None:
    """The clipping of values that several entries show, the largest of all, and its limit."""
    limit = max(float(np.abs(_flat(own, names)).max(initial=0.0)) for _, own in pairs)
    reached = sum(int((np.abs(_flat(own, names)) == limit).sum()) for _, own in pairs)
    if reached < 2 or not np.isfinite(limit):
        return None
    return clipped_values(limit), limit


def _clipped_values(
    pairs: Sequence[tuple[Instance, GradientsByName]], names: Sequence[str]
) -> WholeMistake | None:
    found = clipped_at(pairs, names)
    return found and found[0]


def _clipped_norm(
    pairs: Sequence[tuple[Instance, GradientsByName]], names: Sequence[str]
) -> WholeMistake:
    limit = max(float(np.linalg.norm(_flat(own, names))) for _, own in pairs)
    return clipped_norm(limit)
