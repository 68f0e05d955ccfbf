"""Recurrent cells, one per file: each a step written in operations; in `fused`, for training."""

from teachrnn.cells.cell import CELLS, Cell
from teachrnn.cells.gru import GRUCell
from teachrnn.cells.lstm import LSTMCell
from teachrnn.cells.reset_after_gru import ResetAfterGRUCell
from teachrnn.cells.vanilla import VanillaCell

__all__ = [
    "CELLS",
    "Cell",
    "GRUCell",
    "LSTMCell",
    "ResetAfterGRUCell",
    "VanillaCell",
]
