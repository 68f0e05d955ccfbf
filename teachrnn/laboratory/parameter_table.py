"""Whose gradients a mistake makes wrong, and by how much: the pattern is the first clue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from teachrnn.array import Array
from teachrnn.diagnosis.every_mistaken import every_mistaken
from teachrnn.diagnosis.instance import Instance
from teachrnn.laboratory.planted_mistake import PlantedMistake
from teachrnn.laboratory.well_known import well_known

RIGHT = 1e-12
"""An error below this, in units of rounding, is rounding."""


@dataclass(frozen=True, eq=False)
class ParameterTable:
    """How wrong each mistake makes the gradient of each parameter.

    Attributes
    ----------
    cell : str
        The cell.
    mistakes, parameters : tuple of str
        Names of the rows, and of the columns.
    errors : ndarray, shape (mistakes, parameters)
        Norm of the error, divided by the norm of the right gradient; exactly 0 where it is right.
    sizes : str
        At which sizes, in words.
    """

    cell: str
    mistakes: tuple[str, ...]
    parameters: tuple[str, ...]
    errors: Array
    sizes: str

    def wrong(self, mistake: str) -> list[str]:
        """The parameters whose gradients are wrong.

        Parameters
        ----------
        mistake : str
            Name of a row.

        Returns
        -------
        list of str
            Names of columns.
        """
        row = self.errors[self.mistakes.index(mistake)]
        return [name for name, error in zip(self.parameters, row, strict=True) if error]


def parameter_table(
    cell: str = "vanilla", mistakes: Sequence[PlantedMistake] | None = None, *, seed: int = 0
) -> ParameterTable:
    """Make mistakes on one network, and compare the gradient of every parameter with the right one.

    Parameters
    ----------
    cell : str
        Name of the cell.
    mistakes : sequence of PlantedMistake, optional
        Which; the well-known ones of the cell if not given. Those that are not in the backward pass are
        left out.
    seed : int
        Of the random numbers.

    Returns
    -------
    ParameterTable
        The errors, at T = 10, m = 5, K = 8, weights of size .5, and an initial state that is not 0.

    Examples
    --------
    >>> table = parameter_table("vanilla")
    >>> table.wrong("no carry"), table.wrong("dW overwritten"), table.wrong("clipped early")
    (['U', 'W', 'b'], ['W'], [])
    """
    chosen = list(well_known(cell).values()) if mistakes is None else list(mistakes)
    chosen = [planted for planted in chosen if planted.backward]
    instance = Instance.draw(cell, T=10, hidden=5, symbols=8, scale=0.5, seed=seed)
    found = every_mistaken([planted.backward[0] for planted in chosen], instance)
    errors = np.zeros((len(chosen), len(found)))
    for column, (name, rows) in enumerate(found.items()):
        right = instance.gradients[name].ravel()
        off = rows - right
        wrong = np.abs(off).max(axis=1) > RIGHT * instance.units[name]
        errors[:, column] = np.where(wrong, np.linalg.norm(off, axis=1) / np.linalg.norm(right), 0.0)
    names = tuple(planted.name for planted in chosen)
    return ParameterTable(cell, names, tuple(found), errors, instance.said_sizes)
