"""Runs: a recipe applied to a text, saved and resumed."""

from teachrnn.runs.checkpoint import Checkpoint
from teachrnn.runs.claim import Claim
from teachrnn.runs.interruption import Interruption
from teachrnn.runs.kept_step import KeptStep
from teachrnn.runs.run import Run
from teachrnn.runs.session import Sample, Session
from teachrnn.runs.small_network import SmallNetwork, random_network, small_network
from teachrnn.runs.source import Source
from teachrnn.runs.trained_model import TrainedModel

__all__ = [
    "Checkpoint",
    "Claim",
    "Interruption",
    "KeptStep",
    "Run",
    "Sample",
    "Session",
    "SmallNetwork",
    "Source",
    "TrainedModel",
    "random_network",
    "small_network",
]
