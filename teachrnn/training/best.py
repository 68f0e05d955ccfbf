"""The best model so far, by one measure."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


@dataclass
class Best:
    """The parameters at which a loss was lowest: copied, so that training on leaves them alone.

    Attributes
    ----------
    loss : float
        The lowest so far; infinite before the first.
    iteration : int
        The update before which (smooth loss) or after which (validation) it was measured.
    theta : ndarray
        All parameters then.
    """

    theta: Array
    loss: float = inf
    iteration: int = 0

    def offer(self, loss: float, iteration: int, theta: Array) -> None:
        """Keep these parameters if their loss is the lowest so far."""
        if loss < self.loss:
            self.loss, self.iteration = loss, iteration
            np.copyto(self.theta, theta)
