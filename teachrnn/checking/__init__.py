"""Gradient reports: whether a gradient is right, and whether the check could have seen a mistake."""

from teachrnn.checking.check_backward import check_backward
from teachrnn.checking.check_gradient import check_gradient
from teachrnn.checking.check_pair import PairReport, check_pair
from teachrnn.checking.gradient_report import GradientReport
from teachrnn.checking.nudge import Nudge, nudge, recorded_like
from teachrnn.checking.op_report import OpCheck, check_ops
from teachrnn.checking.parameter_check import ParameterCheck
from teachrnn.checking.record_again import first_leak, leak_of
from teachrnn.checking.set_ups import (
    SET_UPS,
    Allclose,
    CheckSetUp,
    Circumstances,
    InRounding,
    RelativeError,
    SetUpReport,
    could_have_seen,
    mutation_score,
)
from teachrnn.checking.step_size import StepSizeCurve, step_size_curve

__all__ = [
    "SET_UPS",
    "Allclose",
    "CheckSetUp",
    "Circumstances",
    "GradientReport",
    "InRounding",
    "Nudge",
    "OpCheck",
    "PairReport",
    "ParameterCheck",
    "RelativeError",
    "SetUpReport",
    "StepSizeCurve",
    "check_backward",
    "check_gradient",
    "check_ops",
    "check_pair",
    "could_have_seen",
    "first_leak",
    "leak_of",
    "mutation_score",
    "nudge",
    "recorded_like",
    "step_size_curve",
]
