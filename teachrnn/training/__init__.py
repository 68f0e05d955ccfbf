"""Training: a loop that is a generator, so that whoever wants to look on can."""

from teachrnn.training.loop import TrainStep, generate, train

__all__ = ["TrainStep", "generate", "train"]
