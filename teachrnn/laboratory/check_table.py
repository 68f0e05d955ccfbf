"""What each check says of each mistake: what it sees, and what it lets pass."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from teachrnn.array import Array
from teachrnn.checking.set_ups import SET_UPS, Allclose, CheckSetUp, Circumstances, try_out
from teachrnn.hyper_parameter import check_counts
from teachrnn.laboratory.planted_mistake import PlantedMistake
from teachrnn.laboratory.well_known import well_known

CAREFUL = CheckSetUp(
    at=(Circumstances(T=10, m=5, K=8, scale=0.5, start=0.8),),
    step=1e-6,
    rule=Allclose(rtol=1e-3, atol=1e-5),
    name="careful",
)
"""Several steps and units, weights that are not small, an initial state that is not 0, every entry."""


def settings() -> dict[str, CheckSetUp]:
    """The checks that are tried: a careful one, the same with one thing changed, and known ones.

    Returns
    -------
    dict
        By a short name: "T = 1", "h0 = 0", "torch.gradcheck".

    Examples
    --------
    >>> list(settings())[:4]
    ['careful', 'T = 1', 'm = 1', 'h0 = 0']
    """
    changed = {
        "T = 1": CAREFUL.changed(T=1),
        "m = 1": CAREFUL.changed(m=1),
        "h0 = 0": CAREFUL.changed(start=0.0),
        "σ = 0.01": CAREFUL.changed(scale=0.01),
        "float32": CAREFUL.changed(dtype="float32"),
        "one entry": CAREFUL.changed(entries=1),
    }
    return {"careful": CAREFUL, **changed, **dict(SET_UPS)}


@dataclass(frozen=True, eq=False)
class CheckTable:
    """Which check sees which mistake.

    Attributes
    ----------
    cell : str
        The cell.
    mistakes, settings : tuple of str
        Names of the rows, and of the columns.
    passes : ndarray, shape (mistakes, settings)
        In which share of the draws a gradient with the mistake in it passes; NaN where right code never
        does.
    false_alarms : tuple of int
        For each setting, in how many draws right code was refused.
    draws : int
        How often each check was made, with other numbers each time.
    """

    cell: str
    mistakes: tuple[str, ...]
    settings: tuple[str, ...]
    passes: Array
    false_alarms: tuple[int, ...]
    draws: int

    def seen_by(self, mistake: str) -> list[str]:
        """The settings that see a mistake in every draw.

        Parameters
        ----------
        mistake : str
            Name of a row.

        Returns
        -------
        list of str
            Names of columns.
        """
        row = self.passes[self.mistakes.index(mistake)]
        return [name for name, share in zip(self.settings, row, strict=True) if share == 0]

    def missed_by(self, mistake: str) -> list[str]:
        """The settings that let it pass in at least one draw, and do accept right code.

        Parameters
        ----------
        mistake : str
            Name of a row.

        Returns
        -------
        list of str
            Names of columns.
        """
        row = self.passes[self.mistakes.index(mistake)]
        return [name for name, share in zip(self.settings, row, strict=True) if share > 0]

    def to_dict(self) -> Mapping[str, Any]:
        """Everything, for JSON.

        Returns
        -------
        dict
            Shares by mistake and setting; None where right code never passes.
        """
        rows = {
            mistake: {
                name: None if np.isnan(share) else float(share)
                for name, share in zip(self.settings, row, strict=True)
            }
            for mistake, row in zip(self.mistakes, self.passes, strict=True)
        }
        alarms = dict(zip(self.settings, self.false_alarms, strict=True))
        return {"cell": self.cell, "draws": self.draws, "passes": rows, "false_alarms": alarms}


def check_table(
    cell: str = "vanilla",
    mistakes: Sequence[PlantedMistake] | None = None,
    *,
    at: Mapping[str, CheckSetUp] | None = None,
    draws: int = 5,
    seed: int = 0,
) -> CheckTable:
    """Try checks on gradients with known mistakes in them.

    Parameters
    ----------
    cell : str
        Name of the cell.
    mistakes : sequence of PlantedMistake, optional
        Which; the well-known ones of the cell if not given. Those that are not in the backward pass are
        left out: a gradient that is right for what the program computes passes every check.
    at : mapping of str to CheckSetUp, optional
        The checks by name; `settings` if not given.
    draws : int
        How often each check is made, with other numbers each time.
    seed : int
        Of the random numbers.

    Returns
    -------
    CheckTable
        What passed.

    Examples
    --------
    >>> from teachrnn.laboratory import find_mistake
    >>> table = check_table("vanilla", [find_mistake("no carry", "vanilla")], draws=2)
    >>> table.missed_by("no carry")
    ['T = 1']
    """
    check_counts("check_table", draws=draws)
    chosen = list(well_known(cell).values()) if mistakes is None else list(mistakes)
    chosen = [planted for planted in chosen if planted.backward]
    tried = settings() if at is None else dict(at)
    wrong = [planted.backward[0] for planted in chosen]
    tallies = [try_out(set_up, wrong, cell, draws=draws, seed=seed) for set_up in tried.values()]
    passes = np.array([tally.accepted for tally in tallies]).T.reshape(len(chosen), len(tried))
    names = tuple(planted.name for planted in chosen)
    alarms = tuple(tally.false_alarms for tally in tallies)
    return CheckTable(cell, names, tuple(tried), passes, alarms, draws)
