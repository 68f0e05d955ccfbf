"""AdaGrad."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from teachrnn.errors import DomainError

Array = NDArray[Any]


class AdaGrad:
    r"""AdaGrad: every entry has a step size of its own, which shrinks as its gradients add up.

    $$m \leftarrow m + g^2, \qquad \theta \leftarrow \theta - \frac{\eta}{\sqrt{m + \epsilon}}\, g$$

    The $\epsilon$ stands inside the root, as in the assignment.

    Parameters
    ----------
    eta : float
        Learning rate $\eta$.
    epsilon : float
        Keeps the root away from 0.

    References
    ----------
    Duchi, Hazan & Singer (2011), Adaptive subgradient methods, JMLR 12.

    Examples
    --------
    >>> parameters = {"w": np.array([1.0])}
    >>> AdaGrad(eta=0.1, epsilon=0.0).update(parameters, {"w": np.array([5.0])})
    >>> parameters["w"]                           # the first step has the size of eta
    array([0.9])
    """

    def __init__(self, *, eta: float = 0.1, epsilon: float = 1e-8) -> None:
        if not 0 < eta < float("inf"):
            raise DomainError(f"the learning rate eta is {eta} but must be a positive number.")
        self.eta, self.epsilon = eta, epsilon
        self.squares: dict[str, Array] = {}

    def update(self, parameters: dict[str, Array], gradients: Mapping[str, Array]) -> None:
        """Replace every parameter by its new value; the old arrays are left as they are."""
        for name, g in gradients.items():
            m = self.squares[name] = self.squares.get(name, 0.0) + g * g
            parameters[name] = parameters[name] - self.eta / np.sqrt(m + self.epsilon) * g
