"""Normal, of one width for all."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from teachrnn.array import Array
from teachrnn.hyper_parameter import not_negative
from teachrnn.initializers.initializer import Initializer, Parameter


@dataclass(frozen=True, kw_only=True)
class Normal(Initializer):
    r"""Normal numbers of one standard deviation for all matrices, as in the assignment until 2024.

    $$U, W, V \sim \mathcal N(0, \sigma^2), \qquad b = c = 0$$

    Simple, but a width that suits one m does not suit another: a sum of m terms is $\sqrt m$ times
    as wide as each of them. With $\sigma = 0.01$ and m = 100 the recurrent part starts at a tenth
    of the state, so that a gradient loses nine tenths at every step back.

    Parameters
    ----------
    scale : float
        $\sigma$.
    forget_bias : float, optional
        See `Initializer`.

    References
    ----------
    Goodfellow, Bengio & Courville (2016), Deep Learning, section 8.4.

    Examples
    --------
    >>> shapes = {"U": (2, 3), "W": (2, 2), "b": (2,), "V": (3, 2), "c": (3,)}
    >>> Normal(scale=0.01).draw(shapes, rng=np.random.default_rng(0))["W"].round(4)
    array([[ 0.013 ,  0.0095], [-0.007 , -0.0127]])
    """

    name = "normal"

    scale: float = not_negative(0.01)

    def matrix(self, p: Parameter, rng: np.random.Generator) -> Array:
        return rng.normal(0.0, self.scale, p.shape)
