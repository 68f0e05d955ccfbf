"""Networks to and from other libraries, one format per file."""

from teachrnn.interchange.safetensors_file import load_safetensors, save_safetensors
from teachrnn.interchange.torch_cell import TORCH_CELLS, TorchCell
from teachrnn.interchange.torch_state import from_torch, to_torch

__all__ = [
    "TORCH_CELLS",
    "TorchCell",
    "from_torch",
    "load_safetensors",
    "save_safetensors",
    "to_torch",
]
