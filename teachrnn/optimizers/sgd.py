"""Stochastic gradient descent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from teachrnn.array import Array
from teachrnn.hyper_parameter import positive
from teachrnn.optimizers.optimizer import Optimizer


@dataclass(kw_only=True, eq=False)
class SGD(Optimizer):
    r"""Stochastic gradient descent: a step against the gradient.

    $$\theta \leftarrow \theta - \eta\, g$$

    Parameters
    ----------
    eta : float
        Learning rate $\eta$.

    References
    ----------
    Robbins & Monro (1951), A stochastic approximation method; Goodfellow, Bengio & Courville (2016),
    Deep Learning, algorithm 8.1.

    Examples
    --------
    >>> theta = np.array([1.0, 2.0])
    >>> SGD(eta=0.5).update(theta, np.array([1.0, -1.0]))
    >>> theta
    array([0.5, 2.5])
    """

    name = "sgd"

    eta: float = positive(0.01)

    def rule(self, theta: Array, g: Array, tmp: Array) -> None:
        np.multiply(g, self.eta, tmp)
        theta -= tmp

    @staticmethod
    def formula(sp: Any, theta: Any, g: Any, t: Any, *, eta: Any) -> Any:
        return theta - eta * g, {}
