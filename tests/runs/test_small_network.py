"""A small network can be made again from its settings, and a random one hides no mistake."""

from __future__ import annotations

import math

import numpy as np
import pytest

from teachrnn.errors import DomainError, FileFormatError, NameLookupError
from teachrnn.optimizers import SGD
from teachrnn.runs import random_network, small_network
from teachrnn.runs.small_network import SENTENCE


@pytest.mark.parametrize(
    ("settings", "error"),
    [
        ({"text": "a"}, FileFormatError),
        ({"text": "ab", "scale": math.nan}, DomainError),
        ({"text": "ab", "updates": -1}, DomainError),
        ({"text": "ab", "updates": 2.5}, DomainError),
        ({"text": "ab", "seed": -1}, DomainError),
        ({"text": "ab", "seed": 1.5}, DomainError),
        ({"text": "ab", "cell": "none"}, NameLookupError),
        ({"text": "ab" * 500, "hidden": 200}, DomainError),
    ],
)
def test_a_small_network_refuses_invalid_settings(settings, error):
    with pytest.raises(error):
        small_network(**settings)


def test_a_small_network_can_be_made_again_from_its_settings():
    first = small_network("hello", cell="lstm", hidden=2, layers=2, updates=3, seed=5)
    again = small_network(**first.settings)
    assert again.first_loss == first.first_loss
    assert again.trace.total_loss == first.trace.total_loss


def test_training_of_a_small_network_continues_with_the_same_model():
    network = small_network("hello", hidden=2, updates=0)
    again = small_network("hello", hidden=2, updates=3)
    training = network.training()
    for _ in range(3):
        next(training)
    np.testing.assert_array_equal(network.model.parameters.flat, again.model.parameters.flat)


def test_training_of_a_small_network_repeats_the_text_and_holds_out_its_end():
    training = small_network(SENTENCE, updates=0).training(SGD(eta=0.1), times=3, held_out=20)
    assert len(training.batching.tokens) == 3 * len(SENTENCE) - 20
    assert training.optimizer.name == "sgd"
    assert training.evaluation is not None


def test_a_random_network_starts_from_a_state_that_is_not_zero_and_reads_any_symbol():
    trace = random_network("lstm", hidden=3, steps=40, symbols=5, scale=0.5, seed=0)
    assert trace["h[0]"].data.all()
    assert trace["s[0]"].data.all()
    assert {int(trace[f"x[{t}]"].data) for t in range(1, 41)} == set(range(5))
    again = random_network("lstm", hidden=3, steps=40, symbols=5, scale=0.5, seed=0)
    assert again.total_loss == trace.total_loss
