"""Training: the loop as an iterator over its steps, clipping, schedules, and what is recorded."""

from teachrnn.training.best import Best
from teachrnn.training.clipping import (
    CLIPPINGS,
    ClipByNorm,
    ClipByValue,
    ClippedNorm,
    Clipping,
    NoClipping,
)
from teachrnn.training.curve import Curve, Epoch
from teachrnn.training.evaluation import Evaluation
from teachrnn.training.flight_recorder import FlightRecorder, Kept
from teachrnn.training.journal import Block, Journal
from teachrnn.training.schedule import (
    SCHEDULES,
    ConstantRate,
    CosineDecay,
    ExponentialDecay,
    InverseDecay,
    Schedule,
    StepDecay,
)
from teachrnn.training.train_step import TrainStep
from teachrnn.training.training import Training
from teachrnn.training.training_state import OpenEpoch, TrainingState

__all__ = [
    "CLIPPINGS",
    "SCHEDULES",
    "Best",
    "Block",
    "ClipByNorm",
    "ClipByValue",
    "ClippedNorm",
    "Clipping",
    "ConstantRate",
    "CosineDecay",
    "Curve",
    "Epoch",
    "Evaluation",
    "ExponentialDecay",
    "FlightRecorder",
    "InverseDecay",
    "Journal",
    "Kept",
    "NoClipping",
    "OpenEpoch",
    "Schedule",
    "StepDecay",
    "TrainStep",
    "Training",
    "TrainingState",
]
