"""The gradients that a program with certain mistakes gives."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from teachrnn.array import Array
from teachrnn.diagnosis.instance import Instance
from teachrnn.diagnosis.mistake import Mistake, ParameterMistake, SweepMistake, WholeMistake
from teachrnn.diagnosis.reading import Spec
from teachrnn.diagnosis.sweeps import Changes, Sweeps


def mistaken_gradients(mistakes: Sequence[Mistake], instance: Instance) -> dict[str, Array] | None:
    """The gradient of every parameter as a backward pass with these mistakes computes it.

    Parameters
    ----------
    mistakes : sequence of Mistake
        All are made at once.
    instance : Instance
        On which numbers.

    Returns
    -------
    dict or None
        By parameter; None where the mistakes cannot be made (a matrix that is not square has no wrong
        transpose), or where what they give is not finite.
    """
    sweeps = mistaken_sweep(mistakes, instance)
    if sweeps is None:
        return None
    specs: dict[str, Spec] = {}
    for mistake in mistakes:
        if isinstance(mistake, ParameterMistake):
            specs |= dict(mistake.specs)
    found = {}
    for name in instance.tape.uses:
        reading = instance.reading(name, specs.get(name))
        if reading is None:
            return None
        with np.errstate(all="ignore"):
            found[name] = reading.of(sweeps)[0].reshape(instance.trace[name].shape)
    for mistake in mistakes:
        if isinstance(mistake, WholeMistake):
            found = mistake.done_to(found)
    return found if all(np.isfinite(d).all() for d in found.values()) else None


def mistaken_sweep(mistakes: Sequence[Mistake], instance: Instance) -> Sweeps | None:
    """The backward sweep with these mistakes, of those that are mistakes of the sweep.

    Parameters
    ----------
    mistakes : sequence of Mistake
        All are made at once.
    instance : Instance
        On which numbers.

    Returns
    -------
    Sweeps or None
        One sweep; None where the mistakes cannot be made.
    """
    edges: Changes = {}
    seeds: list[float] | None = None
    for mistake in mistakes:
        if isinstance(mistake, SweepMistake):
            edges = {**edges, **mistake.edges}
            seeds = mistake.seeds(len(instance.trace.losses)) or seeds
    sweeps = Sweeps(instance.tape, [edges], seeds=[seeds])
    return None if sweeps.impossible.any() else sweeps
