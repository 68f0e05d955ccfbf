"""teachrnn: a recurrent network you can hold in your hand.

Every number that a forward pass or a backpropagation through time produces is recorded under its
textbook name, can be pointed at, and answers three questions: which formula made you, from which
numbers, and how do we know that you are right?
"""

from teachrnn.backprop import Backprop, ChainRule, Itemised, backpropagate
from teachrnn.cells import CELLS, Cell, GRUCell, LSTMCell, ResetAfterGRUCell, VanillaCell
from teachrnn.errors import TeachrnnError
from teachrnn.gradients import Gradients, Term
from teachrnn.models import CharRNN
from teachrnn.op import OPS, Op, Value
from teachrnn.ops import (
    Add,
    Affine,
    Concatenate,
    CrossEntropy,
    Dropout,
    Embedding,
    Interpolate,
    Linear,
    Multiply,
    Relu,
    Sigmoid,
    Slice,
    Softmax,
    SoftmaxCrossEntropy,
    Sum,
    Tanh,
)
from teachrnn.trace import Trace

__version__ = "0.1.0"

__all__ = [
    "CELLS",
    "OPS",
    "Add",
    "Affine",
    "Backprop",
    "Cell",
    "ChainRule",
    "CharRNN",
    "Concatenate",
    "CrossEntropy",
    "Dropout",
    "Embedding",
    "GRUCell",
    "Gradients",
    "Interpolate",
    "Itemised",
    "LSTMCell",
    "Linear",
    "Multiply",
    "Op",
    "Relu",
    "ResetAfterGRUCell",
    "Sigmoid",
    "Slice",
    "Softmax",
    "SoftmaxCrossEntropy",
    "Sum",
    "Tanh",
    "TeachrnnError",
    "Term",
    "Trace",
    "Value",
    "VanillaCell",
    "__version__",
    "backpropagate",
]
