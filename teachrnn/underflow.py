"""Numbers too small for their format: they become 0, which is near enough, and no error."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np


def computed(function: Callable[..., Any], *arrays: Any) -> Any:
    r"""What a function of arrays gives, even where NumPy is told to raise at underflow.

    After ``np.seterr(all="raise")``, which many set to find the place where a NaN comes from,
    $e^{-800}$ raises, and every softmax of a network that is sure of itself has such a number. What
    overflows, is divided by 0 or has no value raises still.

    That NumPy is told so is found out when it raises: to tell it otherwise at every operation would
    cost a quarter of the time that recording takes.

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
