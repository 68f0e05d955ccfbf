"""The suites work wherever they run: however slow the machine, whatever the Hypothesis profile."""

from __future__ import annotations

import time
from itertools import count

import pytest
from hypothesis import settings

from teachrnn import Tanh, VanillaCell, backpropagate
from teachrnn.data import BATCHINGS
from teachrnn.optimizers import SGD
from teachrnn.sampling import Greedy
from teachrnn.testing import (
    backward_suite,
    batching_suite,
    cell_suite,
    op_suite,
    optimizer_suite,
    sampler_suite,
)

SUITES = {
    "backward": lambda: backward_suite(lambda instance: backpropagate(instance.trace).gradients()),
    "batching": lambda: batching_suite(next(iter(BATCHINGS.values()))),
    "cell": lambda: cell_suite(VanillaCell),
    "op": lambda: op_suite(Tanh),
    "optimizer": lambda: optimizer_suite(SGD),
    "sampler": lambda: sampler_suite(Greedy()),
}


@pytest.fixture
def strict_profile(monkeypatch):
    """The profile of a user's tests may be Hypothesis's default, with its deadline of 200 ms."""
    before = settings()
    as_it_comes = {"max_examples": 2, "deadline": 200, "suppress_health_check": [], "database": None}
    settings.register_profile("as it comes", **as_it_comes)
    settings.register_profile("as before", before)
    settings.load_profile("as it comes")
    yield
    settings.load_profile("as before")


@pytest.mark.parametrize("kind", SUITES)
def test_a_suite_passes_however_slow_the_clock(kind, strict_profile, monkeypatch):
    test = SUITES[kind]()
    (cases,) = [mark for mark in test.pytestmark if mark.name == "parametrize"]
    argument, first = cases.args[0], cases.args[1][0]
    seconds = count()
    monkeypatch.setattr(time, "perf_counter", lambda: float(next(seconds)))
    test(**{argument: first})
    assert next(seconds) > 2, "Hypothesis uses another clock, so this test sees nothing"
