"""Kaiming He's rule."""

from __future__ import annotations

import numpy as np

from teachrnn.array import Array
from teachrnn.initializers.initializer import Initializer, Parameter


class He(Initializer):
    r"""Normal numbers, wide enough to make up for the half that a relu sets to 0.

    $$U, W, V \sim \mathcal N\bigl(0, \tfrac{2}{n_{in}}\bigr), \qquad b = c = 0$$

    Meant for cells that squash by relu. Under tanh it starts wider than is needed: some units are
    saturated from the first step on, which is worth seeing once.

    References
    ----------
    He, Zhang, Ren & Sun (2015), Delving deep into rectifiers, ICCV, equation 10.

    Examples
    --------
    >>> shapes = {"U": (80, 50), "W": (80, 80), "b": (80,), "V": (50, 80), "c": (50,)}
    >>> start = He().draw(shapes, rng=np.random.default_rng(0))
    >>> {name: round(2 / float(start[name].var())) for name in ("U", "W", "V")}     # d, m, m
    {'U': 50, 'W': 80, 'V': 81}
    """

    name = "he"

    def matrix(self, p: Parameter, rng: np.random.Generator) -> Array:
        return rng.normal(0.0, np.sqrt(2 / p.fan_in), p.shape)
