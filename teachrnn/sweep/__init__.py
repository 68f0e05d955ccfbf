"""Sweeps: search over hyper-parameters, on one machine or on a cluster."""

from teachrnn.sweep.axis import Axis, ChoiceAxis, RangeAxis, parse_axis
from teachrnn.sweep.dask_engine import DaskEngine
from teachrnn.sweep.engine import Engine
from teachrnn.sweep.local_engine import LocalEngine
from teachrnn.sweep.space import Space
from teachrnn.sweep.sweep import Sweep
from teachrnn.sweep.trial import Trial, TrialResult, train

__all__ = [
    "Axis",
    "ChoiceAxis",
    "DaskEngine",
    "Engine",
    "LocalEngine",
    "RangeAxis",
    "Space",
    "Sweep",
    "Trial",
    "TrialResult",
    "parse_axis",
    "train",
]
