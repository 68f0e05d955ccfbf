"""Wrong ways to add up what the time steps contribute to the gradient of a parameter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from teachrnn.array import Array


@dataclass(frozen=True)
class WrongSum:
    """Each step's term counts so many times, where it should count once.

    Attributes
    ----------
    name : str
        What the mistake is called.
    words : str
        What the gradient then is, after "dW".
    why : str
        Why it is wrong.
    seen : str
        What a check must have to see it.
    weights : callable
        How many times each term counts: of the step t (an array), T and B.
    transposed : bool
        Whether the sum is transposed in the end.
    """

    name: str
    words: str
    why: str
    seen: str
    weights: Callable[[Array, int, int], Array]
    transposed: bool = False
    weight: int = 1

    @property
    def scales(self) -> bool:
        """Whether every term counts the same number of times, not once."""
        counts = np.asarray(self.weights(np.array([1, 2, 3]), 3, 2), dtype=float)
        return len(set(counts)) == 1 and counts[0] != 0 and not self.transposed


ADD = (
    "W is used at every step, so its gradient is the sum of the terms of all of them: begin with zeros,"
    " use +=."
)
MEAN = (
    "The gradient is that of the loss as it stands: if the loss is a sum, so is the gradient; divide"
    " both or neither."
)
TB = "T and B of at least 2, and different"


def _all(factor: Callable[[int, int], float]) -> Callable[[Array, int, int], Array]:
    return lambda t, T, B: np.full(t.shape, factor(T, B))


WRONG_SUMS = (
    WrongSum(
        "left out",
        "is zero",
        "The parameter is used in the forward pass, so it has a gradient: accumulate it in the loop.",
        "any numbers",
        _all(lambda T, B: 0.0),
    ),
    WrongSum(
        "only the first step",
        "holds the term of t = 1 alone, the last that the loop comes to",
        ADD,
        "T of at least 2",
        lambda t, T, B: t == 1,
    ),
    WrongSum(
        "only the last step",
        "holds the term of t = T alone, the first that the loop comes to",
        ADD,
        "T of at least 2",
        lambda t, T, B: t == T,
    ),
    WrongSum(
        "first step left out",
        "lacks the term of t = 1",
        "The first step uses the parameter too, with the initial state: the loop must reach it.",
        "an initial state that is not 0",
        lambda t, T, B: t > 1,
    ),
    WrongSum(
        "last step left out",
        "lacks the term of t = T",
        "The loop must begin at the last step.",
        "T of at least 2",
        lambda t, T, B: t < T,
    ),
    WrongSum("divided by T", "is divided by T", MEAN, TB, _all(lambda T, B: 1 / T)),
    WrongSum("divided by B", "is divided by the batch size", MEAN, TB, _all(lambda T, B: 1 / B)),
    WrongSum(
        "divided by T B",
        "is divided by T and by the batch size",
        MEAN,
        TB,
        _all(lambda T, B: 1 / (T * B)),
    ),
    WrongSum("multiplied by T", "is multiplied by T", MEAN, TB, _all(lambda T, B: T)),
    WrongSum("multiplied by B", "is multiplied by the batch size", MEAN, TB, _all(lambda T, B: B)),
    WrongSum(
        "multiplied by T B",
        "is multiplied by T and by the batch size",
        MEAN,
        TB,
        _all(lambda T, B: T * B),
    ),
    WrongSum(
        "doubled",
        "is twice what it should be",
        "It is added in two places, or twice in one: += inside and outside of a function.",
        "any numbers",
        _all(lambda T, B: 2.0),
    ),
    WrongSum(
        "wrong sign",
        "has the wrong sign",
        "The update subtracts the gradient; the gradient itself has its own sign.",
        "any numbers",
        _all(lambda T, B: -1.0),
    ),
    WrongSum(
        "transposed",
        "is transposed",
        "The gradient of a matrix has its shape: rows belong to what comes out, columns to what goes in."
        " A square one hides it.",
        "m of at least 2",
        _all(lambda T, B: 1.0),
        transposed=True,
    ),
)
"""Every one of them; the catalogue applies each to single parameters and to groups."""
