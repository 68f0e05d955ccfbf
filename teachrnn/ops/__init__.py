"""Operations, one per file: the building blocks of every network here."""

from teachrnn.op import OPS
from teachrnn.ops.add import Add
from teachrnn.ops.affine import Affine
from teachrnn.ops.concatenate import Concatenate
from teachrnn.ops.cross_entropy import CrossEntropy
from teachrnn.ops.dropout import Dropout
from teachrnn.ops.embedding import Embedding
from teachrnn.ops.interpolate import Interpolate
from teachrnn.ops.linear import Linear
from teachrnn.ops.multiply import Multiply
from teachrnn.ops.relu import Relu
from teachrnn.ops.sigmoid import Sigmoid
from teachrnn.ops.slice import Slice
from teachrnn.ops.softmax import Softmax
from teachrnn.ops.softmax_cross_entropy import SoftmaxCrossEntropy
from teachrnn.ops.sum import Sum
from teachrnn.ops.tanh import Tanh

__all__ = [
    "OPS",
    "Add",
    "Affine",
    "Concatenate",
    "CrossEntropy",
    "Dropout",
    "Embedding",
    "Interpolate",
    "Linear",
    "Multiply",
    "Relu",
    "Sigmoid",
    "Slice",
    "Softmax",
    "SoftmaxCrossEntropy",
    "Sum",
    "Tanh",
]
