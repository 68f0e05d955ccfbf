"""Gradient clipping: a gradient that is too large is reduced before the update."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, isfinite, sqrt
from typing import NamedTuple

import numpy as np

from teachrnn.array import Array
from teachrnn.hyper_parameter import HyperParameters, positive
from teachrnn.part import Part
from teachrnn.registry import Registry

CLIPPINGS = Registry["type[Clipping]"]("way to clip")
"""Every way to clip, by the name used on the command line: filled by defining subclasses."""


class ClippedNorm(NamedTuple):
    """Euclidean norm of the whole gradient before and after clipping; inf or nan says so."""

    before: float
    after: float


class Clipping(HyperParameters, Part, registry=CLIPPINGS):
    """Base of every way to clip: called with a flat gradient, changes it in place.

    A gradient that holds inf or nan is left as it is, and its norm shows it: clipped, it would look
    like a large one, and training would continue from nonsense.

    Examples
    --------
    >>> from teachrnn import ClipByNorm, Clipping
    >>> Clipping.find("norm") is ClipByNorm
    True
    """

    def __call__(self, g: Array) -> ClippedNorm:
        """Clip $g$, (n,), in place."""
        raise NotImplementedError


@dataclass(frozen=True, kw_only=True)
class NoClipping(Clipping):
    """The gradient as it is.

    Examples
    --------
    >>> NoClipping()(np.array([3.0, 4.0]))
    ClippedNorm(before=5.0, after=5.0)
    """

    name = "none"

    def __call__(self, g: Array) -> ClippedNorm:
        norm = euclidean_norm(g)
        return ClippedNorm(norm, norm)


@dataclass(frozen=True, kw_only=True)
class ClipByValue(Clipping):
    r"""Every entry is clipped to the range from $-l$ to $l$; the direction may change.

    $$g_i \leftarrow \max(-l, \min(l, g_i))$$

    Parameters
    ----------
    limit : float
        $l$.

    References
    ----------
    Mikolov (2012), Statistical language models based on neural networks; Goodfellow, Bengio &
    Courville (2016), Deep Learning, section 10.11.1.

    Examples
    --------
    >>> g = np.array([8.0, -6.0])
    >>> ClipByValue(limit=6.0)(g).before
    10.0
    >>> g
    array([ 6., -6.])
    """

    name = "value"

    limit: float = positive(5.0)

    def __call__(self, g: Array) -> ClippedNorm:
        before = euclidean_norm(g)
        # No entry is larger than the norm; the margin allows for rounding of the norm.
        if before < 0.999 * self.limit or not isfinite(before):
            return ClippedNorm(before, before)
        if np.maximum.reduce(g) <= self.limit and np.minimum.reduce(g) >= -self.limit:
            return ClippedNorm(before, before)
        np.minimum(g, self.limit, out=g)
        np.maximum(g, -self.limit, out=g)
        return ClippedNorm(before, euclidean_norm(g))


@dataclass(frozen=True, kw_only=True)
class ClipByNorm(Clipping):
    r"""A gradient whose norm exceeds $l$ is scaled to norm $l$; its direction stays.

    $$g \leftarrow \frac{l}{\|g\|}\, g \quad \text{where } \|g\| > l$$

    Parameters
    ----------
    limit : float
        $l$, for the Euclidean norm over all parameters together.

    References
    ----------
    Pascanu, Mikolov & Bengio (2013), On the difficulty of training recurrent neural networks,
    algorithm 1; Goodfellow, Bengio & Courville (2016), Deep Learning, equations 10.48 and 10.49.

    Examples
    --------
    >>> g = np.array([8.0, -6.0])
    >>> ClipByNorm(limit=5.0)(g)
    ClippedNorm(before=10.0, after=5.0)
    >>> g
    array([ 4., -3.])
    """

    name = "norm"

    limit: float = positive(5.0)

    def __call__(self, g: Array) -> ClippedNorm:
        before = euclidean_norm(g)
        if not self.limit < before < inf:
            return ClippedNorm(before, before)
        g *= self.limit / before
        return ClippedNorm(before, self.limit)


def euclidean_norm(g: Array) -> float:
    r"""$\|g\|$ of a flat vector: inf or nan only where the vector holds such, not where $g^2$ overflows.

    Examples
    --------
    >>> euclidean_norm(np.full(4, 1e200))
    2e+200
    """
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        squared = float(g.dot(g))
    if 1e-30 < squared < inf:  # far from where squares overflow or underflow in float32
        return sqrt(squared)
    largest = float(np.abs(g).max(initial=0.0))
    if largest == 0 or not isfinite(largest):
        return largest
    with np.errstate(under="ignore"):
        scaled = g / largest
        return largest * sqrt(float(scaled.dot(scaled)))
