"""Whole networks at the assignment's sizes, h0 != 0, small and large weights."""

from __future__ import annotations

import numpy as np
import pytest

from teachrnn import CELLS, backpropagate
from teachrnn.checking import check_gradient
from teachrnn.reference import ComplexStep, HighPrecisionGradient
from teachrnn.runs import random_network

ASSIGNMENT = {"hidden": 100, "steps": 25, "symbols": 80}


@pytest.mark.parametrize("scale", [0.01, 0.5])
@pytest.mark.parametrize("cell", CELLS)
def test_gradient_is_the_complex_step_to_twelve_digits(cell, scale):
    trace = random_network(cell, **ASSIGNMENT, scale=scale, seed=3)
    report = check_gradient(trace, oracle=ComplexStep(), max_entries=40, rng=np.random.default_rng(5))
    assert report.agrees, report
    assert max(c.norm_relative for c in report.checks) <= 1e-12, report


def errors(trace, linearise_at):
    exact = HighPrecisionGradient(trace, digits=50, linearise_at=linearise_at)
    ours = backpropagate(trace).gradients()
    found = {}
    for name, d in ours.items():
        truth = exact.gradients[name].astype(float)
        found[name] = np.linalg.norm(d - truth) / np.linalg.norm(truth)
    return found


MIDDLE = {"hidden": 20, "steps": 10, "symbols": 15}


@pytest.mark.parametrize("scale", [0.01, 0.5])
@pytest.mark.parametrize("cell", CELLS)
def test_gradient_agrees_with_fifty_digits_to_thirteen(cell, scale):
    trace = random_network(cell, **MIDDLE, scale=scale, seed=3)
    assert max(errors(trace, "recorded").values()) <= 1e-13
    if scale == 0.01:
        assert max(errors(trace, "exact").values()) <= 1e-13


@pytest.mark.thorough
@pytest.mark.timeout(3000)
@pytest.mark.parametrize("scale", [0.01, 0.5])
@pytest.mark.parametrize("cell", CELLS)
def test_every_entry_at_full_size_agrees_with_fifty_digits(cell, scale):
    trace = random_network(cell, **ASSIGNMENT, scale=scale, seed=3)
    assert max(errors(trace, "recorded").values()) <= 1e-13


def test_large_weights_amplify_the_rounding_of_the_forward_pass_and_the_report_says_so():
    # With m = 40 and weights of 0.6 the vanilla network is chaotic: every step amplifies the rounding
    # errors of the forward pass, and so the difference from the true gradient. The backward pass is
    # right nevertheless; no float64 code could come closer.
    trace = random_network("vanilla", hidden=40, steps=24, symbols=5, scale=0.6, seed=4)
    exact, recorded = errors(trace, "exact"), errors(trace, "recorded")
    assert recorded["W"] <= 1e-13
    assert exact["W"] > 100 * recorded["W"]
    report = check_gradient(trace, oracle="mpmath", max_entries=30)
    assert report.agrees, report
    assert report["W"].resolution > 1e-13
