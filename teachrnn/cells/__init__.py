"""Recurrent cells, one family a file, each a step written in operations; in `fused`, for training."""

from teachrnn.cells.cell import CELLS, Cell
from teachrnn.cells.gru import GRUCell, ResetAfterGRUCell
from teachrnn.cells.lstm import LSTMCell
from teachrnn.cells.vanilla import VanillaCell

__all__ = [
    "CELLS",
    "Cell",
    "GRUCell",
    "LSTMCell",
    "ResetAfterGRUCell",
    "VanillaCell",
]
