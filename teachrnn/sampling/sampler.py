"""The contract of a sampling strategy: which distribution the next symbol is drawn from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from teachrnn.array import Array
from teachrnn.hyper_parameter import HyperParameters
from teachrnn.part import Part
from teachrnn.registry import Registry
from teachrnn.sampling.cumulative import invert

SAMPLERS = Registry["type[Sampler]"]("sampling strategy")
"""Every strategy, by the name used on the command line: filled by defining subclasses of `Sampler`."""


@dataclass(frozen=True, kw_only=True)
class Sampler(HyperParameters, Part, registry=SAMPLERS, required=("probabilities",)):
    """Base of every sampling strategy.

    A subclass is a frozen dataclass with a field with a default for each setting. It states

    ``name``
        What it is called on the command line.
    ``distribution(self, scores)``
        The probabilities that the next symbol is drawn with: see `distribution`.
    ``probabilities(sp, o, ...)``
        The same a second time, from its definition: a static method that takes the scores as a list
        of numbers of the module ``sp`` (SymPy) that is passed in, the settings as keywords, and
        returns a list of as many probabilities. It is not used for drawing: draws are tested against it.

    A strategy contains no randomness: a draw is a function of the scores and of a random number ``u``.
    Defining it registers it in `SAMPLERS`, and `teachrnn.testing.sampler_suite` tests it.

    Examples
    --------
    >>> import numpy as np
    >>> from teachrnn.sampling.softmax import softmax
    >>> @dataclass(frozen=True, kw_only=True)
    ... class Mixture(Sampler, register=False):
    ...     name = "mixture"
    ...     chance: float = 0.1                     # of a symbol out of the blue
    ...
    ...     def distribution(self, scores):
    ...         return (1 - self.chance) * softmax(scores, 1) + self.chance / len(scores)
    ...
    ...     @staticmethod
    ...     def probabilities(sp, o, *, chance):
    ...         total = sum(sp.exp(score) for score in o)
    ...         return [(1 - chance) * sp.exp(score) / total + chance / len(o) for score in o]
    >>> mixture = Mixture(chance=0.2)
    >>> mixture.distribution(np.array([0.0, 0.0, 1000.0])).round(3)
    array([0.067, 0.067, 0.867])
    >>> mixture.settings()
    {'chance': 0.2}
    """

    probabilities: ClassVar[Callable[..., list[Any]]]

    def distribution(self, scores: Array) -> Array:
        """The probabilities that the next symbol is drawn with.

        Parameters
        ----------
        scores : ndarray
            o, (K,): what the network gives before its softmax.

        Returns
        -------
        ndarray
            p, (K,), in double precision; the sum is 1.

        Raises
        ------
        DomainError
            For scores that are not finite.
        ShapeError
            For scores that are not one vector.
        """
        raise NotImplementedError

    def draw(self, scores: Array, u: float) -> int:
        """Draw a symbol by inverting the cumulative distribution.

        Parameters
        ----------
        scores : ndarray
            o, (K,), left as it is.
        u : float
            Drawn evenly from [0, 1).

        Returns
        -------
        int
            The number of a symbol.
        """
        return invert(self.distribution(scores), u)
