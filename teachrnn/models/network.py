"""What the ways through a network need of it: a protocol, which `CharRNN` keeps to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, Protocol

from teachrnn.array import Array
from teachrnn.cells import Cell
from teachrnn.models.parameter_vector import ParameterVector
from teachrnn.models.path import Path
from teachrnn.trace import Trace


class Network(Protocol):
    """Its sizes, its cell and its parameters; the names of its states; how it is recorded."""

    cell: type[Cell]
    hidden: int
    symbols: int
    layers: int
    inputs: int
    parameters: ParameterVector

    def scope(self, layer: int) -> str:
        """What the names of a layer begin with."""

    def state_names(self) -> list[str]:
        """Names of the state vectors."""

    def initial_state(self, batch: int | None = None) -> dict[str, Array]:
        """State vectors of zeros."""

    def final_state(self, trace: Trace) -> dict[str, Array]:
        """State vectors after the last step of a trace."""

    def record(
        self, x: Any, targets: Any | None = None, *, state: Mapping[str, Any] | None = None
    ) -> Trace:
        """Run forward over a sequence and record everything."""

    def path(self, *, length: int, batch: int = 1, checked: Literal[False]) -> Path:
        """What computes loss and gradients of T x B symbols again and again, without checks."""
