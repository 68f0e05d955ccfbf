"""Orthogonal recurrent weights."""

from __future__ import annotations

import numpy as np

from teachrnn.array import Array
from teachrnn.initializers.initializer import Parameter
from teachrnn.initializers.xavier import Xavier


class Orthogonal(Xavier):
    r"""A random rotation for W, so that going round it neither stretches nor shrinks anything.

    $$W^\top W = I, \qquad U, V \text{ as in Xavier}, \qquad b = c = 0$$

    BPTT multiplies by $W^\top$ once for every step back. Where all singular values of W are 1, the
    gradient neither vanishes nor explodes through W itself; what is left is the slope of tanh. Each
    gate gets a rotation of its own. Keras starts its SimpleRNN in this way too; of its gated cells it
    draws all gates as one wide matrix.

    The rotation is the Q of a normal matrix's QR decomposition. Its columns get the signs of R's
    diagonal: only then are all rotations equally likely.

    References
    ----------
    Saxe, McClelland & Ganguli (2014), Exact solutions to the nonlinear dynamics of learning in deep
    linear neural networks, ICLR; Mezzadri (2007), How to generate random matrices from the
    classical compact groups, Notices of the AMS 54(5), section 5, for the signs.

    Examples
    --------
    >>> shapes = {"U": (2, 3), "W": (2, 2), "b": (2,), "V": (3, 2), "c": (3,)}
    >>> W = Orthogonal().draw(shapes, rng=np.random.default_rng(0))["W"]
    >>> np.allclose(W.T @ W, np.eye(2))
    True
    """

    name = "orthogonal"

    def matrix(self, p: Parameter, rng: np.random.Generator) -> Array:
        if p.letter != "W":
            return super().matrix(p, rng)
        Q, R = np.linalg.qr(rng.normal(size=p.shape))
        return Q * np.sign(np.diag(R))
