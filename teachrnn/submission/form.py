"""How an array of the student is made up of our parameters: stacked, transposed, as a column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from teachrnn.array import Array
from teachrnn.errors import ShapeError

VectorForm = Literal["flat", "column", "row"]


@dataclass(frozen=True)
class FormPart:
    """One parameter of ours inside an array of the student's, multiplied by a factor.

    The factor is -1 where a gate has the opposite sense, and a share where two biases are added.
    """

    parameter: str
    factor: float = 1.0


@dataclass(frozen=True)
class Form:
    """An array of the student's as blocks of our parameters, and what its axes are.

    Attributes
    ----------
    blocks : tuple of tuple of FormPart
        Outputs (gates) downwards, inputs ([x; h; 1]) to the right, as in $W x$.
    transposed : bool
        Whether it stands to the right of a row, $x W$.
    vector : {"flat", "column", "row"}
        The shape of what is one column: (n,), (n, 1) or (1, n).

    Examples
    --------
    >>> joint = Form(((FormPart("U"), FormPart("W"), FormPart("b")),), transposed=True)
    >>> p = {"U": np.ones((2, 3)), "W": np.zeros((2, 2)), "b": np.full(2, 5.0)}
    >>> joint.encode(p).shape
    (6, 2)
    >>> joint.decode(joint.encode(p), p)["b"]
    array([5., 5.])
    """

    blocks: tuple[tuple[FormPart, ...], ...]
    transposed: bool = False
    vector: VectorForm = "flat"

    @property
    def parameters(self) -> list[str]:
        """Our parameters in it."""
        return [part.parameter for row in self.blocks for part in row]

    def is_vector(self, parameters: Mapping[str, Array]) -> bool:
        """Whether it is one column: a bias."""
        return all(len(row) == 1 and parameters[row[0].parameter].ndim == 1 for row in self.blocks)

    def encode(self, parameters: Mapping[str, Array]) -> Array:
        """The student's array with our numbers in it."""
        rows = [[_matrix(parameters[p.parameter]) * p.factor for p in row] for row in self.blocks]
        whole = rows[0][0] if len(rows) == len(rows[0]) == 1 else np.block(rows)
        if self.is_vector(parameters):
            return _as_vector(whole.ravel(), self.vector)
        return np.ascontiguousarray(whole.T if self.transposed else whole)

    def decode(self, gradient: Array, parameters: Mapping[str, Array]) -> dict[str, Array]:
        """Our gradients in the student's gradient of it.

        Raises
        ------
        ShapeError
            Saying what shape was needed; (n, 1) for (n,) is let pass.
        """
        need = self.encode(parameters).shape
        if gradient.shape != need:
            if sorted(n for n in gradient.shape if n > 1) != sorted(n for n in need if n > 1) or (
                [n for n in gradient.shape if n > 1] != [n for n in need if n > 1]
            ):
                fix = ": hand over its transpose" if gradient.shape == need[::-1] else ""
                raise ShapeError(f"has shape {gradient.shape} but must have {need}{fix}")
            gradient = gradient.reshape(need)
        if self.is_vector(parameters):
            whole = gradient.reshape(-1, 1)
        else:
            whole = gradient.T if self.transposed else gradient
        found, top = {}, 0
        for row in self.blocks:
            left = 0
            for part in row:
                like = parameters[part.parameter]
                height, width = _matrix(like).shape
                block = whole[top : top + height, left : left + width]
                # A share of a bias has the bias's own gradient; a change of sense changes the sign.
                found[part.parameter] = block.reshape(like.shape) * np.sign(part.factor)
                left += width
            top += height
        return found

    def turned(self, *, transposed: bool, vector: VectorForm) -> Form:
        """The same blocks with other axes."""
        return replace(self, transposed=transposed, vector=vector)


def _matrix(p: Array) -> Array:
    return p if p.ndim > 1 else p[:, None]


def _as_vector(v: Array, form: VectorForm) -> Array:
    shapes: dict[VectorForm, tuple[int, ...]] = {"flat": (-1,), "column": (-1, 1), "row": (1, -1)}
    return v.reshape(shapes[form])


def fitting_turn(form: Form, shape: Sequence[int], parameters: Mapping[str, Array]) -> Form | None:
    """The form with those axes that give an array of this shape; None if none does."""
    for transposed in (False, True):
        for vector in ("flat", "column", "row"):
            turned = form.turned(transposed=transposed, vector=vector)
            if turned.encode(parameters).shape == tuple(shape):
                return turned
    return None
