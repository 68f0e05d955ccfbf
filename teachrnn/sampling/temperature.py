"""Sampling from the softmax at a temperature."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from teachrnn.errors import DomainError

Array = NDArray[Any]


def sample_temperature(scores: Array, *, temperature: float = 1.0, rng: np.random.Generator) -> int:
    r"""Draw a symbol from $\mathrm{softmax}(o / \tau)$.

    Below 1 a temperature makes the likely likelier, above 1 it evens out; 0 is defined as the limit,
    the likeliest symbol. The draw inverts the cumulative distribution.

    Parameters
    ----------
    scores : ndarray
        $o$, (K,).
    temperature : float
        $\tau \ge 0$.
    rng : numpy.random.Generator
        Where the chance comes from.

    Raises
    ------
    DomainError
        For a negative temperature, or scores that are not numbers.

    Examples
    --------
    >>> sample_temperature(np.array([0.0, 5.0, 1.0]), temperature=0, rng=np.random.default_rng(0))
    1
    """
    if not temperature >= 0:
        raise DomainError(f"the temperature is {temperature} but must not be negative.")
    if not np.isfinite(scores).all():
        raise DomainError(
            "the scores are not finite: the network has diverged; lower the learning rate."
        )
    if temperature == 0:
        return int(np.argmax(scores))
    cumulative = np.cumsum(np.exp((scores - scores.max()) / temperature))
    drawn = rng.random() * cumulative[-1]  # never beyond the last, whatever rounding did to the sum
    return min(int(np.searchsorted(cumulative, drawn, side="right")), len(scores) - 1)
