"""The instances on which code is tried: few, small, and such that every mistake shows on one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from teachrnn.diagnosis.instance import Instance

SIZES: tuple[dict[str, Any], ...] = (
    {"T": 1, "hidden": 3, "symbols": 5},
    {"T": 2, "hidden": 3, "symbols": 7, "distinct": True},
    {"T": 3, "hidden": 1, "symbols": 4},
    {"T": 4, "hidden": 3, "symbols": 7, "distinct": True},
    {"T": 5, "hidden": 3, "symbols": 4, "batch": 2},
    {"T": 4, "hidden": 2, "symbols": 5, "batch": 3},
    {"T": 20, "hidden": 3, "symbols": 4, "scale": 2.0},
)
"""One step; two; one unit; four steps whose columns of dU tell them apart; two with batches, where T, B
and their product differ; and one whose gradients are large enough for clipping."""


DrawInstance = Callable[..., Instance]
"""Draws an instance that the code can answer: takes what `Instance.draw` takes after the cell."""


def probes(draw: DrawInstance, *, seed: int = 0) -> list[Instance]:
    """The instances, small ones first.

    Parameters
    ----------
    draw : callable
        Draws an instance.
    seed : int
        Of the random numbers.

    Returns
    -------
    list of Instance
        One for each of `SIZES`.
    """
    return [draw(seed=seed + i, **size) for i, size in enumerate(SIZES)]


def other_instances(draw: DrawInstance, count: int, *, seed: int) -> list[Instance]:
    """Other instances, of random sizes, on which what was found can be confirmed.

    Parameters
    ----------
    draw : callable
        Draws an instance.
    count : int
        How many.
    seed : int
        Of the random numbers.

    Returns
    -------
    list of Instance
        Of at most six steps, five units and eight symbols.
    """
    rng = np.random.default_rng(seed)
    return [
        draw(
            T=int(rng.integers(1, 7)),
            hidden=int(rng.integers(1, 6)),
            symbols=int(rng.integers(2, 9)),
            batch=int(rng.integers(1, 4)) if rng.integers(2) else None,
            scale=float(rng.uniform(0.3, 1.2)),
            seed=int(rng.integers(2**31)),
        )
        for _ in range(count)
    ]
