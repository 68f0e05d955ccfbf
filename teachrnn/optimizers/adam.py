"""Adam."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np

from teachrnn.array import Array
from teachrnn.hyper_parameter import fraction, positive
from teachrnn.optimizers.optimizer import Optimizer


@dataclass(kw_only=True, eq=False)
class Adam(Optimizer):
    r"""Adam: a moving mean of the gradient, divided by the root of a moving mean of its square.

    $$m \leftarrow \beta_1 m + (1 - \beta_1)\, g, \qquad v \leftarrow \beta_2 v + (1 - \beta_2)\, g^2$$
    $$\hat m = \frac{m}{1 - \beta_1^t}, \qquad \hat v = \frac{v}{1 - \beta_2^t}, \qquad
    \theta \leftarrow \theta - \eta\, \frac{\hat m}{\sqrt{\hat v} + \epsilon}$$

    Both means start from 0; $\hat m$ and $\hat v$ correct for that. The $\epsilon$ is outside the
    root, as in the references; inside, the step is $\eta\, \hat m / \sqrt{\hat v + \epsilon}$.

    Parameters
    ----------
    eta : float
        Learning rate $\eta$.
    beta1, beta2 : float
        Shares $\beta_1, \beta_2$ of the two means that are kept.
    epsilon : float
        $\epsilon$, which keeps the root away from 0.
    epsilon_inside : bool
        Whether it is inside the root.

    References
    ----------
    Kingma & Ba (2015), Adam: a method for stochastic optimization, algorithm 1; Goodfellow, Bengio &
    Courville (2016), Deep Learning, algorithm 8.7.

    Examples
    --------
    >>> theta = np.array([1.0, 1.0])
    >>> Adam(eta=0.1).update(theta, np.array([5.0, -0.5]))
    >>> theta.round(6)                            # the first step has the size of eta
    array([0.9, 1.1])
    """

    name = "adam"
    state = ("m", "v")

    eta: float = positive(0.001)
    beta1: float = fraction(0.9)
    beta2: float = fraction(0.999)
    epsilon: float = positive(1e-8)
    epsilon_inside: bool = False

    def rule(self, theta: Array, g: Array, tmp: Array, m: Array, v: Array) -> None:
        m *= self.beta1
        np.multiply(g, 1 - self.beta1, tmp)
        m += tmp
        v *= self.beta2
        np.multiply(g, g, tmp)
        tmp *= 1 - self.beta2
        v += tmp
        # Numerator and denominator times the root of 1 - beta2^t: what corrects the vectors m and v
        # becomes two numbers, and two passes less (Kingma & Ba, end of section 2).
        weight_m, weight_v = 1 - self.beta1**self.t, 1 - self.beta2**self.t
        if self.epsilon_inside:
            np.add(v, self.epsilon * weight_v, tmp)
            np.sqrt(tmp, tmp)
        else:
            np.sqrt(v, tmp)
            tmp += self.epsilon * sqrt(weight_v)
        np.divide(m, tmp, tmp)
        tmp *= self.eta * sqrt(weight_v) / weight_m
        theta -= tmp

    @staticmethod
    def formula(
        sp: Any,
        theta: Any,
        g: Any,
        t: Any,
        m: Any,
        v: Any,
        *,
        eta: Any,
        beta1: Any,
        beta2: Any,
        epsilon: Any,
        epsilon_inside: bool,
        **_: Any,
    ) -> Any:
        m_new = beta1 * m + (1 - beta1) * g
        v_new = beta2 * v + (1 - beta2) * g**2
        m_hat, v_hat = m_new / (1 - beta1**t), v_new / (1 - beta2**t)
        root = sp.sqrt(v_hat + epsilon) if epsilon_inside else sp.sqrt(v_hat) + epsilon
        return theta - eta * m_hat / root, {"m": m_new, "v": v_new}
