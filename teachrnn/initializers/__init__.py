"""What parameters start from, one rule per file."""

from teachrnn.initializers.he import He
from teachrnn.initializers.initializer import INITIALIZERS, Initializer, Parameter
from teachrnn.initializers.normal import Normal
from teachrnn.initializers.normal_fan_in import NormalFanIn
from teachrnn.initializers.orthogonal import Orthogonal
from teachrnn.initializers.uniform_torch import UniformTorch
from teachrnn.initializers.xavier import Xavier

__all__ = [
    "INITIALIZERS",
    "He",
    "Initializer",
    "Normal",
    "NormalFanIn",
    "Orthogonal",
    "Parameter",
    "UniformTorch",
    "Xavier",
]
