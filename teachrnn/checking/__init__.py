"""Gradient reports: whether a gradient is right, and whether the check could have told."""

from teachrnn.checking.gradient_report import GradientReport, ParameterCheck, check_gradient
from teachrnn.checking.step_size import StepSizeCurve, step_size_curve

__all__ = ["GradientReport", "ParameterCheck", "StepSizeCurve", "check_gradient", "step_size_curve"]
