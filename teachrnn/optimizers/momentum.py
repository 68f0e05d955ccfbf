"""Gradient descent with momentum."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from teachrnn.array import Array
from teachrnn.hyper_parameter import fraction, positive
from teachrnn.optimizers.optimizer import Optimizer


@dataclass(kw_only=True, eq=False)
class Momentum(Optimizer):
    r"""Momentum: steps accumulate in a velocity, which decays by $\mu$ from update to update.

    $$v \leftarrow \mu v - \eta\, g, \qquad \theta \leftarrow \theta + v$$

    The learning rate is inside the velocity, as in the references; if it is outside, as in
    PyTorch, a change of $\eta$ also changes the contribution of earlier steps.

    Parameters
    ----------
    eta : float
        Learning rate $\eta$.
    mu : float
        Share $\mu$ of the velocity that is kept.

    References
    ----------
    Polyak (1964), Some methods of speeding up the convergence of iteration methods; Sutskever,
    Martens, Dahl & Hinton (2013), On the importance of initialization and momentum in deep learning,
    equations 1 and 2; Goodfellow, Bengio & Courville (2016), Deep Learning, algorithm 8.2.

    Examples
    --------
    >>> theta, optimizer = np.array([1.0]), Momentum(eta=0.1, mu=0.5)
    >>> for _ in range(2):                        # steps of 0.1, and of 0.1 + 0.05
    ...     optimizer.update(theta, np.array([1.0]))
    >>> theta
    array([0.75])
    """

    name = "momentum"
    state = ("v",)

    eta: float = positive(0.01)
    mu: float = fraction(0.9)

    def rule(self, theta: Array, g: Array, tmp: Array, v: Array) -> None:
        v *= self.mu
        np.multiply(g, self.eta, tmp)
        v -= tmp
        theta += v

    @staticmethod
    def formula(sp: Any, theta: Any, g: Any, t: Any, v: Any, *, eta: Any, mu: Any) -> Any:
        v_new = mu * v - eta * g
        return theta + v_new, {"v": v_new}
