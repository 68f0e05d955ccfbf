"""The contract of a recurrent cell: one time step, written in operations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from teachrnn.cells.fused.layer import FusedLayer
from teachrnn.formulas.name import gate_suffix
from teachrnn.op import Value
from teachrnn.ops import Add, Affine, Embedding, Linear
from teachrnn.part import Part
from teachrnn.registry import Registry

CELLS = Registry["type[Cell]"]("cell")
"""Every cell, by the name used on the command line: filled by defining subclasses of `Cell`."""

Values = Mapping[str, Value]


class Cell(Part, registry=CELLS):
    """Base of every recurrent cell.

    A subclass has a ``name``, the names of its ``state`` vectors, the names of its ``gates`` (each
    gate has its own U, W and b), and `step`: straight-line code, one operation per equation, in the
    order of the paper. It holds no derivative and no loop over time. A cell that changes another's step
    has no fused layer until it names one: that of the other would train the other.

    Examples
    --------
    >>> from teachrnn import Add, Affine, Cell, CharRNN, Linear, Relu
    >>> class ReluCell(Cell, register=False):
    ...     name = "relu"
    ...     @classmethod
    ...     def step(cls, p, x, state):
    ...         r = Affine(state["h"], p["W"], p["b"], name="r")
    ...         return {"h": Relu(Add(r, Linear(x, p["U"], name="u"), name="a"), name="h")}
    >>> import numpy as np
    >>> model = CharRNN(hidden=2, symbols=3, inputs=2, cell=ReluCell, rng=np.random.default_rng(0))
    >>> model.record(np.ones((4, 2)))["h[4]"]
    <h[4] = Relu(a[4]) (2,)>
    """

    state: ClassVar[tuple[str, ...]] = ("h",)
    gates: ClassVar[tuple[str, ...]] = ("",)
    forgets: ClassVar[str] = "f"
    """The forget gate, where it has one: where its bias starts is an initializer's ``forget_bias``."""
    fused: ClassVar[type[FusedLayer] | None] = None
    """The same over a whole sequence, for training: it only reorders what `step` computes."""
    fused_single: ClassVar[type[FusedLayer] | None] = None
    """Another fused layer for a single sequence of several steps, where that is faster."""

    def __init_subclass__(cls, **how: Any) -> None:
        own = vars(cls)
        cls.fused, cls.fused_single = own.get("fused"), own.get("fused_single")
        super().__init_subclass__(**how)

    @classmethod
    def shapes(cls, inputs: int, hidden: int) -> dict[str, tuple[int, ...]]:
        """Shape of every parameter: for each gate U (m, d), W (m, m) and b (m).

        Parameters
        ----------
        inputs : int
            d, the length of the input vectors.
        hidden : int
            m, the length of the state vectors.

        Returns
        -------
        dict
            Shapes by the letter of the parameter, in the order in which they are applied.
        """
        shapes: dict[str, tuple[int, ...]] = {}
        for gate in cls.gates:
            of = gate_suffix(gate)
            shapes |= {"U" + of: (hidden, inputs), "W" + of: (hidden, hidden), "b" + of: (hidden,)}
        return shapes

    @classmethod
    def step(cls, p: Values, x: Value, state: Values) -> dict[str, Value]:
        """Record one time step and return the new state.

        Parameters
        ----------
        p : mapping of str to Value
            The cell's parameters by letter, as recorded in the trace.
        x : Value
            Input at this step: token numbers (...), or vectors (..., d).
        state : mapping of str to Value
            State vectors (..., m) of the step before.

        Returns
        -------
        dict
            The new state vectors, (..., m), by name.
        """
        raise NotImplementedError


def input_product(x: Value, U: Value, *, name: str) -> Value:
    """Record U x: a look-up where x holds token numbers, a product where it holds vectors."""
    if x.data.dtype.kind in "iu":
        return Embedding(x, U, name=name)
    return Linear(x, U, name=name)


def pre_activation(p: Values, x: Value, h: Value, *, gate: str = "") -> Value:
    """Record a_t = (W h_{t-1} + b) + (U x_t), the argument of a squashing function."""
    of = gate_suffix(gate)
    r = Affine(h, p["W" + of], p["b" + of], name="r" + of)
    u = input_product(x, p["U" + of], name="u" + of)
    return Add(r, u, name="a" + of)
