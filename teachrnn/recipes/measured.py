"""What runs of the recipes have reached, run by run, as ``benchmarks/recipe_losses.py`` measured it."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import NamedTuple


class Measured(NamedTuple):
    """What a recipe has reached on a text, with several seeds.

    Attributes
    ----------
    text : str
        The name of the text.
    smooth_loss : dict of int to list of float
        By number of updates, the smooth losses of all runs that are long enough, the lowest first, in
        nats per sequence.
    """

    text: str
    smooth_loss: dict[int, list[float]]

    def spread(self, updates: int) -> str:
        """The range of the losses after a number of updates; empty if no run is long enough.

        Parameters
        ----------
        updates : int
            After how many updates.

        Returns
        -------
        str
            Lowest and highest, in nats per sequence; empty where nothing was measured.

        Examples
        --------
        >>> Measured("novel", {10_000: [50.98, 53.9, 57.3]}).spread(10_000)
        '51.0 to 57.3'
        """
        losses = self.smooth_loss.get(updates, [])
        return f"{losses[0]:.1f} to {losses[-1]:.1f}" if losses else ""


@cache
def all_measured() -> dict[str, Measured]:
    """By the name of the recipe; those of others are not among them."""
    kept = json.loads(files("teachrnn.recipes").joinpath("measured.json").read_text("utf-8"))
    return {
        name: Measured(held["text"], {int(n): losses for n, losses in held["smooth_loss"].items()})
        for name, held in kept.items()
    }
