"""The mistakes of a cell that numbers can tell from right code and from each other."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from teachrnn.diagnosis.diagnose import catalogue_of
from teachrnn.diagnosis.every_mistaken import every_mistaken
from teachrnn.diagnosis.instance import Instance
from teachrnn.diagnosis.mistake import Mistake
from teachrnn.diagnosis.probes import probes

DIGITS = 9
"""Gradients that agree in so many digits, in units of rounding, are the same: ties are exact."""

MANY_STEPS = slice(3, 6)
"""The probes that tell all apart which any numbers can: T, m, K and B all differ, and none is 1."""


@lru_cache
def distinct_mistakes(cell: str, *, batches: bool = True) -> tuple[Mistake, ...]:
    """One mistake, the least far-fetched, of all that give the same numbers; none that changes nothing.

    Parameters
    ----------
    cell : str
        Name of the cell.
    batches : bool
        Whether the code takes several sequences at once; else nobody can divide by their number.

    Returns
    -------
    tuple of Mistake
        In the order of the catalogue.

    Examples
    --------
    >>> len(distinct_mistakes("vanilla")) > len(distinct_mistakes("vanilla", batches=False)) > 150
    True
    """
    catalogue = catalogue_of(cell)
    mistakes: list[Mistake] = [*catalogue.sweep, *catalogue.parameter]
    numbers = []

    def draw(*, batch: int | None = None, **size: Any) -> Instance:
        return Instance.draw(cell, batch=batch if batches else None, **size)

    for instance in probes(draw)[MANY_STEPS]:
        for name, wrong in every_mistaken(mistakes, instance).items():
            difference = (wrong - instance.gradients[name].ravel()) / instance.units[name]
            numbers.append(np.round(difference, DIGITS) + 0.0)
    flat = np.concatenate(numbers, axis=1)
    classes: dict[bytes, int] = {}
    for row, mistake in enumerate(mistakes):
        if flat[row].any() and np.isfinite(flat[row]).all():
            other = classes.setdefault(flat[row].tobytes(), row)
            if mistake.weight < mistakes[other].weight:
                classes[flat[row].tobytes()] = row
    return tuple(mistakes[row] for row in sorted(classes.values()))
