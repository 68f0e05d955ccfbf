"""Runs: a recipe applied to a text, saved and gone on with."""

from teachrnn.runs.run import Run
from teachrnn.runs.session import Sample, Session
from teachrnn.runs.source import Source
from teachrnn.runs.trained_model import TrainedModel

__all__ = ["Run", "Sample", "Session", "Source", "TrainedModel"]
