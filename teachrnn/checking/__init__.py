"""Gradient reports: whether a gradient is right, and whether the check could have told."""

from teachrnn.checking.gradient_report import GradientReport, ParameterCheck, check_gradient
from teachrnn.checking.nudge import Nudge, nudge, recorded_like
from teachrnn.checking.op_report import OpCheck, check_ops
from teachrnn.checking.step_size import StepSizeCurve, step_size_curve

__all__ = [
    "GradientReport",
    "Nudge",
    "OpCheck",
    "ParameterCheck",
    "StepSizeCurve",
    "check_gradient",
    "check_ops",
    "nudge",
    "recorded_like",
    "step_size_curve",
]
