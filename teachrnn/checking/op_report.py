"""Every gradient of every operation against SymPy's derivative of its formula."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from teachrnn.array import Array
from teachrnn.drawn_inputs import drawn_input
from teachrnn.errors import DomainError
from teachrnn.op import Op
from teachrnn.ops import OPS
from teachrnn.reference import ReferenceOp

TOLERANCE = 1e-12


@dataclass(frozen=True)
class OpCheck:
    """One gradient method compared with the symbolic derivative.

    Attributes
    ----------
    name : str
        Such as ``Affine.dW``.
    error : float
        Largest absolute error, relative to the largest entry (or to 1, if that is larger).
    """

    name: str
    error: float

    @property
    def agrees(self) -> bool:
        """Whether the error is no more than rounding."""
        return self.error <= TOLERANCE


@np.errstate(under="ignore")
def check_ops(*ops: type[Op], trials: int = 5, rng: np.random.Generator | None = None) -> list[OpCheck]:
    """Compare every gradient of the operations (all that are registered, if none is named).

    Shapes, leading axes and numbers are drawn at random; the worst of the trials counts. The
    property tests of ``teachrnn.testing`` do the same more thoroughly.

    Parameters
    ----------
    *ops : type of Op
        The operations.
    trials : int
        How often each is compared.
    rng : numpy.random.Generator, optional
        For the drawing.

    Returns
    -------
    list of OpCheck
        One comparison for every gradient.

    Raises
    ------
    DomainError
        If ``trials`` is below 1.

    Examples
    --------
    >>> from teachrnn import Tanh
    >>> [(check.name, check.agrees) for check in check_ops(Tanh)]
    [('Tanh.dx', True)]
    """
    if trials < 1:
        raise DomainError(f"`trials` is {trials}: every gradient must be compared at least once.")
    rng = rng or np.random.default_rng(0)
    checks = []
    for op in ops or tuple(OPS.values()):
        for name, gradient in op.gradient_methods.items():
            if gradient is None:
                continue
            errors = []
            for _ in range(trials):
                arrays = draw_inputs(op, rng)
                y = np.asarray(op.forward(*arrays))
                dy = rng.normal(size=y.shape)
                expected = ReferenceOp(op).gradient(name, dy, *arrays)
                error = np.abs(gradient(dy, *arrays, y) - expected).max(initial=0.0)
                errors.append(float(error / max(np.abs(expected).max(initial=0.0), 1.0)))
            checks.append(OpCheck(f"{op.__name__}.d{name}", max(errors)))
    return checks


def draw_inputs(op: type[Op], rng: np.random.Generator) -> list[Array]:
    """Random inputs that the operation accepts."""
    while True:
        sizes = {letter: int(rng.integers(1, 4)) for letter in op.shape_rule.letters()}
        leading = tuple(rng.integers(1, 4, size=rng.integers(0, 3)).tolist())
        arrays = []
        for name, axes in zip(op.inputs, op.shape_rule.inputs, strict=True):
            shape = (() if name in op.shared else leading) + tuple(sizes[a] for a in axes)
            arrays.append(drawn_input(op, name, shape, sizes, rng))
        if op.requires(*arrays) is None:
            return arrays
