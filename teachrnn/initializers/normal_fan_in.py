"""Normal, as narrow as the sum that it enters is long."""

from __future__ import annotations

import numpy as np

from teachrnn.array import Array
from teachrnn.initializers.initializer import Initializer, Parameter


class NormalFanIn(Initializer):
    r"""Normal numbers, narrower the more of them are summed, as in the assignment since 2025.

    $$U \sim \frac{\mathcal N(0, 1)}{\sqrt{2 d}}, \quad W \sim \frac{\mathcal N(0, 1)}{\sqrt{2 m}}, \quad
      V \sim \frac{\mathcal N(0, 1)}{\sqrt m}, \quad b = c = 0$$

    The 2 is there because two sums meet in $a_t = W h_{t-1} + U x_t + b$: if the numbers in h and x
    have variance 1, each brings half, and $a_t$ has variance 1 as well. d is the length of the
    input, K where it is a symbol. (Of a one-hot input only a single number is not 0, and U brings
    the variance $1/2d$ rather than $1/2$.)

    References
    ----------
    LeCun, Bottou, Orr & Müller (1998), Efficient BackProp, section 4.6, for the variance 1/fan-in.

    Examples
    --------
    >>> shapes = {"U": (80, 50), "W": (80, 80), "b": (80,), "V": (50, 80), "c": (50,)}
    >>> start = NormalFanIn().draw(shapes, rng=np.random.default_rng(0))
    >>> {name: round(1 / float(start[name].var())) for name in ("U", "W", "V")}     # 2d, 2m, m
    {'U': 100, 'W': 160, 'V': 81}
    """

    name = "normal-fan-in"

    def matrix(self, p: Parameter, rng: np.random.Generator) -> Array:
        sums = 1 if p.letter == "V" else 2
        return rng.normal(0.0, 1 / np.sqrt(sums * p.fan_in), p.shape)
