"""Linear interpolation between two vectors."""

from __future__ import annotations

from typing import Any

from teachrnn.array import Array
from teachrnn.leading_axes import sum_leading
from teachrnn.op import Op


class Interpolate(Op):
    r"""Linear interpolation: gate $z$ mixes the new ($u$) with the old ($v$), entry by entry.

    This is how a GRU keeps its memory: where $z$ is 1, the old state is passed on unchanged, and
    so is the gradient.

    Shapes
    ------
    z (..., n), u (..., n), v (..., n) -> y (..., n)

    Gradients
    ---------
    $dz = dy \odot (v - u)$

    $du = dy \odot (1 - z)$

    $dv = dy \odot z$

    References
    ----------
    Cho et al. (2014), arXiv:1406.1078, equation 7.

    Examples
    --------
    >>> import numpy as np
    >>> Interpolate.forward(np.array([0.0, 1.0]), np.array([5.0, 5.0]), np.array([9.0, 9.0]))
    array([5., 9.])
    """

    signature = "(n),(n),(n)->(n)"

    @staticmethod
    def formula(sp: Any, z: Any, u: Any, v: Any) -> Any:
        closed = z.applyfunc(lambda open_: 1 - open_)
        return closed.multiply_elementwise(u) + z.multiply_elementwise(v)

    @staticmethod
    def forward(z: Array, u: Array, v: Array) -> Array:
        return (1 - z) * u + z * v

    @staticmethod
    def dz(dy: Array, z: Array, u: Array, v: Array, y: Array) -> Array:
        return sum_leading(dy * (v - u), like=z)

    @staticmethod
    def du(dy: Array, z: Array, u: Array, v: Array, y: Array) -> Array:
        return sum_leading(dy * (1 - z), like=u)

    @staticmethod
    def dv(dy: Array, z: Array, u: Array, v: Array, y: Array) -> Array:
        return sum_leading(dy * z, like=v)
