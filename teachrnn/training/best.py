"""The best model so far, by one measure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf

import numpy as np

from teachrnn.array import Array


@dataclass
class Best:
    """The parameters at which a loss was lowest: a copy, which further training does not change.

    Attributes
    ----------
    loss : float
        The lowest so far; infinite before the first.
    iteration : int
        The update before which (smooth loss) or after which (validation) it was measured.
    theta : ndarray
        All parameters then.
    state : dict
        A hidden state that the network was in then, (m,) by name. A network that has never been
        reset may do badly from a state of zeros.
    """

    theta: Array
    state: dict[str, Array]
    loss: float = inf
    iteration: int = 0

    def offer(self, loss: float, iteration: int, theta: Array, state: Mapping[str, Array]) -> None:
        """Keep these parameters, and the first row of the state (B, m), if the loss is the lowest.

        Parameters
        ----------
        loss : float
            What was measured.
        iteration : int
            After how many updates.
        theta : ndarray
            The parameters then, (n,).
        state : mapping
            The state then, (B, m) by name.
        """
        if loss < self.loss:
            self.loss, self.iteration = loss, iteration
            np.copyto(self.theta, theta)
            for name, kept in self.state.items():
                np.copyto(kept, state[name][0])
