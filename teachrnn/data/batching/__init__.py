"""Batchings, one per file: which sequences of a text are read, in which order."""

from teachrnn.data.batching.batch import Batch
from teachrnn.data.batching.batching import BATCHINGS, Batching, BatchingState
from teachrnn.data.batching.chunks import Chunks
from teachrnn.data.batching.in_order import InOrder
from teachrnn.data.batching.items import Items
from teachrnn.data.batching.random_positions import RandomPositions
from teachrnn.data.batching.streams import Streams

__all__ = [
    "BATCHINGS",
    "Batch",
    "Batching",
    "BatchingState",
    "Chunks",
    "InOrder",
    "Items",
    "RandomPositions",
    "Streams",
]
