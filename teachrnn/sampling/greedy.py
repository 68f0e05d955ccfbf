"""Greedy choice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from teachrnn.array import Array
from teachrnn.sampling.rank import ranks
from teachrnn.sampling.sampler import Sampler
from teachrnn.sampling.softmax import softmax


@dataclass(frozen=True, kw_only=True)
class Greedy(Sampler):
    r"""Always the likeliest symbol, the first of several; nothing is random.

    $$p_k = 1 \text{ at } k = \arg\max_j o_j, \text{ else } 0$$

    A network that always chooses the likeliest symbol soon repeats itself: once a state (nearly) occurs
    again, everything after it does too.

    References
    ----------
    Holtzman, Buys, Du, Forbes & Choi (2020), The curious case of neural text degeneration, ICLR,
    figures 1 and 4, on what it does to a text.

    Examples
    --------
    >>> import numpy as np
    >>> Greedy().distribution(np.array([0.0, 2.0, 2.0]))
    array([0., 1., 0.])
    """

    name = "greedy"

    def distribution(self, scores: Array) -> Array:
        return softmax(scores, temperature=0)

    @staticmethod
    def probabilities(sp: Any, o: list[Any]) -> list[Any]:
        return [1 if rank == 0 else 0 for rank in ranks(o)]
