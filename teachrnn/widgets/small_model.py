"""A network that has learnt a sentence: small enough to be trained while one waits."""

from __future__ import annotations

from itertools import islice

import numpy as np

from teachrnn.data import InOrder, Vocabulary
from teachrnn.models import CharRNN
from teachrnn.optimizers import AdaGrad
from teachrnn.runs.trained_model import TrainedModel
from teachrnn.training import Training

TEXT = "the cat sat on the mat and the rat sat on the cat. "


def small_training(*, hidden: int = 16, seed: int = 0) -> tuple[Training, Vocabulary]:
    """A training on a sentence that repeats, not yet begun, and its vocabulary."""
    vocabulary = Vocabulary.of(TEXT)
    tokens = vocabulary.encode(TEXT * 8)
    rng = np.random.default_rng(seed)
    model = CharRNN(hidden=hidden, symbols=len(vocabulary), scale=0.2, rng=rng)
    return Training(model, InOrder(tokens, length=25), AdaGrad(eta=0.1)), vocabulary


def small_model(*, hidden: int = 16, updates: int = 150, seed: int = 0) -> TrainedModel:
    """A network after a few updates on that sentence, which it then half knows.

    Examples
    --------
    >>> small_model(updates=300).sample(15, rng=np.random.default_rng(0), prime="the c")
    'at sat on the m'
    """
    training, vocabulary = small_training(hidden=hidden, seed=seed)
    for _ in islice(training, updates):
        pass
    return TrainedModel(training.model, vocabulary)
