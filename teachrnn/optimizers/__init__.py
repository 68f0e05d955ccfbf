"""Update rules, one per file."""

from teachrnn.optimizers.adagrad import AdaGrad
from teachrnn.optimizers.adam import Adam
from teachrnn.optimizers.adamw import AdamW
from teachrnn.optimizers.descent import Descent, descend
from teachrnn.optimizers.momentum import Momentum
from teachrnn.optimizers.nesterov import Nesterov
from teachrnn.optimizers.optimizer import OPTIMIZERS, Optimizer
from teachrnn.optimizers.rmsprop import RMSProp
from teachrnn.optimizers.sgd import SGD

__all__ = [
    "OPTIMIZERS",
    "SGD",
    "AdaGrad",
    "Adam",
    "AdamW",
    "Descent",
    "Momentum",
    "Nesterov",
    "Optimizer",
    "RMSProp",
    "descend",
]
