"""Oracles: independent sources of reference gradients, one per file."""

from teachrnn.reference.complex_step import ComplexStep
from teachrnn.reference.complex_step_anywhere import (
    ComplexStepGradients,
    complex_step_everywhere,
    complex_step_gradient,
)
from teachrnn.reference.derivative import ReferenceOp
from teachrnn.reference.estimate import ORACLES, Estimate, Oracle
from teachrnn.reference.finite_difference import CentralDifference, OneSidedDifference
from teachrnn.reference.high_precision import HighPrecision, HighPrecisionGradient
from teachrnn.reference.numerical_derivative import NumericalDerivative
from teachrnn.reference.symbolic_network import SymbolicNetwork
from teachrnn.reference.torch_autograd import TorchAutograd

__all__ = [
    "ORACLES",
    "CentralDifference",
    "ComplexStep",
    "ComplexStepGradients",
    "Estimate",
    "HighPrecision",
    "HighPrecisionGradient",
    "NumericalDerivative",
    "OneSidedDifference",
    "Oracle",
    "ReferenceOp",
    "SymbolicNetwork",
    "TorchAutograd",
    "complex_step_everywhere",
    "complex_step_gradient",
]
