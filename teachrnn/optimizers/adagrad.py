"""AdaGrad."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from teachrnn.array import Array
from teachrnn.hyper_parameter import positive
from teachrnn.optimizers.optimizer import Optimizer


@dataclass(kw_only=True, eq=False)
class AdaGrad(Optimizer):
    r"""AdaGrad: every entry has a step size of its own, which shrinks as its squared gradients add up.

    $$m \leftarrow m + g^2, \qquad \theta \leftarrow \theta - \frac{\eta}{\sqrt{m}}\, g,
    \qquad m = \epsilon \text{ at the start}$$

    So $\epsilon$ is inside the root, as in the assignment, and costs nothing. Outside, as in the
    references, $m$ starts from 0 and the step is $\eta g / (\epsilon + \sqrt{m})$.

    Parameters
    ----------
    eta : float
        Learning rate $\eta$.
    epsilon : float
        $\epsilon$, which keeps the root away from 0.
    epsilon_inside : bool
        Whether it is inside the root.

    References
    ----------
    Duchi, Hazan & Singer (2011), Adaptive subgradient methods for online learning and stochastic
    optimization, figure 1; Goodfellow, Bengio & Courville (2016), Deep Learning, algorithm 8.4.

    Examples
    --------
    >>> theta = np.array([1.0, 1.0])
    >>> AdaGrad(eta=0.1).update(theta, np.array([5.0, 0.5]))
    >>> theta.round(6)                            # the first step has the size of eta
    array([0.9, 0.9])
    """

    name = "adagrad"
    state = ("m",)

    eta: float = positive(0.1)
    epsilon: float = positive(1e-8)
    epsilon_inside: bool = True

    def start(self) -> dict[str, float]:
        return {"m": self.epsilon if self.epsilon_inside else 0.0}

    def rule(self, theta: Array, g: Array, tmp: Array, m: Array) -> None:
        np.multiply(g, g, tmp)
        m += tmp
        np.sqrt(m, tmp)
        if not self.epsilon_inside:
            tmp += self.epsilon
        np.divide(g, tmp, tmp)
        tmp *= self.eta
        theta -= tmp

    @staticmethod
    def formula(
        sp: Any, theta: Any, g: Any, t: Any, m: Any, *, eta: Any, epsilon: Any, epsilon_inside: bool
    ) -> Any:
        m_new = m + g**2
        root = sp.sqrt(m_new) if epsilon_inside else sp.sqrt(m_new) + epsilon
        return theta - eta / root * g, {"m": m_new}
