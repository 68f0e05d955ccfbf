"""Top-k sampling."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from teachrnn.array import Array
from teachrnn.hyper_parameter import count, within
from teachrnn.sampling.rank import ranks
from teachrnn.sampling.sampler import Sampler
from teachrnn.sampling.softmax import softmax
from teachrnn.sampling.temperature import TEMPERATURES, Temperature
from teachrnn.underflow import computed


@dataclass(frozen=True, kw_only=True)
class TopK(Sampler):
    r"""One of the $k$ likeliest symbols, each with its probability among them.

    $$p'_i = p_i \,\Big/ \sum_{j \in S} p_j \;\text{ for } i \in S, \text{ else } 0, \qquad
    p = \mathrm{softmax}(o / \tau)$$

    $S$ holds exactly $k$ symbols; of equals at its edge, the first in the vocabulary stay. The
    alternative, everything at least as likely as the $k$-th, can keep the whole vocabulary.

    Parameters
    ----------
    k : int
        How many symbols are kept; with K or more nothing is left out.
    temperature : float
        $\tau \ge 0$, applied first.

    Raises
    ------
    DomainError
        If k is not a whole number from 1 up, or the temperature is negative or not finite.

    References
    ----------
    Fan, Lewis & Dauphin (2018), Hierarchical neural story generation, ACL, section 5.4 (k = 10).

    Examples
    --------
    >>> TopK(k=2).distribution(np.log([0.2, 0.4, 0.2, 0.2])).round(3)
    array([0.333, 0.667, 0.   , 0.   ])
    """

    name = "top-k"

    k: int = count(10, least=1)
    temperature: float = within(TEMPERATURES, 1.0)

    def distribution(self, scores: Array) -> Array:
        p = softmax(scores, self.temperature)
        likeliest_first = np.argsort(-np.asarray(scores), kind="stable")
        p[likeliest_first[self.k :]] = 0
        return np.asarray(computed(np.divide, p, p.sum()))

    @staticmethod
    def probabilities(sp: Any, o: list[Any], *, k: int, temperature: Any) -> list[Any]:
        p = Temperature.probabilities(sp, o, temperature=temperature)
        kept = [p_i if rank < k else 0 for p_i, rank in zip(p, ranks(o), strict=True)]
        return [p_i / sum(kept) for p_i in kept]
