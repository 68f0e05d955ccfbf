"""Which entries of a gradient to compare, where all would be too many."""

from __future__ import annotations

import numpy as np

from teachrnn.array import Array

ELSEWHERE = 0.1
"""Share of the entries that is drawn where both gradients are 0."""


def drawn_entries(
    count: int, given: Array, computed: Array | None, *, rng: np.random.Generator
) -> Array:
    """Flat indices of entries to compare, sorted: mostly entries that are not 0 on both sides.

    The columns of U for symbols that do not occur have a gradient of 0, four in five of
    them in a text: comparing 0 with 0 proves little. A tenth is still drawn there.

    Parameters
    ----------
    count : int
        How many.
    given, computed : ndarray
        The gradient to be judged, and the library's, which only serves to choose places; None if
        the loss does not depend on the value.
    rng : numpy.random.Generator
        For the drawing.

    Examples
    --------
    >>> dU = np.zeros((2, 50))
    >>> dU[:, 7] = [0.5, -0.25]
    >>> entries = drawn_entries(10, dU, dU, rng=np.random.default_rng(0))
    >>> len(entries), dU.ravel()[entries].any(), {7, 57} <= set(entries.tolist())
    (10, np.True_, True)
    """
    if count >= given.size:
        return np.arange(given.size)
    alive = given.ravel() != 0
    if computed is not None:
        alive |= computed.ravel() != 0
    there, elsewhere = np.flatnonzero(alive), np.flatnonzero(~alive)
    beside = min(len(elsewhere), max(int(ELSEWHERE * count), count - len(there)))
    parts = [
        rng.choice(places, size=n, replace=False)
        for places, n in ((there, count - beside), (elsewhere, beside))
    ]
    return np.sort(np.concatenate(parts))
