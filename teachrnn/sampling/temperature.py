"""Sampling at a temperature."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from teachrnn.array import Array
from teachrnn.hyper_parameter import Range, within
from teachrnn.sampling.cumulative import invert
from teachrnn.sampling.greedy import Greedy
from teachrnn.sampling.sampler import Sampler
from teachrnn.sampling.softmax import softmax, softmax_weights

TEMPERATURES = Range(0, meaning="0 takes the likeliest symbol, 1 the network's own probabilities")


@dataclass(frozen=True, kw_only=True)
class Temperature(Sampler):
    r"""Every symbol with its probability, at a temperature.

    $$p = \mathrm{softmax}(o / \tau)$$

    At 1 the probabilities are the network's own. Below 1 the distribution is sharper, above 1 it is
    flatter. Temperature 0 is defined as the limit: the likeliest symbol.

    Parameters
    ----------
    temperature : float
        $\tau \ge 0$; it may exceed 1.

    Raises
    ------
    DomainError
        If it is negative or not finite.

    References
    ----------
    Ackley, Hinton & Sejnowski (1985), A learning algorithm for Boltzmann machines, equation 5.

    Examples
    --------
    >>> import numpy as np
    >>> Temperature(temperature=0.5).distribution(np.log([0.5, 0.25, 0.25])).round(3)
    array([0.667, 0.167, 0.167])
    """

    name = "temperature"

    temperature: float = within(TEMPERATURES, 1.0)

    def distribution(self, scores: Array) -> Array:
        return softmax(scores, self.temperature)

    def draw(self, scores: Array, u: float) -> int:
        return invert(softmax_weights(scores, self.temperature), u)  # spared: sum and division

    @staticmethod
    def probabilities(sp: Any, o: list[Any], *, temperature: Any) -> list[Any]:
        if temperature == 0:
            return Greedy.probabilities(sp, o)
        weights = [sp.exp(score / temperature) for score in o]
        return [weight / sum(weights) for weight in weights]
