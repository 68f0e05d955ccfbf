"""RMSProp."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from teachrnn.array import Array
from teachrnn.hyper_parameter import fraction, positive
from teachrnn.optimizers.optimizer import Optimizer


@dataclass(kw_only=True, eq=False)
class RMSProp(Optimizer):
    r"""RMSProp: the gradient divided by the root of a moving mean of its square.

    $$m \leftarrow \gamma m + (1 - \gamma)\, g^2, \qquad
    \theta \leftarrow \theta - \frac{\eta}{\sqrt{m + \epsilon}}\, g$$

    The $\epsilon$ is inside the root, as in the assignment and in Goodfellow et al.; outside, the
    step is $\eta g / (\sqrt{m} + \epsilon)$.

    Parameters
    ----------
    eta : float
        Learning rate $\eta$.
    gamma : float
        Share $\gamma$ of the mean that is kept: it reaches back over about $1 / (1 - \gamma)$ updates.
    epsilon : float
        $\epsilon$, which keeps the root away from 0.
    epsilon_inside : bool
        Whether it is inside the root.

    References
    ----------
    Tieleman & Hinton (2012), Neural networks for machine learning, lecture 6.5; Goodfellow, Bengio &
    Courville (2016), Deep Learning, algorithm 8.5.

    Examples
    --------
    >>> theta = np.array([1.0])
    >>> RMSProp(eta=0.1, gamma=0.75).update(theta, np.array([5.0]))
    >>> theta.round(6)                            # the mean starts from 0, so the first step is large
    array([0.8])
    """

    name = "rmsprop"
    state = ("m",)

    eta: float = positive(0.001)
    gamma: float = fraction(0.9)
    epsilon: float = positive(1e-8)
    epsilon_inside: bool = True

    def rule(self, theta: Array, g: Array, tmp: Array, m: Array) -> None:
        m *= self.gamma
        np.multiply(g, g, tmp)
        tmp *= 1 - self.gamma
        m += tmp
        if self.epsilon_inside:
            np.add(m, self.epsilon, tmp)
            np.sqrt(tmp, tmp)
        else:
            np.sqrt(m, tmp)
            tmp += self.epsilon
        np.divide(g, tmp, tmp)
        tmp *= self.eta
        theta -= tmp

    @staticmethod
    def formula(
        sp: Any,
        theta: Any,
        g: Any,
        t: Any,
        m: Any,
        *,
        eta: Any,
        gamma: Any,
        epsilon: Any,
        epsilon_inside: bool,
    ) -> Any:
        m_new = gamma * m + (1 - gamma) * g**2
        root = sp.sqrt(m_new + epsilon) if epsilon_inside else sp.sqrt(m_new) + epsilon
        return theta - eta / root * g, {"m": m_new}
