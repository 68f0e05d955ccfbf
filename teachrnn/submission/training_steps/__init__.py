"""Whole training steps of a student's: loss, gradients, clipping, update, and the state that goes on."""

from teachrnn.submission.training_steps.step_code import StepCode, steps_in
from teachrnn.submission.training_steps.training_submission import TrainingSubmission
from teachrnn.submission.training_steps.update_code import UpdateCode, updates_in
from teachrnn.submission.training_steps.update_submission import UpdateCase, UpdateSubmission

__all__ = [
    "StepCode",
    "TrainingSubmission",
    "UpdateCase",
    "UpdateCode",
    "UpdateSubmission",
    "steps_in",
    "updates_in",
]
