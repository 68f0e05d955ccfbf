"""What an oracle says about a gradient: numbers, and how far they can be trusted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from teachrnn.registry import Registry
from teachrnn.trace import Trace

Array = NDArray[Any]
Progress = Callable[[int], None]

EPS = float(np.finfo(np.float64).eps)
"""Spacing of float64 numbers at 1: 2.2e-16."""


@dataclass(frozen=True, eq=False)
class Estimate:
    """Reference values for some entries of one parameter's gradient.

    Attributes
    ----------
    entries : ndarray of int
        Flat indices of the entries.
    values : ndarray of float
        The oracle's gradient at these entries.
    bound : ndarray of float
        Estimated absolute error of the oracle itself, per entry.
    floor : float
        The part of it that no smaller or larger step can remove: the round-off floor.
    """

    entries: Array
    values: Array
    bound: Array
    floor: float


class Oracle:
    """Base of every source of reference gradients; subclasses register under ``name``.

    Attributes
    ----------
    name : str
        Key on the command line.
    title : str
        How it is called in a report.
    """

    name: str
    title: str

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        ORACLES[cls.name] = cls

    def estimate(
        self, trace: Trace, parameter: str, entries: Array, progress: Progress | None = None
    ) -> Estimate:
        """Gradient of the loss at entries of ``parameter``, any leaf; numerical oracles take results."""
        raise NotImplementedError


ORACLES = Registry["type[Oracle]"]("oracle")
"""Every oracle, by name."""


def find_oracle(name: str) -> Oracle:
    """The oracle of that name, ready to ask; an error lists the names that exist."""
    return ORACLES.find(name)()


def nudged(
    trace: Trace,
    parameter: str,
    entries: Sequence[int] | Array,
    step: float,
    progress: Progress | None = None,
) -> Array:
    """L with one entry of ``parameter`` moved by ``step``, for every entry in turn."""
    base: Array = np.array(trace[parameter].data, dtype=float)
    losses = []
    for entry in entries:
        place = np.unravel_index(int(entry), base.shape)
        kept = base[place]
        base[place] = kept + step
        losses.append(trace.loss_after({parameter: base}))
        base[place] = kept
        if progress is not None:
            progress(1)
    return np.array(losses)
