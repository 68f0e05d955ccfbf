"""The instances on which code is tried: few, small, and such that every mistake shows on one."""

from __future__ import annotations

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


def probes(cell: str, *, batches: bool = True, starts: bool = True, seed: int = 0) -> list[Instance]:
    """The instances, small ones first.

    Parameters
    ----------
    cell : str
        Name of the cell.
    batches : bool
        Whether the code takes several sequences at once; else it is given one.
    starts : bool
        Whether the code takes an initial state; else that is 0, which hides some mistakes.
    seed : int
        Of the random numbers.
    """
    return [
        Instance.draw(
            cell,
            seed=seed + i,
            start=0.8 if starts else 0.0,
            **(size if batches else {**size, "batch": None}),
        )
        for i, size in enumerate(SIZES)
    ]


def other_instances(
    cell: str, count: int, *, batches: bool = True, starts: bool = True, seed: int
) -> list[Instance]:
    """Other instances, of random sizes, on which what was found can be confirmed."""
    rng = np.random.default_rng(seed)
    drawn = []
    for _ in range(count):
        batch = int(rng.integers(1, 4)) if batches and rng.integers(2) else None
        drawn.append(
            Instance.draw(
                cell,
                T=int(rng.integers(1, 7)),
                hidden=int(rng.integers(1, 6)),
                symbols=int(rng.integers(2, 9)),
                batch=batch,
                scale=float(rng.uniform(0.3, 1.2)),
                start=0.8 if starts else 0.0,
                seed=int(rng.integers(2**31)),
            )
        )
    return drawn
