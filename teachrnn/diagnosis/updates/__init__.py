"""What is wrong with a training step: its clipping, its update, the loss and state that it hands on."""

from teachrnn.diagnosis.updates.diagnose_training import diagnose_training
from teachrnn.diagnosis.updates.match_update import CLIPPING
from teachrnn.diagnosis.updates.training_answer import TrainingAnswer

__all__ = ["CLIPPING", "TrainingAnswer", "diagnose_training"]
