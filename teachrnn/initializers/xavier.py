"""Xavier Glorot's rule."""

from __future__ import annotations

import numpy as np

from teachrnn.array import Array
from teachrnn.initializers.initializer import Initializer, Parameter


class Xavier(Initializer):
    r"""Uniform numbers, between what the forward pass and what the backward pass would like.

    $$U, W, V \sim \mathcal U(-r, r), \qquad r = \sqrt{\frac{6}{n_{in} + n_{out}}}, \qquad b = c = 0$$

    Their variance is $2 / (n_{in} + n_{out})$. Going forward, values would keep their variance with
    $1/n_{in}$, as that many are summed; going backward, gradients with $1/n_{out}$.

    References
    ----------
    Glorot & Bengio (2010), Understanding the difficulty of training deep feedforward neural
    networks, AISTATS, equation 16.

    Examples
    --------
    >>> shapes = {"U": (2, 4), "W": (2, 2), "b": (2,), "V": (4, 2), "c": (4,)}
    >>> start = Xavier().draw(shapes, rng=np.random.default_rng(0))
    >>> bool(np.abs(start["U"]).max() <= np.sqrt(6 / (4 + 2)))
    True
    """

    name = "xavier"

    def matrix(self, p: Parameter, rng: np.random.Generator) -> Array:
        r = np.sqrt(6 / (p.fan_in + p.fan_out))
        return rng.uniform(-r, r, p.shape)
