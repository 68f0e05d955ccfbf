"""Adam with decoupled weight decay."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from teachrnn.array import Array
from teachrnn.hyper_parameter import not_negative
from teachrnn.optimizers.adam import Adam


@dataclass(kw_only=True, eq=False)
class AdamW(Adam):
    r"""AdamW: Adam, and every parameter shrinks by a share of its own, whatever its gradient.

    $$\theta \leftarrow \theta - \eta \left( \frac{\hat m}{\sqrt{\hat v} + \epsilon}
    + \lambda \theta \right)$$

    with $\hat m$ and $\hat v$ as in `Adam`. A penalty $\frac{\lambda}{2} \|\theta\|^2$ on the loss is
    not the same: its gradient would be divided by the root too, and would shrink most the parameters
    whose gradients are small. Biases, which are rarely decayed elsewhere, decay here as well.

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
    weight_decay : float
        $\lambda$.

    References
    ----------
    Loshchilov & Hutter (2019), Decoupled weight decay regularization, algorithm 2; the decay is scaled
    by $\eta$ as in PyTorch.

    Examples
    --------
    >>> import numpy as np
    >>> theta = np.array([1.0])
    >>> AdamW(eta=0.1, weight_decay=0.5).update(theta, np.array([0.0]))
    >>> theta                                     # no gradient: the decay alone
    array([0.95])
    """

    name = "adamw"

    weight_decay: float = not_negative(0.01)

    def rule(self, theta: Array, g: Array, tmp: Array, m: Array, v: Array) -> None:
        theta *= 1 - self.eta * self.weight_decay
        super().rule(theta, g, tmp, m, v)

    @staticmethod
    def formula(sp: Any, theta: Any, *step: Any, eta: Any, weight_decay: Any = 0, **adam: Any) -> Any:
        theta_new, state = Adam.formula(sp, theta, *step, eta=eta, **adam)
        return theta_new - eta * weight_decay * theta, state
