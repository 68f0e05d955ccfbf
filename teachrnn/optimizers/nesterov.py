"""Gradient descent with Nesterov's momentum."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from teachrnn.array import Array
from teachrnn.hyper_parameter import fraction, positive
from teachrnn.optimizers.optimizer import Optimizer


@dataclass(kw_only=True, eq=False)
class Nesterov(Optimizer):
    r"""Nesterov's momentum: the gradient is taken where the velocity is about to lead.

    $$v \leftarrow \mu v - \eta\, g, \qquad \theta \leftarrow \theta + \mu v - \eta\, g$$

    Here $\theta$ is the point looked ahead to, at which a model computes its gradient anyway: the
    point behind it is $\theta - \mu v$. At a constant $\mu$ this is the same path as the rule that
    keeps the point behind and looks ahead for every gradient.

    Parameters
    ----------
    eta : float
        Learning rate $\eta$.
    mu : float
        Share $\mu$ of the velocity that is kept.

    References
    ----------
    Nesterov (1983), A method of solving a convex programming problem with convergence rate O(1/k^2);
    Sutskever, Martens, Dahl & Hinton (2013), equations 3 and 4; Bengio, Boulanger-Lewandowski &
    Pascanu (2013), Advances in optimizing recurrent networks, section 3.5, for the form used here.

    Examples
    --------
    >>> theta = np.array([1.0])
    >>> Nesterov(eta=0.1, mu=0.5).update(theta, np.array([1.0]))
    >>> theta                                     # a step of 0.1, and 0.05 ahead
    array([0.85])
    """

    name = "nesterov"
    state = ("v",)

    eta: float = positive(0.01)
    mu: float = fraction(0.9)

    def rule(self, theta: Array, g: Array, tmp: Array, v: Array) -> None:
        v *= self.mu
        np.multiply(g, self.eta, tmp)
        v -= tmp
        theta -= tmp
        np.multiply(v, self.mu, tmp)
        theta += tmp

    @staticmethod
    def formula(sp: Any, theta: Any, g: Any, t: Any, v: Any, *, eta: Any, mu: Any) -> Any:
        v_new = mu * v - eta * g
        behind = theta - mu * v
        return behind + v_new + mu * v_new, {"v": v_new}
