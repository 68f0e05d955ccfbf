"""Hypothesis strategy: the instances on which a user's backward pass is compared with teachrnn's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

import hypothesis.strategies as st

from teachrnn.cells import Cell
from teachrnn.diagnosis.instance import Instance

SCALES = (0.7, 0.1, 2.0, 0.01, 0.001)
"""Standard deviations of the parameters, the most informative first."""


@dataclass(frozen=True)
class DrawnCase:
    """What an instance is drawn from; equal cases have equal numbers.

    Attributes
    ----------
    cell : str
        Name of the cell.
    T, hidden, symbols : int
        T, m and K.
    batch : int or None
        B; None for one sequence without a batch axis.
    scale, start : float
        Standard deviation of the parameters, and of the initial state.
    distinct : bool
        Whether no input symbol occurs twice.
    seed : int
        Seed of the numbers.
    """

    cell: str
    T: int
    hidden: int
    symbols: int
    batch: int | None = None
    scale: float = 0.7
    start: float = 0.0
    distinct: bool = False
    seed: int = 0

    def instance(self, draw: Callable[..., Instance] | None = None) -> Instance:
        """The instance, with numbers of one digit; drawn by ``draw`` if code can only be run on some."""
        given = asdict(self)
        cell = given.pop("cell")
        return draw(**given, digits=1) if draw else Instance.draw(cell, **given, digits=1)

    @property
    def arguments(self) -> str:
        """The arguments of the call that draws the instance, without those that have the default."""
        usual = {"batch": None, "scale": 0.7, "distinct": False, "seed": 0}
        given = {k: v for k, v in asdict(self).items() if k != "cell" and (k, v) not in usual.items()}
        return ", ".join(f"{name}={value!r}" for name, value in {**given, "digits": 1}.items())


@dataclass(frozen=True)
class Limits:
    """How large cases may be, and of what kinds.

    Attributes
    ----------
    max_T, max_hidden, max_symbols, max_batch : int
        Largest T, m, K and B; with ``max_batch=0`` there is never a batch axis.
    scales, starts : sequence of float
        Standard deviations of the parameters, and of the initial state: simple ones first.
    tokens : sequence of str
        "distinct", where no input symbol occurs twice, and "any".
    """

    max_T: int = 6
    max_hidden: int = 4
    max_symbols: int = 6
    max_batch: int = 3
    scales: Sequence[float] = SCALES
    starts: Sequence[float] = (0.0, 0.8)
    tokens: Sequence[str] = ("distinct", "any")


@st.composite
def cases(draw: st.DrawFn, cell: str, limits: Limits = Limits()) -> DrawnCase:
    """Cases within limits.

    The order of drawing is the order in which a failing case is made smaller: first T, then m, K and B,
    then what is easy to calculate with. The seed, which determines all numbers, comes last: if the
    numbers were drawn one by one, Hypothesis would prefer small numbers to a small T.
    """
    T = draw(st.integers(1, limits.max_T), label="T")
    hidden = draw(st.integers(1, limits.max_hidden), label="m")
    symbols = draw(st.integers(2, limits.max_symbols), label="K")
    batch = draw(st.integers(0, limits.max_batch), label="B, or 0 for no batch axis")
    start = draw(st.sampled_from(limits.starts), label="h0")
    tokens = draw(st.sampled_from(limits.tokens), label="tokens")
    scale = draw(st.sampled_from(limits.scales), label="scale")
    seed = draw(st.integers(0, 999), label="seed")
    distinct = tokens == "distinct" and symbols >= T
    return DrawnCase(cell, T, hidden, symbols, batch or None, scale, start, distinct, seed)


def instances(
    cell: str | type[Cell] = "vanilla", **limits: int | Sequence[float] | Sequence[str]
) -> st.SearchStrategy[Instance]:
    """Instances to compare code with: a network with its numbers, a sequence and the right gradients.

    Every number, including biases and initial state, has one significant digit. Hypothesis makes a
    failing case smaller, first in T, then in m, K and B, until it can be worked out by hand.

    Parameters
    ----------
    cell : str or type of Cell
        The cell.
    **limits
        ``max_T``, ``max_hidden``, ``max_symbols``, ``max_batch`` (0 for no batch axis); the standard
        deviations ``scales`` of the parameters and ``starts`` of the initial state; ``tokens``, a
        sequence of "distinct" (no input symbol occurs twice) and "any". The simplest comes first.

    Returns
    -------
    strategy of Instance
        With ``model.parameters``, ``x``, ``y``, ``state``, ``trace`` and ``gradients``.

    Examples
    --------
    >>> import numpy as np
    >>> from hypothesis import find
    >>> long = find(instances(max_batch=0), lambda instance: instance.T >= 3)
    >>> long
    Instance(cell=vanilla, T=3, m=1, K=2)
    """
    within = Limits(**limits)  # type: ignore[arg-type]  # by name, each of its own type
    return cases(Cell.find(cell).name, within).map(DrawnCase.instance)
