"""Update rules, one a file."""

from teachrnn.optimizers.adagrad import AdaGrad

__all__ = ["AdaGrad"]
