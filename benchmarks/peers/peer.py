"""The contract of a peer: the same training step by different means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Parameters = Mapping[str, Array]

ETA, EPSILON, LIMIT = 0.01, 1e-8, 5.0
"""AdaGrad's learning rate and epsilon (inside the root); gradients are clipped to [-LIMIT, LIMIT]."""

GATES = {
    "vanilla": ("",),
    "lstm": ("_i", "_f", "_g", "_q"),
    "gru": ("_rho", "_z", "_n"),
    "gru-reset-after": ("_rho", "_z", "_n"),
}
"""Suffixes of the gates' parameters, in the order in which PyTorch stacks them."""

PEERS: list[type[Peer]] = []
"""Every peer whose file could be imported: filled by defining subclasses of `Peer`."""


class CannotRunError(Exception):
    """Something that a peer needs is missing on this machine; the message says what."""


@dataclass(frozen=True)
class Setting:
    """What is trained: a cell, m hidden units, K symbols, T time steps, a batch of B, a precision."""

    cell: str
    m: int
    K: int
    T: int
    B: int
    dtype: str

    def __str__(self) -> str:
        return f"{self.cell}, m={self.m}, T={self.T}, B={self.B}, K={self.K}, {self.dtype}"


class Peer:
    """One way to compute a training step.

    A step is: forward over T symbols, the loss summed over T and averaged over the batch,
    backpropagation through all T, every entry of the gradient clipped, AdaGrad, and the last state
    kept as the next initial one.

    Parameters
    ----------
    parameters : mapping of str to ndarray
        U, W, b, V, c in float64 under their textbook names (``U_f`` ... for gates); not to be modified.
    setting : Setting
        What is trained.
    """

    name: ClassVar[str]
    cells: ClassVar[tuple[str, ...]] = tuple(GATES)
    steps_per_call: ClassVar[int] = 1
    compiles_long: ClassVar[bool] = False  # left out of a quick run

    def __init_subclass__(cls) -> None:
        PEERS.append(cls)

    def __init__(self, parameters: Parameters, setting: Setting) -> None:
        raise NotImplementedError

    @classmethod
    def fits(cls, setting: Setting) -> bool:
        """Whether this peer supports a setting."""
        return setting.cell in cls.cells

    @staticmethod
    def version() -> str:
        """The library that the peer uses, with its version."""
        blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
        return f"NumPy {np.__version__} ({blas['name']} {blas['version']})"

    def step(self, x: Array, y: Array) -> float:
        """Train on symbols x and targets y, both (T, B); return the loss before the update, in nats."""
        raise NotImplementedError

    def steps(self, x: Array, y: Array) -> list[float]:
        """Train on (S, T, B), one step after the other; S is ``steps_per_call``."""
        return [self.step(a, b) for a, b in zip(x, y, strict=True)]


def stack_gates(parameters: Parameters, letter: str, cell: str) -> Array:
    """Parameters of all gates, stacked vertically in PyTorch's order."""
    return np.concatenate([parameters[letter + gate] for gate in GATES[cell]])
