"""Which gradients each mistake makes wrong, on some numbers: what a check there could see."""

from __future__ import annotations

import numpy as np

from teachrnn.array import Array
from teachrnn.diagnosis.catalogue import Catalogue
from teachrnn.diagnosis.instance import Instance
from teachrnn.diagnosis.mistake import Mistake
from teachrnn.diagnosis.reading import Spec
from teachrnn.diagnosis.sweeps import Sweeps


def wrong_gradients(
    catalogue: Catalogue, instance: Instance, tolerance: float
) -> dict[Mistake, tuple[str, ...] | None]:
    """The parameters whose gradients each mistake of a cell makes wrong on an instance.

    Parameters
    ----------
    catalogue : Catalogue
        The mistakes; all are made at once, each for itself.
    instance : Instance
        On which numbers.
    tolerance : float
        What does not count as wrong, in units of rounding.

    Returns
    -------
    dict
        By mistake: names of parameters, none where the mistake cannot be seen there; or None where it
        cannot be made.

    Examples
    --------
    >>> one_step = Instance.draw("vanilla", T=1, hidden=2, symbols=4)
    >>> catalogue = Catalogue.of(Instance.draw("vanilla", T=4, hidden=2, symbols=4).tape)
    >>> seen = wrong_gradients(catalogue, one_step, 1e-12)
    >>> [names for m, names in seen.items() if m.title == "dW is transposed"]
    [('W',)]
    """
    count = len(instance.trace.losses)
    rows = catalogue.sweep
    sweeps = Sweeps(instance.tape, [r.edges for r in rows], seeds=[r.seeds(count) for r in rows])
    wrong: dict[Mistake, list[str] | None] = {
        m: None if impossible else [] for m, impossible in zip(rows, sweeps.impossible, strict=True)
    }
    for name in instance.tape.uses:
        differs = _differs(instance, name, None, sweeps, tolerance)
        assert differs is not None
        for mistake, differing in zip(rows, differs, strict=True):
            if differing and (names := wrong[mistake]) is not None:
                names.append(name)
    for own in catalogue.parameter:
        found: list[str] | None = []
        for name, spec in own.specs:
            differs = _differs(instance, name, spec, instance.right, tolerance)
            if differs is None:
                found = None
            elif found is not None and differs[0]:
                found.append(name)
        wrong[own] = found
    return {m: None if names is None else tuple(names) for m, names in wrong.items()}


def _differs(
    instance: Instance, name: str, spec: Spec | None, sweeps: Sweeps, tolerance: float
) -> Array | None:
    """In which sweeps a gradient is wrong; None where it cannot be formed so."""
    reading = instance.reading(name, spec)
    if reading is None:
        return None
    with np.errstate(all="ignore"):
        error = np.abs(reading.of(sweeps) - instance.gradients[name].ravel()).max(axis=1, initial=0.0)
    return ~(error <= tolerance * instance.units[name])
