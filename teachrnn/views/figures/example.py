"""The small network, and the small training, that the examples of the figures are drawn from."""

from __future__ import annotations

import numpy as np

from teachrnn.backprop import backpropagate
from teachrnn.data import InOrder
from teachrnn.models import CharRNN
from teachrnn.optimizers import AdaGrad, Optimizer
from teachrnn.trace import Trace
from teachrnn.training import Training

TEXT = "hello hello"

LENGTH = 8
"""T of the example's training."""


def example_trace(
    cell: str = "vanilla", *, hidden: int = 8, scale: float = 0.5, text: str = TEXT
) -> Trace:
    """A network that reads ``text``, each character to predict the next, backpropagated.

    Examples
    --------
    >>> example_trace().T
    10
    """
    symbols = sorted(set(text))
    numbers = [symbols.index(character) for character in text]
    rng = np.random.default_rng(7)
    model = CharRNN(hidden=hidden, symbols=len(symbols), cell=cell, scale=scale, rng=rng)
    trace = model.record(numbers[:-1], numbers[1:])
    backpropagate(trace)
    return trace


def example_training(rule: Optimizer | None = None) -> Training:
    """A small network that learns a sentence, at its beginning: by AdaGrad, or another rule."""
    text = "the cat sat on the mat; the dog ate. " * 40
    symbols = sorted(set(text))
    tokens = np.array([symbols.index(character) for character in text])
    model = CharRNN(hidden=16, symbols=len(symbols), rng=np.random.default_rng(0))
    train, held_out = tokens[:-200], tokens[-200:]
    return Training(
        model,
        InOrder(train, length=LENGTH),
        rule or AdaGrad(eta=0.1),
        validation=held_out,
        validate_every=100,
    )
