"""Numbers too small for their format: they become 0, which is close enough, and not an error."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np


def computed(function: Callable[..., Any], *arrays: Any) -> Any:
    r"""What a function of arrays returns, even where NumPy is set to raise at underflow.

    After ``np.seterr(all="raise")``, which many set to find where a NaN comes from,
    $e^{-800}$ raises, and every softmax of a confident network has such a number. Overflow,
    division by 0 and invalid operations still raise.

    The setting is noticed only when NumPy raises: changing it for every operation would
    take a quarter of the time of recording.

    Examples
    --------
    >>> with np.errstate(all="raise"):
    ...     computed(np.exp, np.array([0.0, -800.0]))
    array([1., 0.])
    """
    try:
        return function(*arrays)
    except FloatingPointError:
        with np.errstate(under="ignore"):
            return function(*arrays)
