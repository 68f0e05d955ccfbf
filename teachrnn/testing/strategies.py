"""Hypothesis strategies: inputs that fit an operation, networks of random shape."""

from __future__ import annotations

from dataclasses import dataclass

import hypothesis.extra.numpy as hnp
import hypothesis.strategies as st
import numpy as np
from hypothesis import assume

from teachrnn.array import Array
from teachrnn.cells import Cell
from teachrnn.domain import Choice, Domain, Index, Reals
from teachrnn.models import CharRNN
from teachrnn.op import Op
from teachrnn.trace import Trace

MARGIN = 1e-3
"""Minimum distance of drawn numbers from the points that a domain avoids."""


def numbers(domain: Domain | None = None) -> st.SearchStrategy[float]:
    """Real numbers of a domain, by default of [-2, 2]."""
    reals = domain if isinstance(domain, Reals) else Reals()
    drawn = st.floats(reals.low, reals.high, allow_subnormal=False)
    return drawn.filter(lambda x: all(abs(x - a) > MARGIN for a in reals.avoid))


@st.composite
def op_inputs(
    draw: st.DrawFn, op: type[Op], *, leading: tuple[int, ...] | None = None, max_size: int = 3
) -> list[Array]:
    """Arrays that an operation accepts: random sizes and leading axes, numbers from its domains.

    Parameters
    ----------
    op : type
        The operation.
    leading : tuple of int, optional
        The leading axes of every input that may have them; by default none, one or two axes on
        some of the inputs.
    max_size : int
        Largest length of a core axis.

    Returns
    -------
    strategy of list of ndarray
        One array for each input, in the order of ``forward``.

    Examples
    --------
    >>> from teachrnn import Linear
    >>> op_inputs(Linear, max_size=2).validate()
    """
    sizes = {letter: draw(st.integers(1, max_size), label=letter) for letter in op.shape_rule.letters()}
    forced = leading is not None
    if leading is None:
        leading = tuple(draw(st.lists(st.integers(1, 3), max_size=2), label="leading axes"))
    arrays = []
    for name, axes in zip(op.inputs, op.shape_rule.inputs, strict=True):
        carries = name not in op.shared and (forced or draw(st.booleans(), label=f"{name} has them"))
        shape = (leading if carries else ()) + tuple(sizes[a] for a in axes)
        arrays.append(draw(_entries(op.domain.get(name), shape, sizes), label=name))
    assume(op.requires(*arrays) is None)
    return arrays


def _entries(
    domain: Domain | None, shape: tuple[int, ...], sizes: dict[str, int]
) -> st.SearchStrategy[Array]:
    if isinstance(domain, Index):
        top = sizes[domain.axis] - (0 if domain.end else 1)
        return hnp.arrays(np.int64, shape, elements=st.integers(0, top))
    if isinstance(domain, Choice):
        return hnp.arrays(np.float64, shape, elements=st.sampled_from(domain.values))
    return hnp.arrays(np.float64, shape, elements=numbers(domain))


def like(array: Array) -> st.SearchStrategy[Array]:
    """An array of the same shape, to serve as the gradient that arrives."""
    return hnp.arrays(np.float64, np.shape(array), elements=numbers())


@dataclass(frozen=True)
class DrawnNetwork:
    """A model, a sequence and its record."""

    model: CharRNN
    x: Array
    y: Array
    state: dict[str, Array]

    def record(self, *, fused: bool = True) -> Trace:
        """Record the forward pass."""
        return self.model.record(self.x, self.y, state=self.state, fused=fused)

    def moved(self, rng: np.random.Generator) -> DrawnNetwork:
        """The same network with other parameters, inputs and initial state."""
        model = CharRNN(**self.model.settings(), rng=rng)
        model.set_parameters(
            **{name: p + rng.normal(0, 0.5, p.shape) for name, p in self.model.parameters.items()}
        )
        token = self.x.dtype.kind in "iu"
        x = rng.integers(0, model.inputs, self.x.shape) if token else rng.normal(size=self.x.shape)
        return DrawnNetwork(
            model, x, self.y, {n: s + rng.normal(0, 0.5, s.shape) for n, s in self.state.items()}
        )

    def __repr__(self) -> str:
        m = self.model
        return (
            f"DrawnNetwork(cell={m.cell.name}, T={len(self.x)}, m={m.hidden}, K={m.symbols}, "
            f"layers={m.layers}, x={self.x.dtype}{self.x.shape})"
        )


@st.composite
def networks(
    draw: st.DrawFn,
    cell: type[Cell],
    *,
    max_steps: int = 4,
    max_units: int = 4,
    max_layers: int = 2,
    max_symbols: int = 5,
    max_inputs: int = 3,
    batched: bool | None = None,
    dense: bool | None = None,
) -> DrawnNetwork:
    """A network with random T, m, K, B, layers, initial state, weight scale and kind of input.

    Parameters
    ----------
    cell : type of Cell
        The cell.
    max_steps : int
        Largest T.
    max_units : int
        Largest m.
    max_layers : int
        Largest number of layers.
    max_symbols : int
        Largest K, at least 2.
    max_inputs : int
        Largest d of dense inputs.
    batched : bool, optional
        Whether there is a batch axis; drawn at random if not given.
    dense : bool, optional
        Whether inputs are vectors instead of token numbers; drawn at random if not given.

    Returns
    -------
    strategy of DrawnNetwork
        A model with a sequence to read, its targets and its initial state.

    Examples
    --------
    >>> from teachrnn import VanillaCell
    >>> networks(VanillaCell, max_steps=2, batched=False).validate()
    """
    T = draw(st.integers(1, max_steps), label="T")
    m = draw(st.integers(1, max_units), label="m")
    K = draw(st.integers(2, max_symbols), label="K")
    layers = draw(st.integers(1, max_layers), label="layers")
    if batched is None:
        batched = draw(st.booleans(), label="batched")
    if dense is None:
        dense = draw(st.booleans(), label="dense input")
    scale = draw(st.sampled_from([0.01, 0.1, 0.5, 1.0]), label="weight scale")
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1), label="seed"))
    leading = (draw(st.integers(1, 3), label="B"),) if batched else ()
    inputs = draw(st.integers(1, max_inputs), label="d") if dense else None
    model = CharRNN(
        hidden=m, symbols=K, cell=cell.name, layers=layers, inputs=inputs, scale=scale, rng=rng
    )
    model.set_parameters(**{k: p + rng.normal(0, scale, p.shape) for k, p in model.parameters.items()})
    x = rng.normal(size=(T, *leading, inputs)) if inputs else rng.integers(0, K, (T, *leading))
    y = rng.integers(0, K, (T, *leading))
    zero = draw(st.booleans(), label="h0 = 0")
    state = {n: rng.normal(0, 0 if zero else 0.5, (*leading, m)) for n in model.state_names()}
    return DrawnNetwork(model, x, y, state)
