"""The contract of an initializer: what each parameter starts from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from teachrnn.array import Array
from teachrnn.errors import DomainError
from teachrnn.formulas.name import Name
from teachrnn.hyper_parameter import HyperParameters, Range, within
from teachrnn.part import Part
from teachrnn.registry import Registry

INITIALIZERS = Registry["type[Initializer]"]("initializer")
"""Every initializer, by the name used on the command line: filled by defining subclasses."""


@dataclass(frozen=True)
class Parameter:
    """A parameter that is to be drawn: all that a rule may ask about it.

    Attributes
    ----------
    letter : str
        The textbook's: "U", "W", "V", or of a bias "b", "c".
    gate : str
        The gate that it belongs to, such as "f"; "" where there is none.
    shape : tuple of int
        A matrix (n, d) or a bias (n,).
    hidden : int
        m, the length of the state vectors.
    paired : bool
        Whether its gate has a second bias, as the candidate of a GRU may have: ``b_n`` and ``c_n``.
    """

    letter: str
    gate: str
    shape: tuple[int, ...]
    hidden: int
    paired: bool

    @property
    def fan_in(self) -> int:
        """How many numbers one number of the result is summed from: columns of the matrix."""
        return self.shape[1]

    @property
    def fan_out(self) -> int:
        """How many sums one number enters: rows of the matrix."""
        return self.shape[0]


@dataclass(frozen=True, kw_only=True)
class Initializer(HyperParameters, Part, registry=INITIALIZERS):
    """Base of every initializer.

    A subclass has a ``name`` and a `matrix`; where biases don't start at 0, also a `bias`; and where
    it has settings of its own, it is a frozen dataclass with a field with a default for each.

    Parameters
    ----------
    forget_bias : float, optional
        What the bias of a forget gate starts from: ``b_f`` of the LSTM. 1 lets an untrained LSTM
        remember: near 0 its gate is half shut, and after ten steps a thousandth is left of the state.
        Without it, it starts as the other biases do.

    References
    ----------
    Jozefowicz, Zaremba & Sutskever (2015), An empirical exploration of recurrent network
    architectures, ICML, for the forget gate.

    Examples
    --------
    >>> from teachrnn import LSTMCell
    >>> shapes = {**LSTMCell.shapes(inputs=3, hidden=2), "V": (3, 2), "c": (3,)}
    >>> start = INITIALIZERS["xavier"](forget_bias=1.0).draw(shapes, rng=np.random.default_rng(0))
    >>> start["b_f"], start["b_i"]
    (array([1., 1.]), array([0., 0.]))
    """

    forget_bias: float | None = within(Range(optional=True), None)

    def draw(
        self, shapes: Mapping[str, tuple[int, ...]], *, forgets: str = "f", rng: np.random.Generator
    ) -> dict[str, Array]:
        """Draw all parameters of a network, one after the other.

        Parameters
        ----------
        shapes : mapping of str to tuple of int
            Shape of every parameter by name, as ``model.shapes()`` gives them.
        forgets : str
            The forget gate, if there is one: see `Cell`.
        rng : numpy.random.Generator
            Where the numbers come from.

        Returns
        -------
        dict
            Arrays of the given shapes, by name.

        Raises
        ------
        DomainError
            If a bias is given for forget gates, and the network has none.
        """
        parameters = {name: self._describe(name, shapes) for name in shapes}
        forgetting = [p for p in parameters.values() if (p.letter, p.gate) == ("b", forgets)]
        if self.forget_bias is not None and not forgetting:
            raise DomainError(
                f"`forget_bias` is {self.forget_bias} but this network has no forget gate: leave it out."
            )
        drawn = {}
        for name, p in parameters.items():
            if len(p.shape) == 2:
                drawn[name] = self.matrix(p, rng)
            elif self.forget_bias is not None and p in forgetting:
                drawn[name] = np.full(p.shape, self.forget_bias)
            else:
                drawn[name] = self.bias(p, rng)
        return drawn

    @staticmethod
    def _describe(name: str, shapes: Mapping[str, tuple[int, ...]]) -> Parameter:
        parts = Name.of(name)
        paired = bool(parts.gate) and str(replace(parts, letter="c")) in shapes
        return Parameter(parts.letter, parts.gate, shapes[name], hidden=shapes["V"][1], paired=paired)

    def matrix(self, p: Parameter, rng: np.random.Generator) -> Array:
        """Draw a U, W or V.

        Parameters
        ----------
        p : Parameter
            Which parameter it is, and its shape.
        rng : numpy.random.Generator
            Where the numbers come from.

        Returns
        -------
        ndarray
            The matrix.
        """
        raise NotImplementedError

    def bias(self, p: Parameter, rng: np.random.Generator) -> Array:
        """Draw a b or c: nothing is drawn, they start at 0.

        Parameters
        ----------
        p : Parameter
            Which parameter it is, and its shape.
        rng : numpy.random.Generator
            Where the numbers come from.

        Returns
        -------
        ndarray
            The vector.
        """
        return np.zeros(p.shape)
