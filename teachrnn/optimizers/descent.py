"""A descent: what an optimizer did at every update, kept for inspection."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import isfinite

import numpy as np

from teachrnn.array import Array
from teachrnn.errors import DomainError
from teachrnn.hyper_parameter import check_counts
from teachrnn.optimizers.optimizer import Optimizer

Slope = Callable[[Array], tuple[float, Array]]
"""From parameters to the loss and its gradient there."""


@dataclass(frozen=True, eq=False)
class Descent:
    """Every number of N updates of n parameters.

    Attributes
    ----------
    theta : ndarray
        The parameters before the first update and after each, (N + 1, n).
    g : ndarray
        The gradient at each update, (N, n).
    loss : ndarray
        The loss before each update, (N,).
    state : dict of str to ndarray
        What the optimizer keeps, after each update, (N, n), by the names of its ``state``.
    """

    theta: Array
    g: Array
    loss: Array
    state: dict[str, Array]

    @property
    def steps(self) -> Array:
        """How far each parameter moved at each update, (N, n)."""
        return np.diff(self.theta, axis=0)


def descend(optimizer: Optimizer, start: Array, slope: Slope, *, updates: int) -> Descent:
    """Run an optimizer from a point, and keep every number.

    It ends early if the loss or a parameter is no longer finite: the last point is still finite.

    Parameters
    ----------
    optimizer : Optimizer
        A new one: afterwards it has the state of this descent.
    start : ndarray
        The initial parameters, (n,); they are not changed.
    slope : callable
        From parameters, (n,), to the loss and its gradient, (n,).
    updates : int
        N, at most.

    Returns
    -------
    Descent
        Every point of the path, with its loss and the optimizer's state.

    Raises
    ------
    DomainError
        If there are no updates to make, or the start is not valid.

    Examples
    --------
    >>> from teachrnn import AdaGrad
    >>> def bowl(theta):
    ...     return float(theta @ theta) / 2, theta
    >>> descent = descend(AdaGrad(eta=0.5), np.array([3.0, -1.0]), bowl, updates=20)
    >>> descent.steps[0].round(3)                 # the first step has the size of eta
    array([-0.5,  0.5])
    >>> descent.state["m"].shape, bool(descent.loss[-1] < descent.loss[0])
    ((20, 2), True)
    """
    check_counts("descend", updates=updates)
    theta = np.array(start, dtype=np.float64)
    g = np.empty_like(theta)
    thetas, gs, losses = [theta.copy()], [], []
    states: dict[str, list[Array]] = {name: [] for name in optimizer.state}
    with np.errstate(all="ignore"):  # a step that is too large shows in the next loss
        for _ in range(updates):
            loss, gradient = slope(theta)
            if not (isfinite(loss) and np.isfinite(gradient).all()):
                break
            g[...] = gradient
            optimizer.update(theta, g)
            if not np.isfinite(theta).all():
                break
            arrays = optimizer.state_arrays()
            for name, vectors in states.items():
                vectors.append(arrays[name])
            thetas.append(theta.copy())
            gs.append(g.copy())
            losses.append(float(loss))
    if not losses:
        raise DomainError("descend: loss or gradient are not finite at the start. Start elsewhere.")
    return Descent(
        np.array(thetas),
        np.array(gs),
        np.array(losses),
        {name: np.array(vectors) for name, vectors in states.items()},
    )
