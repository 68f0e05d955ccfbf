"""The fast path in extreme cases: sizes, huge numbers, memory.

That it equals the record is a law of cells: see tests/cells/test_every_cell.py.
"""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

from teachrnn import CELLS, CharRNN
from teachrnn.cells.fused.layer import ROWS_AT_ONCE
from teachrnn.cells.fused.vanilla import FusedVanilla
from teachrnn.cells.fused.vanilla_single import FusedVanillaSingle
from teachrnn.errors import DomainError
from teachrnn.models.fused_embedding import LIKE_A_CALL
from teachrnn.testing.cell_suite import LONG, MANY, assert_fused_pass_equals_the_record

FUSED = [name for name, cell in CELLS.items() if cell.fused]
PICKED = FusedVanillaSingle.PICKED

SIZES = {  # T, B, m, K
    "everything is 1": (1, 1, 1, 1),
    "one step": (1, 1, 3, 4),
    "one step of a batch": (1, 3, 3, 4),
    "one unit": (5, 2, 1, 4),
    "one symbol": (5, 2, 3, 1),
    "one group of picked rows": (PICKED, 1, 3, 4),
    "a row more": (PICKED + 1, 1, 3, 4),
    "two groups": (2 * PICKED, 1, 3, 4),
    "two groups and a part": (2 * PICKED + 7, 1, 3, 4),
    "several groups of factors": (ROWS_AT_ONCE + 5, 1, 3, 4),
    "several groups of factors in a batch": (13, ROWS_AT_ONCE // 4, 3, 4),
    "a batch larger than a group": (3, ROWS_AT_ONCE + 1, 2, 3),
    "so many symbols that rows are added": (19, 1, 5, LIKE_A_CALL // 5 + 1),
    "the same in a batch": (4, 3, 5, LIKE_A_CALL // 5 + 1),
}


def a_model(cell="vanilla", *, hidden=5, symbols=4, scale=0.5, dtype=np.float64, seed=0, **more):
    """A model without zeros among its parameters."""
    rng = np.random.default_rng(seed)
    model = CharRNN(hidden=hidden, symbols=symbols, cell=cell, dtype=dtype, rng=rng, **more)
    model.parameters.flat[...] = rng.normal(0, scale, model.parameters.flat.size)
    return model


def sequences(model, length, batch=1, seed=1):
    return np.random.default_rng(seed).integers(0, model.symbols, (2, length, batch))


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("cell", FUSED)
def test_fused_pass_equals_the_record_at_every_edge(cell, size, dtype):
    T, B, m, K = SIZES[size]
    model = a_model(cell, hidden=m, symbols=K, dtype=dtype)
    rng = np.random.default_rng(2)
    assert_fused_pass_equals_the_record(model, length=T, batch=B, weight=1 / B, rng=rng)


@pytest.mark.parametrize("more", [0, 1])
@pytest.mark.parametrize("cell", FUSED)
def test_fused_pass_equals_the_record_where_rows_begin_to_be_added(cell, more):
    most = LIKE_A_CALL // (5 * len(CELLS[cell].gates))
    model = a_model(cell, symbols=most + more)
    assert_fused_pass_equals_the_record(model, length=19, batch=1, rng=np.random.default_rng(2))


def test_the_largest_sizes_drawn_by_the_suite_of_cells_are_above_the_thresholds():
    assert LONG > ROWS_AT_ONCE
    for cell in FUSED:
        for m in range(1, 6):
            q = m * len(CELLS[cell].gates)
            assert MANY // q * q > LIKE_A_CALL


@pytest.mark.parametrize("cell", FUSED)
def test_three_layers_pass_states_and_gradients_on(cell):
    model = a_model(cell, layers=3)
    assert_fused_pass_equals_the_record(model, length=6, batch=2, rng=np.random.default_rng(0))


def test_single_sequence_has_a_separate_pass():
    kinds = {
        (T, B): type(a_model().path(length=T, batch=B, checked=False).layers[0])
        for T, B in [(1, 1), (9, 1), (9, 2)]
    }
    assert kinds == {(1, 1): FusedVanilla, (9, 1): FusedVanillaSingle, (9, 2): FusedVanilla}


COPIES = {"gru-reset-after": 3}
"""Columns, in units of m, that NumPy copies per layer of a cell: a non-contiguous factor of dW."""


@pytest.fixture
def small_buffers():
    """Make NumPy's buffers small: by default (8192 numbers) they would hide what is measured."""
    before = np.setbufsize(64)
    yield
    np.setbufsize(before)


@pytest.mark.usefixtures("small_buffers")
@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("symbols", [80, 2000])
@pytest.mark.parametrize("cell", FUSED)
def test_training_step_allocates_almost_nothing(cell, symbols, layers):
    """Except for what NumPy copies, which between two layers is one array of states."""
    m, length, batch = 64, 50, 8
    model = a_model(cell, hidden=m, symbols=symbols, layers=layers, dtype=np.float32)
    path = model.path(length=length, batch=batch, checked=False)
    x, y = sequences(model, length, batch)
    path.gradient(x, y, weight=0.5)
    states = length * batch * m * 4
    tracemalloc.start()
    try:
        path.gradient(x, y, weight=0.5)
        path.carry()
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    copied = (COPIES.get(cell, 0) + layers - 1) * states
    assert peak < copied + states / 4, f"{peak} bytes, {peak / states:.2f} of an array of states"


# Numbers at the edge -------------------------------------------------------------------------


@pytest.mark.parametrize("batch", [1, 3])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("cell", FUSED)
def test_huge_weights_give_the_loss_of_the_record_and_gradients_that_are_finite(cell, dtype, batch):
    """At +-1e4 every gate is saturated; no exponential may overflow, and no 0 times infinity occur."""
    model = a_model(cell, hidden=3, dtype=dtype, layers=2)
    signs = np.sign(model.parameters.flat)
    model.parameters.flat[...] = 1e4 * signs
    path = model.path(length=20, batch=batch)
    x, y = sequences(model, 20, batch)
    loss = path.gradient(x, y)
    expected = model.record(x, y).total_loss
    assert loss > 1e3
    np.testing.assert_allclose(loss, expected, rtol=1e-4 if dtype is np.float32 else 1e-12)
    assert np.isfinite(path.gradients.flat).all()


@pytest.mark.parametrize("batch", [1, 3])
@pytest.mark.parametrize("bad", [np.nan, np.inf, 1e308])
@pytest.mark.parametrize("cell", FUSED)
def test_loss_that_is_not_finite_is_returned_without_a_warning(cell, bad, batch):
    model = a_model(cell)
    model.parameters["V"] = np.full((4, 5), bad) * np.array([1, -1, 1, -1])[:, np.newaxis]
    path = model.path(length=20, batch=batch)
    x, y = sequences(model, 20, batch)
    path.start({name: np.full_like(s, 0.9) for name, s in path.state.items()})
    assert not np.isfinite(path.gradient(x, y))
    assert not np.isfinite(path.loss(x, y))


@pytest.mark.parametrize("batch", [1, 3])
@pytest.mark.parametrize("cell", FUSED)
def test_pass_after_one_that_was_not_finite_is_unaffected(cell, batch):
    model = a_model(cell)
    good = model.parameters.flat.copy()
    path = model.path(length=PICKED + 5, batch=batch)
    x, y = sequences(model, PICKED + 5, batch)
    expected = path.gradient(x, y), path.gradients.flat.copy()
    model.parameters.flat[...] = np.nan
    path.gradient(x, y)
    path.carry()
    model.parameters.flat[...] = good
    path.start()
    assert path.gradient(x, y) == expected[0]
    np.testing.assert_array_equal(path.gradients.flat, expected[1])


def test_scores_that_are_all_a_thousand_higher_give_the_same_loss_and_gradients():
    model = a_model(symbols=80, hidden=20)
    path = model.path(length=25)
    x, y = sequences(model, 25)
    loss, gradients = path.gradient(x, y), path.gradients.flat.copy()
    model.parameters["c"] = model.parameters["c"] + 1000
    np.testing.assert_allclose(path.gradient(x, y), loss, rtol=2e-14)
    np.testing.assert_allclose(path.gradients.flat, gradients, rtol=0, atol=1e-11)
    model.parameters["c"] = model.parameters["c"] - 2000
    np.testing.assert_allclose(path.gradient(x, y), loss, rtol=2e-14)


# Its interface -------------------------------------------------------------------------------


@pytest.mark.parametrize("cell", FUSED)
def test_path_starts_from_the_given_state_or_from_zeros(cell):
    model = a_model(cell, layers=2)
    path = model.path(length=3, batch=2)
    x, y = sequences(model, 3, 2)
    from_zeros = path.loss(x, y)
    state = {name: np.full_like(s, 0.7) for name, s in path.state.items()}
    assert list(state) == model.state_names()
    path.start(state)
    np.testing.assert_allclose(path.loss(x, y), model.record(x, y, state=state).total_loss, rtol=1e-13)
    path.start()
    assert path.loss(x, y) == from_zeros


@pytest.mark.parametrize("cell", FUSED)
def test_carrying_the_state_over_two_paths_is_one_long_path(cell):
    model = a_model(cell, layers=2)
    x, y = sequences(model, 21)
    whole = model.path(length=21).loss(x, y)
    path, rest = model.path(length=9), model.path(length=3)
    parts = [path.loss(x[:9], y[:9])]
    path.carry()
    parts.append(path.loss(x[9:18], y[9:18]))
    path.carry()
    rest.start(path.state)
    parts.append(rest.loss(x[18:], y[18:]))
    np.testing.assert_allclose(sum(parts), whole, rtol=1e-13)


@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("cell", FUSED)
def test_reading_symbol_by_symbol_gives_the_scores_of_one_record(cell, layers):
    model = a_model(cell, layers=layers)
    x = sequences(model, 12)[0][:, 0]
    state = {name: np.full(5, 0.3) for name in model.state_names()}
    trace = model.record(x, state=state)
    expected = np.stack([trace[f"o[{t}]"].data for t in range(1, 13)])
    reader = model.reader()
    for begin in (state, {name: s[np.newaxis] for name, s in state.items()}):
        reader.start(begin)
        scores = np.stack([reader.read(int(symbol)).copy() for symbol in x])
        np.testing.assert_allclose(scores, expected, rtol=1e-12, atol=1e-14)
    texts = {name: np.stack([s, np.zeros(5)]) for name, s in state.items()}
    for symbol, o in zip(x, expected, strict=True):
        both, texts = reader.read_many(np.array([symbol, 0]), texts)
        np.testing.assert_allclose(both[0], o, rtol=1e-12, atol=1e-14)
    reader.start()
    np.testing.assert_allclose(reader.read(int(x[0])), model.record(x[:1])["o[1]"].data, rtol=1e-12)
    model.parameters["c"] = model.parameters["c"] + 1  # a reader follows its model
    reader.start()
    np.testing.assert_allclose(reader.read(int(x[0])), model.record(x[:1])["o[1]"].data, rtol=1e-12)


def test_loss_alone_leaves_the_gradients_as_they_are():
    model = a_model()
    path = model.path(length=3)
    x, y = sequences(model, 3)
    path.gradient(x, y)
    kept = path.gradients.flat.copy()
    path.loss(y, x)
    np.testing.assert_array_equal(path.gradients.flat, kept)


def test_several_paths_may_put_their_gradients_in_one_place():
    model = a_model()
    gradients = model.zero_gradients()
    path = model.path(length=3, gradients=gradients)
    path.gradient(*sequences(model, 3))
    assert gradients.flat.any()
    assert path.gradients is gradients


@pytest.mark.parametrize("name", ["length", "batch"])
def test_path_of_size_zero_is_refused(name):
    with pytest.raises(DomainError, match=f"`{name}` is 0 but must be a whole number at least 1"):
        a_model().path(**{"length": 2, "batch": 2} | {name: 0})
