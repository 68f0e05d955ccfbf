"""What PyTorch starts from."""

from __future__ import annotations

import numpy as np

from teachrnn.array import Array
from teachrnn.initializers.initializer import Initializer, Parameter


class UniformTorch(Initializer):
    r"""Uniform numbers of one width for all, biases too, as PyTorch draws them.

    $$U, W, V, c, b_{ih}, b_{hh} \sim \mathcal U\bigl(-\tfrac{1}{\sqrt m}, \tfrac{1}{\sqrt m}\bigr),
      \qquad b = b_{ih} + b_{hh}$$

    Our one bias of a gate is the sum of PyTorch's two, and is drawn as such; where a gate has two
    here as well, $b_n$ and $c_n$, each is drawn once. Every matrix has the variance $1 / 3m$, so that a
    sum over the state keeps a third of the state's variance. The distribution is PyTorch's, the
    numbers are not: its generator is another.

    References
    ----------
    PyTorch, documentation of ``torch.nn.RNN``, ``LSTM``, ``GRU`` and ``Linear``, section Variables.

    Examples
    --------
    >>> shapes = {"U": (4, 3), "W": (4, 4), "b": (4,), "V": (3, 4), "c": (3,)}
    >>> start = UniformTorch().draw(shapes, rng=np.random.default_rng(0))
    >>> all(np.abs(p).max() <= (2 if name == "b" else 1) / np.sqrt(4) for name, p in start.items())
    True
    """

    name = "uniform-torch"

    def matrix(self, p: Parameter, rng: np.random.Generator) -> Array:
        return _uniform(p, rng)

    def bias(self, p: Parameter, rng: np.random.Generator) -> Array:
        if p.letter == "c" or p.paired:
            return _uniform(p, rng)
        return _uniform(p, rng) + _uniform(p, rng)


def _uniform(p: Parameter, rng: np.random.Generator) -> Array:
    bound = 1 / np.sqrt(p.hidden)
    return rng.uniform(-bound, bound, p.shape)
