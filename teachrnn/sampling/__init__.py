"""Sampling from a network: strategies to draw the next symbol, one per file, and what uses them."""

from teachrnn.sampling.beam import Hypothesis, beam
from teachrnn.sampling.greedy import Greedy
from teachrnn.sampling.nucleus import Nucleus
from teachrnn.sampling.passage import Passage, write
from teachrnn.sampling.reader import BranchingReader, Reader
from teachrnn.sampling.sampler import SAMPLERS, Sampler
from teachrnn.sampling.temperature import Temperature
from teachrnn.sampling.top_k import TopK

__all__ = [
    "SAMPLERS",
    "BranchingReader",
    "Greedy",
    "Hypothesis",
    "Nucleus",
    "Passage",
    "Reader",
    "Sampler",
    "Temperature",
    "TopK",
    "beam",
    "write",
]
