"""Gradient reports: whether a gradient is right, and whether the check could have told."""

from teachrnn.checking.gradient_report import GradientReport, ParameterCheck, check_gradient
from teachrnn.checking.op_report import OpCheck, check_ops
from teachrnn.checking.step_size import StepSizeCurve, step_size_curve

__all__ = [
    "GradientReport",
    "OpCheck",
    "ParameterCheck",
    "StepSizeCurve",
    "check_gradient",
    "check_ops",
    "step_size_curve",
]
