"""Ways to clip gradients before an update, right ones and wrong ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from teachrnn.array import Array
from teachrnn.training.clipping import ClipByNorm, ClipByValue, Clipping

GradientArrays = Mapping[str, Array]
LARGE = "gradients beyond the limit: large weights, or a long sequence"


@dataclass(frozen=True)
class Clip:
    """One way to clip all gradients of a step.

    Attributes
    ----------
    name : str
        What it is called: a right way by what is done, a wrong way by the mistake.
    words : str
        What is done, as a sentence without its full stop.
    of : callable
        From the gradients and the limit to the clipped gradients.
    why : str
        Why that is wrong; empty for a right way.
    meant : Clip or None
        For a wrong way, the right way that it is meant to be.
    """

    name: str
    words: str
    of: Callable[[GradientArrays, float], dict[str, Array]]
    why: str = ""
    meant: Clip | None = None

    @property
    def right(self) -> bool:
        """Whether nothing is wrong with it."""
        return not self.why


def _together(
    clipping: Callable[[float], Clipping],
) -> Callable[[GradientArrays, float], dict[str, Array]]:
    """A way of ours, applied to all gradients as one vector."""

    def clipped(gradients: GradientArrays, limit: float) -> dict[str, Array]:
        flat = np.concatenate([g.ravel() for g in gradients.values()])
        clipping(limit)(flat)
        ends = np.cumsum([g.size for g in gradients.values()])[:-1]
        parts = np.split(flat, ends)
        return {n: part.reshape(g.shape) for (n, g), part in zip(gradients.items(), parts, strict=True)}

    return clipped


def _scaled(
    norm: Callable[[GradientArrays], float],
    *,
    when: bool = True,
    inverted: bool = False,
    to: bool = True,
) -> Callable[[GradientArrays, float], dict[str, Array]]:
    """Scaled by a quotient of the limit and some norm."""

    def clipped(gradients: GradientArrays, limit: float) -> dict[str, Array]:
        size = norm(gradients)
        factor = (limit if to else 1.0) / size if size else 1.0
        factor = 1 / factor if inverted else factor
        factor = min(1.0, factor) if inverted else factor
        needed = inverted or not when or size > limit
        return {n: g * (factor if needed else 1.0) for n, g in gradients.items()}

    return clipped


def _of_each(of: Callable[[Array, float], Array]) -> Callable[[GradientArrays, float], dict[str, Array]]:
    return lambda gradients, limit: {n: of(g, limit) for n, g in gradients.items()}


def _norm(gradients: GradientArrays) -> float:
    return float(np.sqrt(sum(np.sum(g * g) for g in gradients.values())))


def _by_its_own(g: Array, limit: float) -> Array:
    size = float(np.linalg.norm(g))
    return g * (limit / size) if size > limit else g


NONE = Clip("not clipped", "the gradients are not clipped", lambda gradients, limit: dict(gradients))
VALUE = Clip(
    "by value",
    "every entry is clipped to a range",
    _together(lambda limit: ClipByValue(limit=limit)),
)
NORM = Clip(
    "by norm",
    "the norm of all gradients together is clipped",
    _together(lambda limit: ClipByNorm(limit=limit)),
)
_ONE = (
    "All gradients together are one vector: its norm is the root of the sum of all squares, and one"
    " factor scales all of it."
)
_TWO_SIDES = "An entry may be too large in either direction: clip to the range from -limit to limit."

WRONG_CLIPS = (
    Clip(
        "clipped array by array",
        "every array is clipped by its own norm, so that the direction changes",
        _of_each(_by_its_own),
        _ONE,
        NORM,
    ),
    Clip(
        "norm without its root",
        "the sum of squares stands where its root, the norm, belongs",
        _scaled(lambda gradients: _norm(gradients) ** 2),
        _ONE,
        NORM,
    ),
    Clip(
        "sum of norms",
        "the norms of the arrays are added up, where their squares should be",
        _scaled(lambda gradients: sum(float(np.linalg.norm(g)) for g in gradients.values())),
        _ONE,
        NORM,
    ),
    Clip(
        "largest norm",
        "the largest of the arrays' norms stands where the norm of all belongs",
        _scaled(lambda gradients: max(float(np.linalg.norm(g)) for g in gradients.values())),
        _ONE,
        NORM,
    ),
    Clip(
        "largest entry",
        "the largest entry stands where the norm belongs",
        _scaled(lambda gradients: max(float(np.abs(g).max(initial=0.0)) for g in gradients.values())),
        _ONE,
        NORM,
    ),
    Clip(
        "scaled below the limit",
        "gradients whose norm is below the limit are scaled, too, up to it",
        _scaled(_norm, when=False),
        "Gradients are scaled only if their norm exceeds the limit: compare first.",
        NORM,
    ),
    Clip(
        "quotient upside down",
        "the factor is norm / limit where it should be limit / norm",
        _scaled(_norm, inverted=True),
        "Scaled by limit / norm, the gradient has the norm of the limit.",
        NORM,
    ),
    Clip(
        "scaled to norm 1",
        "gradients beyond the limit are scaled to norm 1, not to the limit",
        _scaled(_norm, to=False),
        "Scaled by limit / norm, the gradient has the norm of the limit.",
        NORM,
    ),
    Clip(
        "clipped from above only",
        "entries are clipped from above, and not from below",
        _of_each(np.minimum),
        _TWO_SIDES,
        VALUE,
    ),
    Clip(
        "clipped from below only",
        "entries are clipped from below, and not from above",
        _of_each(lambda g, limit: np.maximum(g, -limit)),
        _TWO_SIDES,
        VALUE,
    ),
    Clip(
        "clipped to positive numbers",
        "entries are clipped to the range from 0 to the limit",
        _of_each(lambda g, limit: np.clip(g, 0, limit)),
        _TWO_SIDES,
        VALUE,
    ),
)
"""The wrong ways."""


def all_but(clip: Clip, names: frozenset[str]) -> Clip:
    """Clipping that leaves some arrays out.

    Parameters
    ----------
    clip : Clip
        What is done to the others.
    names : frozenset of str
        The arrays that it is not done to.

    Returns
    -------
    Clip
        The two together.

    Examples
    --------
    >>> some = all_but(VALUE, frozenset({"b"}))
    >>> some.words, some.of({"W": np.full(1, 9.0), "b": np.full(1, 9.0)}, 5.0)
    ('db is not clipped', {'W': array([5.]), 'b': array([9.])})
    """

    def clipped(gradients: GradientArrays, limit: float) -> dict[str, Array]:
        done = clip.of(gradients, limit)
        return {n: g if n in names else done[n] for n, g in gradients.items()}

    listed = " and ".join(f"d{name}" for name in sorted(names))
    return Clip(
        "clipping misses an array",
        f"{listed} {'is' if len(names) == 1 else 'are'} not clipped",
        clipped,
        "Every gradient can explode: list all parameters, or loop over the dict.",
        clip,
    )
