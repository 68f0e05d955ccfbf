"""PyTorch's names for the cells of teachrnn, and where it keeps their parameters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from teachrnn.cells import Cell
from teachrnn.errors import DomainError
from teachrnn.formulas.name import gate_suffix

TorchPlace = tuple[str, int]
"""A block of m rows in an entry of PyTorch: ``("bias_ih", 2)`` is its third."""


@dataclass(frozen=True)
class TorchCell:
    """A cell as PyTorch has it: one array for all gates, and two biases where teachrnn has one.

    Attributes
    ----------
    module : str
        Its class in ``torch.nn``.
    gates : tuple of str
        The gates by their names in teachrnn, in the order in which PyTorch stacks them.
    outside : mapping of str to str
        For a gate that needs both biases: teachrnn's name of the one beside U x, PyTorch's ``bias_ih``.

    Examples
    --------
    >>> TORCH_CELLS["lstm"].places()["W_f"]
    (('weight_hh', 1),)
    >>> TORCH_CELLS["lstm"].places()["b_f"]
    (('bias_ih', 1), ('bias_hh', 1))
    """

    module: str
    gates: tuple[str, ...]
    outside: Mapping[str, str] = field(default_factory=dict)

    def places(self) -> dict[str, tuple[TorchPlace, ...]]:
        """Where PyTorch keeps each parameter; one that is in two places is their sum.

        Returns
        -------
        dict
            Places in PyTorch's arrays, by the name of the parameter in teachrnn.
        """
        places: dict[str, tuple[TorchPlace, ...]] = {}
        for block, gate in enumerate(self.gates):
            of = gate_suffix(gate)
            places["U" + of] = (("weight_ih", block),)
            places["W" + of] = (("weight_hh", block),)
            if gate in self.outside:
                places["b" + of] = (("bias_hh", block),)
                places[self.outside[gate]] = (("bias_ih", block),)
            else:
                places["b" + of] = (("bias_ih", block), ("bias_hh", block))
        return places

    def shapes(self, inputs: int, hidden: int) -> dict[str, tuple[int, ...]]:
        """Shape of each of PyTorch's entries for one layer, without the layer's number.

        Parameters
        ----------
        inputs : int
            d, the length of the input vectors.
        hidden : int
            m, the length of the state vectors.

        Returns
        -------
        dict
            Shapes by PyTorch's names.
        """
        rows = len(self.gates) * hidden
        return {
            "weight_ih": (rows, inputs),
            "weight_hh": (rows, hidden),
            "bias_ih": (rows,),
            "bias_hh": (rows,),
        }


TORCH_CELLS: dict[str, TorchCell] = {
    "vanilla": TorchCell("RNN", ("",)),
    "lstm": TorchCell("LSTM", ("i", "f", "g", "q")),
    "gru-reset-after": TorchCell("GRU", ("rho", "z", "n"), outside={"n": "c_n"}),
}
"""Every cell that PyTorch has too, by its name in teachrnn; a cell of your own may be added."""

REFUSED = {
    "gru": "torch.nn.GRU resets after the recurrent product, this cell before it; "
    "train the cell 'gru-reset-after' instead, which is PyTorch's",
}
"""Cells without the counterpart that one would expect: why there is none, and what to do."""


def find_torch_cell(which: str | type[Cell]) -> TorchCell:
    """The counterpart in PyTorch of a cell.

    Raises
    ------
    NameLookupError
        If there is no such cell at all.
    DomainError
        If PyTorch has no such cell, with the reason.
    """
    cell = Cell.find(which).name
    if cell not in TORCH_CELLS:
        reason = REFUSED.get(cell, "no entry of TORCH_CELLS says where PyTorch keeps its parameters")
        raise DomainError(
            f"the cell {cell!r} has no counterpart in PyTorch: {reason}. "
            f"Cells that have one: {', '.join(TORCH_CELLS)}."
        )
    return TORCH_CELLS[cell]
