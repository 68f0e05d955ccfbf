"""Dropout with a given mask."""

from __future__ import annotations

from typing import Any

from teachrnn.array import Array
from teachrnn.domain import Choice, Reals
from teachrnn.leading_axes import sum_leading
from teachrnn.op import Op


class Dropout(Op):
    r"""Dropout: switch units off by a 0/1 mask and scale up the rest by 1/keep.

    The mask is an input, so that the operation is a function like any other and a record can be
    replayed. Draw it outside: ``rng.random(shape) < keep``. The division leaves the expected value
    of every unit unchanged ("inverted" dropout), so nothing needs to change after training.

    Shapes
    ------
    x (..., n), mask (..., n), keep () -> y (..., n)

    Gradients
    ---------
    $dx = dy \odot \mathrm{mask} / \mathrm{keep}$

    References
    ----------
    Srivastava et al. (2014), Dropout, JMLR 15, section 4; Goodfellow et al. (2016), section 7.12.

    Examples
    --------
    >>> import numpy as np
    >>> Dropout.forward(np.array([1.0, 2.0]), np.array([0.0, 1.0]), np.array(0.5))
    array([0., 4.])
    """

    signature = "(n),(n),()->(n)"
    shared = ("keep",)
    domain = {"mask": Choice((0.0, 1.0)), "keep": Reals(0.1, 1.0)}

    @classmethod
    def requires(cls, x: Array, mask: Array, keep: Array) -> str | None:  # type: ignore[override]
        if 0 < keep <= 1:
            return None
        return f"`keep` is {keep}: the share of units kept must be in (0, 1]."

    @staticmethod
    def formula(sp: Any, x: Any, mask: Any, keep: Any) -> Any:
        return x.multiply_elementwise(mask) / keep

    @staticmethod
    def forward(x: Array, mask: Array, keep: Array) -> Array:
        return x * mask / keep

    @staticmethod
    def dx(dy: Array, x: Array, mask: Array, keep: Array, y: Array) -> Array:
        return sum_leading(dy * mask / keep, like=x)

    dmask = None
    dkeep = None
