"""The outline of a graph: what stands for a time step, and how it hangs together."""

from __future__ import annotations

import numpy as np
import pytest

from teachrnn import CELLS, CharRNN, Tanh, Trace
from teachrnn.views.story.outline import Outline


def recorded(**options):
    rng = np.random.default_rng(0)
    return CharRNN(hidden=2, symbols=3, rng=rng, **options).record([0, 1, 2], [1, 2, 0])


def names(trace, t):
    """What the outline shows of a time step, from below."""
    outline = Outline.of(trace)
    rows = [(row, trace.values[i].name) for i, row in outline.rows.items() if trace.values[i].t == t]
    return [name for _, name in sorted(rows)]


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("vanilla", ["x[2]", "a[2]", "h[2]", "o[2]", "L[2]"]),
        ("lstm", ["x[2]", "s[2]", "h[2]", "o[2]", "L[2]"]),
        ("gru", ["x[2]", "h[2]", "o[2]", "L[2]"]),
        ("gru-reset-after", ["x[2]", "h[2]", "o[2]", "L[2]"]),
    ],
)
def test_a_time_step_is_what_it_reads_its_states_and_what_it_predicts(cell, shown):
    assert names(recorded(cell=cell), 2) == shown


def test_every_layer_has_its_states_and_the_start_only_those():
    trace = recorded(cell="lstm", layers=2)
    states = [f"layer{layer}.{letter}" for layer in (1, 2) for letter in "sh"]
    assert names(trace, 0) == [f"{state}[0]" for state in states]
    assert names(trace, 1) == ["x[1]", *(f"{state}[1]" for state in states), "o[1]", "L[1]"]


def test_the_target_of_a_loss_that_does_not_count_is_no_more_read_than_any_other():
    trace = recorded()
    del trace.losses[0]
    assert names(trace, 1) == ["x[1]", "a[1]", "h[1]"]
    assert names(trace, 2) == ["x[2]", "a[2]", "h[2]", "o[2]", "L[2]"]


@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("cell", sorted(CELLS))
def test_every_operation_belongs_to_a_value_of_its_own_time_step(cell, layers):
    trace = recorded(cell=cell, layers=layers)
    outline = Outline.of(trace)
    for op in trace.ops:
        owner = outline.owner[op.index]
        assert owner in outline.rows
        assert trace.values[owner].t == op.t


@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("cell", sorted(CELLS))
def test_an_edge_stands_for_all_ways_from_one_value_to_the_next(cell, layers):
    """By a second method: walking the whole graph from every value, up to the next that is shown."""
    trace = recorded(cell=cell, layers=layers)
    outline = Outline.of(trace)
    users = {v.index: [op for op in trace.ops if v in op.operands] for v in trace.values}

    def reached(op):
        if op.index in outline.rows:
            return {op.index}
        return set().union(*map(reached, users[op.index]))

    walked = {}
    for source in outline.rows:
        for user in users[source]:
            for target in reached(user):
                walked.setdefault((source, target), set()).add(user.index)
    assert {(e.source, e.target): set(e.through) for e in outline.edges} == walked


def test_a_record_that_hands_nothing_on_is_shown_whole():
    trace = Trace()
    W = trace.parameter("W", [[0.5]])
    x = trace.input("x", [1.0])
    h = Tanh(x, name="h")
    assert {trace.values[i].name for i in Outline.of(trace).rows} == {"x", "h"}
    assert W.index not in Outline.of(trace).rows
    assert Outline.of(trace).owner[h.index] == h.index
