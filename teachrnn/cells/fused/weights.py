"""The layout of a layer's parameters in memory: in blocks that a whole sequence is multiplied by."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import prod

import numpy as np
from numpy.typing import DTypeLike

from teachrnn.array import Array
from teachrnn.formulas.name import gate_suffix


@dataclass(frozen=True)
class Weights:
    r"""One layer's parameters as matrices for rows of vectors, cut from a flat vector.

    The textbook multiplies columns by $W$; in memory vectors are rows, which are multiplied by
    $W^\top$. Gates whose recurrent products are computed together are side by side, with the bias as one
    more row, multiplied by a 1 appended to the state: $[h, 1]\,[W^\top; b] = W h + b$.

    Attributes
    ----------
    W : tuple of ndarray
        For each block of gates $[W^\top; b]$, (m + 1, m times the gates in the block).
    U : ndarray
        $U^\top$ of all gates side by side, (d, q).
    c : ndarray
        Biases outside the recurrent product, m entries for each; usually none, (0,).
    named : dict
        The same memory under the textbook's names and in its shapes: views, to be read and written.
    """

    W: tuple[Array, ...]
    U: Array
    c: Array
    named: dict[str, Array]


@dataclass(frozen=True)
class WeightLayout:
    r"""Where each gate is in the memory of a layer.

    Parameters
    ----------
    recurrent : sequence of sequences of str
        Blocks of gates; the recurrent products of a block are made at once.
    inputs : sequence of str
        The order of the gates in $U^\top$.
    outside : sequence of str
        Gates with a second bias, ``c_gate``, outside the recurrent product.
    """

    recurrent: Sequence[Sequence[str]]
    inputs: Sequence[str]
    outside: Sequence[str] = ()

    def size(self, inputs: int, hidden: int) -> int:
        """How many numbers a layer has."""
        return len(self.inputs) * hidden * (hidden + 1 + inputs) + len(self.outside) * hidden

    def cut(self, flat: Array, inputs: int, hidden: int) -> Weights:
        """Views of a flat vector of that size."""
        named: dict[str, Array] = {}
        rest = flat
        blocks = []
        for gates in self.recurrent:
            block, rest = _take(rest, hidden + 1, hidden * len(gates))
            blocks.append(block)
            for gate, columns in _columns(gates, hidden):
                named["W" + gate] = block[:hidden, columns].T
                named["b" + gate] = block[hidden, columns]
        U, rest = _take(rest, inputs, hidden * len(self.inputs))
        for gate, columns in _columns(self.inputs, hidden):
            named["U" + gate] = U[:, columns].T
        c = rest[: hidden * len(self.outside)]
        for gate, columns in _columns(self.outside, hidden):
            named["c" + gate] = c[columns]
        return Weights(tuple(blocks), U, c, named)


def _take(flat: Array, rows: int, columns: int) -> tuple[Array, Array]:
    size = rows * columns
    return flat[:size].reshape(rows, columns), flat[size:]


def _columns(gates: Sequence[str], hidden: int) -> Iterator[tuple[str, slice]]:
    for i, gate in enumerate(gates):
        yield gate_suffix(gate), slice(i * hidden, (i + 1) * hidden)


def aligned(shape: tuple[int, ...], dtype: DTypeLike) -> Array:
    """Zeros aligned to a cache line, where vector instructions are fastest."""
    line = 64
    size = prod(shape)
    dtype = np.dtype(dtype)
    memory = np.zeros(size * dtype.itemsize + line, np.uint8)
    start = -memory.ctypes.data % line
    return memory[start : start + size * dtype.itemsize].view(dtype).reshape(shape)
