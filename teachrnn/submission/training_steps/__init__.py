"""Whole training steps of a student's: loss, gradients, clipping, update, and the state that goes on."""

from teachrnn.submission.training_steps.step_code import StepCode, steps_in
from teachrnn.submission.training_steps.training_submission import TrainingSubmission

__all__ = ["StepCode", "TrainingSubmission", "steps_in"]
