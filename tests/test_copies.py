"""Copies are complete: a copy shares nothing with the original, and continues as the original does."""

from __future__ import annotations

import copy
import gc
import pickle
from itertools import islice

import numpy as np
import pytest

from teachrnn import CELLS, Backprop, CharRNN, Itemised, Tanh, backpropagate
from teachrnn.errors import TeachrnnError
from teachrnn.models.recorded_path import RecordedPath
from teachrnn.optimizers import OPTIMIZERS
from teachrnn.recipes import Recipe
from teachrnn.runs import Run, Session, Source

COPIES = {"copy": copy.copy, "deepcopy": copy.deepcopy}
WAYS = COPIES | {"pickle": lambda thing: pickle.loads(pickle.dumps(thing))}
copied = pytest.mark.parametrize("way", COPIES.values(), ids=COPIES)
copied_or_pickled = pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)


def model(cell="vanilla", **settings):
    rng = np.random.default_rng(0)
    return CharRNN(hidden=3, symbols=4, cell=cell, scale=0.5, rng=rng, **settings)


def record(T=3):
    return model().record(np.arange(T) % 4, (np.arange(T) + 1) % 4)


# The record --------------------------------------------------------------------------------------


@copied
def test_values_of_a_copied_trace_belong_to_the_copy(way):
    trace = record()
    twin = way(trace)
    for value, original in zip(twin, trace, strict=True):
        assert value is not original
        assert value.trace is twin
        assert twin[value.name] is value
        assert (value.t, value.role, value.index) == (original.t, original.role, original.index)
        np.testing.assert_array_equal(value.data, original.data)
        assert not np.shares_memory(value.data, original.data)
        assert value.data.strides == original.data.strides
        assert not value.data.flags.writeable
    assert [op.operands for op in twin.ops] == [
        tuple(twin[v.index] for v in op.operands) for op in trace.ops
    ]
    assert [op.line for op in twin.ops] == [op.line for op in trace.ops]
    assert twin.losses == [twin[v.index] for v in trace.losses]
    assert twin.replay().total_loss == trace.total_loss


@copied
def test_gradients_of_a_copied_trace_are_its_own(way):
    trace = record()
    twin = way(trace)
    backpropagate(trace)
    assert trace["W"].grad is not None
    assert twin["W"].grad is None
    again = way(trace)
    np.testing.assert_array_equal(again["W"].grad, trace["W"].grad)
    assert all(user.trace is again for uses in again.gradients.uses.values() for user, _ in uses)


@copied
def test_recording_on_a_copied_trace_leaves_the_original_alone(way):
    trace = record()
    twin = way(trace)
    Tanh(twin["h[3]"], name="more")
    assert "more" in twin
    assert "more" not in trace
    assert len(trace.ops) == len(twin.ops) - 1


def test_a_value_copied_alone_keeps_the_copy_of_its_trace():
    trace = record()
    backpropagate(trace)
    h = copy.deepcopy(trace["h[2]"])
    gc.collect()
    assert h.trace is not trace
    assert h.trace["h[2]"] is h
    np.testing.assert_array_equal(h.grad, trace["h[2]"].grad)
    assert Tanh(h, name="more").operands == (h,)
    assert copy.copy(trace["h[2]"]) is trace["h[2]"]  # nothing of it changes


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_value_copied_along_with_its_trace_is_the_value_of_the_copy(order):
    trace = record()
    both = copy.deepcopy([[trace, trace["h[2]"]][i] for i in order])
    twin, h = (both[order.index(i)] for i in (0, 1))
    assert twin["h[2]"] is h
    assert h.trace is twin


@copied
@pytest.mark.parametrize("steps", [0, 4, 100])
def test_a_copied_sweep_continues_independently_from_where_it_was(way, steps):
    expected = backpropagate(record()).gradients()
    sweep = Backprop(record())
    made = list(islice(sweep, steps))
    twin = way(sweep)
    assert twin.trace is not sweep.trace
    assert twin.trace.gradients is twin.found is not sweep.found
    assert len(list(twin)) == len(twin.trace.ops) - len(made)
    for name, d in expected.items():
        np.testing.assert_array_equal(twin.gradient(name), d)
    if steps == 4:
        assert sweep.trace["h[1]"].grad is None
    for name, d in sweep.gradients().items():
        np.testing.assert_array_equal(d, expected[name])


@copied
def test_copies_of_terms_and_of_itemised_gradients_are_right(way):
    trace = record()
    itemised = Itemised(trace)
    np.testing.assert_array_equal(way(itemised).norms("W"), itemised.norms("W"))
    term = backpropagate(trace).terms("W")[0]
    np.testing.assert_array_equal(way(term).gradient, term.gradient)


def test_pickling_part_of_a_trace_is_refused_with_how_to_save_it():
    trace = record()
    sweep = backpropagate(trace)
    for thing in (trace, trace["W"], trace["h[1]"], sweep, sweep.found, sweep.terms("W")[0]):
        with pytest.raises(TeachrnnError, match=r"cannot be pickled: .*save_trace\(trace, path\)"):
            pickle.dumps(thing)


# Models ------------------------------------------------------------------------------------------


@copied_or_pickled
@pytest.mark.parametrize("cell", CELLS)
def test_parameters_of_a_copied_model_are_one_vector_and_its_own(way, cell):
    original = model(cell, layers=2)
    before = original.parameters.flat.copy()
    twin = way(original)
    np.testing.assert_array_equal(twin.parameters.flat, before)
    assert twin.shapes() == original.shapes()
    twin.parameters.flat[...] = 2
    assert all((array == 2).all() for array in twin.parameters.values())
    twin.parameters["c"] = [3] * 4
    assert (twin.parameters.flat == 3).sum() == 4
    np.testing.assert_array_equal(original.parameters.flat, before)
    vector = way(original.parameters)
    assert all(np.shares_memory(array, vector.flat) for array in vector.values())


def descend(path, x, y):
    """Three updates: losses, last gradient, last state."""
    inside, losses = path.inside, []
    for _ in range(3):
        losses.append(path.gradient(x, y))
        inside.model.parameters.flat[...] -= 0.1 * path.gradients.flat
        path.carry()
    return [*losses, path.gradients.flat.copy(), *(s.copy() for s in path.state.values())]


@copied_or_pickled
@pytest.mark.parametrize("carry", [False, True])
@pytest.mark.parametrize("batch", [1, 2])
@pytest.mark.parametrize("cell", CELLS)
def test_a_copied_path_continues_like_the_original_and_independently(way, cell, batch, carry):
    path = model(cell).path(length=5, batch=batch)
    x, y = np.random.default_rng(1).integers(0, 4, (2, 5, batch))
    path.gradient(x, y)
    if carry:
        path.carry()
    twin = way(path)
    if not carry:
        path.carry()
        twin.carry()
    for a, b in zip(descend(twin, x, y), descend(path, x, y), strict=True):
        np.testing.assert_array_equal(a, b)


@copied
def test_a_copied_recorded_path_continues_like_the_original(way):
    original = model()
    path = RecordedPath(original, original.zero_gradients(), length=2, batch=1)
    x = np.array([[0], [1]])
    path.forward(x)
    twin = way(path)
    for one in (path, twin):
        one.carry()
    np.testing.assert_array_equal(twin.state["h"], path.state["h"])
    assert twin.gradient(x, x) == path.gradient(x, x)


@copied_or_pickled
def test_a_copied_reader_continues_independently(way):
    reader = model("lstm").reader()
    reader.read(2)
    twin = way(reader)
    expected = [reader.read(k).copy() for k in (1, 3)]
    for k, scores in zip((1, 3), expected, strict=True):
        np.testing.assert_array_equal(twin.read(k), scores)


# Training ----------------------------------------------------------------------------------------


@copied_or_pickled
@pytest.mark.parametrize("rule", OPTIMIZERS)
def test_a_copied_optimizer_has_its_own_vectors(way, rule):
    optimizer, theta, g = OPTIMIZERS[rule](), np.ones(3), np.array([1.0, -2.0, 3.0])
    optimizer.update(theta, g)
    twin, apart = way(optimizer), theta.copy()
    for _ in range(2):
        twin.update(apart, g)
    assert (optimizer.t, twin.t) == (1, 3)
    for _ in range(2):
        optimizer.update(theta, g)
    np.testing.assert_array_equal(theta, apart)


@copied_or_pickled
def test_a_copied_training_continues_to_the_same_bits_and_leaves_the_original_alone(way):
    recipe = Recipe.find("adam").but(hidden=4, length=5, updates=60)
    run = Run(recipe, Source.of("hello world. " * 40), seed=0)
    list(islice(run.training, 12))
    theta = run.training.model.parameters.flat.copy()
    twins = [way(run.training), way(run).training]
    losses = [[step.loss for step in islice(twin, 12)] for twin in twins]
    np.testing.assert_array_equal(run.training.model.parameters.flat, theta)
    assert losses == [[step.loss for step in islice(run.training, 12)]] * 2


@copied_or_pickled
def test_copying_a_session_is_refused_because_only_one_may_write_to_a_folder(way, tmp_path):
    recipe = Recipe.find("adam").but(hidden=4, length=5, updates=60)
    session = Session(Run(recipe, Source.of("hello world. " * 40)), tmp_path)
    with pytest.raises(TeachrnnError, match=r"Copy `session\.run`"):
        way(session)
