"""A user's cell that is larger than the built-in ones is tested against the laws in reasonable time."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from teachrnn import CELLS, Add, Cell, CharRNN, Multiply, Sigmoid, Tanh
from teachrnn.cells.cell import pre_activation
from teachrnn.testing import cell_suite
from teachrnn.testing.cell_suite import (
    MAX_NODES,
    _largest_within_reach,
    gradient_is_the_complex_step,
    gradient_is_the_symbolic_one,
    record_reproduces_itself,
)
from teachrnn.testing.strategies import DrawnNetwork


@pytest.fixture
def peephole():
    """The LSTM whose gates see the internal state (Gers & Schmidhuber 2000)."""

    class Peephole(Cell):
        name = "peephole"
        state = ("h", "s")
        gates = ("f", "i", "g", "q")

        @classmethod
        def shapes(cls, inputs, hidden):
            return super().shapes(inputs, hidden) | {f"p_{gate}": (hidden,) for gate in "fiq"}

        @classmethod
        def step(cls, p, x, state):
            def gate(name, s):
                a = pre_activation(p, x, state["h"], gate=name)
                seen = Multiply(p[f"p_{name}"], s, name=f"seen_{name}")
                return Sigmoid(Add(a, seen, name=f"z_{name}"), name=name)

            f, i = gate("f", state["s"]), gate("i", state["s"])
            g = Tanh(pre_activation(p, x, state["h"], gate="g"), name="g")
            kept = Multiply(f, state["s"], name="kept")
            s = Add(kept, Multiply(i, g, name="written"), name="s")
            return {"h": Multiply(gate("q", s), Tanh(s, name="squash"), name="h"), "s": s}

    yield Peephole
    del CELLS[Peephole.name]


def network(cell, T, inputs=None):
    rng = np.random.default_rng(0)
    model = CharRNN(hidden=1, symbols=2, cell=cell, inputs=inputs, scale=0.5, rng=rng)
    x = rng.normal(size=(T, inputs)) if inputs else rng.integers(0, 2, T)
    state = {name: rng.normal(size=1) for name in model.state_names()}
    return DrawnNetwork(model, x, rng.integers(0, 2, T), state)


def hold(cell, law):
    """Check a cell against one law, as the suite does."""
    test = cell_suite(cell)
    (cases,) = [mark.args[1] for mark in test.pytestmark if mark.name == "parametrize"]
    (case,) = [case for case in cases if case.law is law]
    test(case=case)


@pytest.mark.parametrize(
    "law",
    [record_reproduces_itself, gradient_is_the_symbolic_one, gradient_is_the_complex_step],
    ids=lambda law: law.__name__,
)
def test_a_peephole_lstm_is_tested_against_the_laws_of_cells(peephole, law):
    hold(peephole, law)


def test_the_symbolic_law_takes_as_many_steps_as_it_can_differentiate(peephole):
    assert _largest_within_reach(network("peephole", T=2)).trace.T == 1


@pytest.mark.parametrize("cell", sorted(CELLS))
def test_the_symbolic_law_takes_two_steps_of_every_built_in_cell_with_vectors_too(cell):
    symbolic = _largest_within_reach(network(cell, T=2, inputs=3))
    assert symbolic.trace.T == 2
    assert symbolic.size <= MAX_NODES


def test_the_symbolic_law_skips_a_cell_whose_single_step_is_too_long(peephole, monkeypatch):
    monkeypatch.setattr(sys.modules[_largest_within_reach.__module__], "MAX_NODES", 100)
    with pytest.raises(pytest.skip.Exception, match="Peephole: even one step is too long for one"):
        hold(peephole, gradient_is_the_symbolic_one)
