"""The gradients of the initial states, where code returns them: are they right, and if not, why.

They are compared beside those of the parameters: a mistake in the one line that returns them leaves
every other gradient as it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from teachrnn.array import Array
from teachrnn.diagnosis.catalogue import Catalogue
from teachrnn.diagnosis.instance import GradientsByName, Instance
from teachrnn.diagnosis.match import Explanation
from teachrnn.diagnosis.mistake import Mistake, SweepMistake, WholeMistake
from teachrnn.diagnosis.mistaken import mistaken_sweep
from teachrnn.diagnosis.sweeps import Sweeps

Pairs = Sequence[tuple[Instance, GradientsByName]]
"""Instances, each with what the code gave."""


def states_returned(pairs: Pairs) -> list[str]:
    """The initial states whose gradients the code returns on every instance: ``h[0]``."""
    return [
        name for name in pairs[0][0].state_gradients if all(name in own for _, own in pairs)
    ]  # fmt: skip


def state_error(instance: Instance, own: GradientsByName, name: str) -> float:
    """How far the gradient of an initial state is from the right one, in units of rounding."""
    error = np.abs(np.asarray(own[name], dtype=float) - instance.state_gradients[name]).max(initial=0.0)
    return float(error) / instance.state_units[name] if np.isfinite(error) else np.inf


def states_follow(
    mistakes: Sequence[Mistake], pairs: Pairs, names: Sequence[str], tolerance: float
) -> bool:
    """Whether the gradients of the initial states are those that mistakes in the rest give."""
    return all(_follow(mistakes, instance, own, names, tolerance) for instance, own in pairs)


def states_explained(
    catalogue: Catalogue, pairs: Pairs, names: Sequence[str], tolerance: float
) -> list[Explanation]:
    """Mistakes of the sweep that leave the parameters' gradients right and give those of the states."""
    rows: list[SweepMistake] = list(catalogue.sweep)
    errors = np.zeros(len(rows))
    for instance, own in pairs:
        count = len(instance.trace.losses)
        sweeps = Sweeps(instance.tape, [r.edges for r in rows], seeds=[r.seeds(count) for r in rows])
        worst = np.where(sweeps.impossible, np.inf, errors)
        for name in instance.tape.uses:
            reading = instance.reading(name, None)
            assert reading is not None
            right, found = instance.gradients[name].ravel(), reading.of(sweeps)
            worst = np.maximum(worst, _off(found, right, instance.units[name]))
        for name in names:
            found = sweeps.arrived(instance.trace[name]).reshape(sweeps.count, -1)
            given = np.asarray(own[name], dtype=float).ravel()
            worst = np.maximum(worst, _off(found, given, instance.state_units[name]))
        kept = np.flatnonzero(worst <= tolerance)
        rows, errors = [rows[i] for i in kept], worst[kept]
        if not rows:
            break
    found_all = [Explanation((row,), float(e)) for row, e in zip(rows, errors, strict=True)]
    return sorted(found_all, key=lambda e: e.weight)


def _off(found: Array, wanted: Array, unit: float) -> Array:
    with np.errstate(all="ignore"):
        size = np.maximum(unit, np.abs(found).max(axis=1, initial=0.0))
        error = np.abs(found - wanted).max(axis=1, initial=0.0) / size
    off: Array = np.where(np.isfinite(error), error, np.inf)
    return off


def _follow(
    mistakes: Sequence[Mistake],
    instance: Instance,
    own: GradientsByName,
    names: Sequence[str],
    tolerance: float,
) -> bool:
    sweep = mistaken_sweep(mistakes, instance)
    if sweep is None:
        return True
    swept: Mapping[str, Array] = {name: sweep.arrived(instance.trace[name])[0] for name in names}
    ways = [swept]  # what is done to all gradients of parameters may be done to these, or not
    for mistake in mistakes:
        if isinstance(mistake, WholeMistake):
            ways = [*ways, *(mistake.done_to(dict(way)) for way in ways)]
    return any(
        all(
            np.abs(way[n] - own[n]).max(initial=0.0)
            <= 10 * tolerance * max(instance.state_units[n], float(np.abs(way[n]).max(initial=0.0)))
            for n in names
        )
        for way in ways
    )
