"""Nucleus sampling."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from teachrnn.array import Array
from teachrnn.hyper_parameter import Range, within
from teachrnn.sampling.rank import ranks
from teachrnn.sampling.sampler import Sampler
from teachrnn.sampling.softmax import softmax
from teachrnn.sampling.temperature import TEMPERATURES, Temperature
from teachrnn.underflow import computed

SLACK = 1e-9
"""How much more than 1 - theta may be left out, relatively: 0.4 + 0.3 + 0.2 is to reach 0.9."""

MASSES = Range(0, 1, with_low=False, with_high=True, meaning="it is the mass to keep; 1 keeps all")


@dataclass(frozen=True, kw_only=True)
class Nucleus(Sampler):
    r"""One of the fewest symbols that together are likely enough, each with its probability.

    $$p'_i = p_i \,\Big/ \sum_{j \in S} p_j \;\text{ for } i \in S, \text{ else } 0, \qquad
    p = \mathrm{softmax}(o / \tau)$$

    $S$ is the smallest set with $\sum_{j \in S} p_j \ge \theta$: where the network is sure it holds
    a symbol or two, where it is not it holds many. Of equals at its edge, the first in the
    vocabulary stay, and no more of them than are needed.

    Parameters
    ----------
    theta : float
        $\theta$, the mass that is kept, in (0, 1]; 1 keeps every symbol.
    temperature : float
        $\tau \ge 0$, applied first.

    Raises
    ------
    DomainError
        If theta lies outside, or the temperature is negative or not finite.

    References
    ----------
    Holtzman, Buys, Du, Forbes & Choi (2020), The curious case of neural text degeneration, ICLR,
    section 3.1, equations 2 and 3; their p is theta here.

    Examples
    --------
    >>> Nucleus(theta=0.6).distribution(np.log([0.25, 0.25, 0.25, 0.25])).round(3)
    array([0.333, 0.333, 0.333, 0.   ])
    """

    name = "nucleus"

    theta: float = within(MASSES, 0.95)
    temperature: float = within(TEMPERATURES, 1.0)

    def distribution(self, scores: Array) -> Array:
        p = softmax(scores, self.temperature)
        unlikely_first = np.argsort(-np.asarray(scores), kind="stable")[::-1]
        # The smallest set that reaches theta leaves out the longest tail of at most 1 - theta. The
        # tail is summed, for its numbers are small and so is their rounding: 1 then keeps everything.
        tail = np.cumsum(p[unlikely_first[:-1]])  # the likeliest symbol always stays
        left_out = np.searchsorted(tail, (1 - self.theta) * (1 + SLACK))
        p[unlikely_first[:left_out]] = 0
        return np.asarray(computed(np.divide, p, p.sum()))

    @staticmethod
    def probabilities(sp: Any, o: list[Any], *, theta: Any, temperature: Any) -> list[Any]:
        p = Temperature.probabilities(sp, o, temperature=temperature)
        rank = ranks(o)
        # A symbol stays if those before it have not reached theta: if it and those after it have more
        # than the rest, 1 - theta. (Where theta is 1, the former is lost in the digits of the sum.)
        rest = [sum(p_j for p_j, r in zip(p, rank, strict=True) if r >= of) for of in rank]
        stays = [r == 0 or mass > (1 - theta) * (1 + SLACK) for r, mass in zip(rank, rest, strict=True)]
        kept = [p_i if here else 0 for p_i, here in zip(p, stays, strict=True)]
        return [p_i / sum(kept) for p_i in kept]
