"""All parameters of a model in one flat vector, under their textbook names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import prod
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from teachrnn.array import Array
from teachrnn.cells import Cell
from teachrnn.cells.fused.weights import Weights, aligned
from teachrnn.copying import CopiedWhole
from teachrnn.errors import DomainError, NameLookupError, ShapeError
from teachrnn.formulas.name import layer_scope
from teachrnn.memory import room_for


class ParameterVector(CopiedWhole, Mapping[str, Array]):
    r"""A mapping from names to arrays, all of which lie in one flat vector.

    An optimizer sees the vector ``flat``, a person sees ``parameters["W"]``: the same memory.
    Assigning to a name writes into it, so the two never part. Gradients are kept in a second one.

    Parameters
    ----------
    cell : type of Cell
        Which parameters a layer has, and how they lie in memory.
    inputs, hidden, symbols, layers : int
        d, m, K and how many layers.
    dtype : dtype
        float32 or float64.

    Examples
    --------
    >>> from teachrnn import VanillaCell
    >>> theta = ParameterVector(VanillaCell, inputs=3, hidden=2, symbols=4, layers=1, dtype=float)
    >>> theta["c"] = [1.0, 2.0, 3.0, 4.0]
    >>> theta.flat.size, theta.flat.sum()
    (24, np.float64(10.0))
    """

    def __init__(
        self, cell: type[Cell], *, inputs: int, hidden: int, symbols: int, layers: int, dtype: DTypeLike
    ) -> None:
        self._sizes = {"inputs": inputs, "hidden": hidden, "symbols": symbols, "layers": layers}
        self._cell = cell
        self.shapes: dict[str, tuple[int, ...]] = {}
        own = []  # for each layer: what its names begin with, its own shapes, its input width
        for layer in range(1, layers + 1):
            scope = layer_scope(layer, layers)
            width = inputs if layer == 1 else hidden
            shapes = cell.shapes(width, hidden)
            own.append((scope, shapes, width))
            self.shapes |= {scope + name: shape for name, shape in shapes.items()}
        self.shapes |= {"V": (symbols, hidden), "c": (symbols,)}
        count = sum(map(prod, self.shapes.values()))
        with room_for(
            count,
            dtype,
            what=f"A model of {count:,} parameters (m = {hidden:,}, K = {symbols:,}; layers: {layers})",
            advice="Choose a shorter state, `hidden`, or fewer symbols.",
        ):
            self.flat = aligned((count,), dtype)
        self.layers: list[Weights] = []
        views: dict[str, Array] = {}
        rest = self.flat
        for scope, shapes, width in own:
            size = sum(prod(shape) for shape in shapes.values())
            if cell.fused is None:
                named = _in_order(rest[:size], shapes)
            else:
                weights = cell.fused.layout.cut(rest[:size], width, hidden)
                self.layers.append(weights)
                named = weights.named
            views |= {scope + name: named[name] for name in shapes}
            rest = rest[size:]
        self.readout = rest.reshape(hidden + 1, symbols)
        """$[V^\\top; c]$, (m + 1, K)."""
        self._views = {**views, "V": self.readout[:-1].T, "c": self.readout[-1]}

    def __getitem__(self, name: str) -> Array:
        if name not in self._views:
            raise NameLookupError(
                f"the model has no parameter {name!r}; it has: {', '.join(self.shapes)}."
            )
        return self._views[name]

    def __setitem__(self, name: str, value: ArrayLike) -> None:
        self[name][...] = self.checked(name, value)

    def checked(self, name: str, value: ArrayLike) -> Array:
        """The value as an array, if the parameter of that name can take it.

        Parameters
        ----------
        name : str
            Name of a parameter.
        value : array-like
            What it is to become.

        Returns
        -------
        ndarray
            The value as an array of the parameter's shape.

        Raises
        ------
        NameLookupError, ShapeError, DomainError
            If it cannot.
        """
        shape, value = self[name].shape, np.asarray(value)
        if value.shape != shape:
            raise ShapeError(f"parameter `{name}` must have shape {shape}, got {value.shape}.")
        if value.dtype.kind not in "iufb":
            raise DomainError(f"parameter `{name}` must hold real numbers, got {value.dtype}.")
        return value

    def __getstate__(self) -> dict[str, Any]:
        """The vector alone: copied by themselves, its named views would be views no more."""
        return {"cell": self._cell, "sizes": self._sizes, "flat": self.flat}

    def __setstate__(self, state: dict[str, Any]) -> None:
        flat = state["flat"]
        self.__init__(state["cell"], **state["sizes"], dtype=flat.dtype)  # type: ignore[misc]
        self.flat[...] = flat

    def __iter__(self) -> Iterator[str]:
        return iter(self._views)

    def __len__(self) -> int:
        return len(self._views)

    def __repr__(self) -> str:
        held = ", ".join(f"{name} {shape}" for name, shape in self.shapes.items())
        return f"<ParameterVector of {self.flat.size} {self.flat.dtype} numbers: {held}>"


def _in_order(flat: Array, shapes: Mapping[str, tuple[int, ...]]) -> dict[str, Array]:
    """For a cell without a fused layer: one array after the other."""
    ends = np.cumsum([prod(shape) for shape in shapes.values()])
    parts = np.split(flat, ends[:-1])
    return {name: part.reshape(shapes[name]) for name, part in zip(shapes, parts, strict=True)}
