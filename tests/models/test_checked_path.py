"""Arguments that users pass to a path or reader are checked; the loop inside checks nothing."""

from __future__ import annotations

import numpy as np
import pytest

from teachrnn import CharRNN
from teachrnn.cells import VanillaCell
from teachrnn.data import InOrder
from teachrnn.errors import DomainError, NameLookupError, ShapeError, TeachrnnError
from teachrnn.models import CheckedPath, FusedPath, RecordedPath, Snapshot
from teachrnn.optimizers import SGD
from teachrnn.training import Evaluation, Training

M, K = 3, 5
X, Y = [0, 1, 2], [1, 2, 3]


@pytest.fixture(params=["fused", "recorded"])
def model(request, monkeypatch):
    if request.param == "recorded":
        monkeypatch.setattr(VanillaCell, "fused", None)
    model = CharRNN(hidden=M, symbols=K, scale=0.5, rng=np.random.default_rng(0))
    kind = {"fused": FusedPath, "recorded": RecordedPath}[request.param]
    assert isinstance(model.path(length=3, checked=False), kind)
    return model


WRONG_X = [
    ([0, 1, 99], DomainError, r"x holds token 99 at index \(2,\); the model knows 0\.\.4"),
    ([0, -1, 1], DomainError, r"x holds token -1 at index \(1,\)"),
    ([0, 1], ShapeError, r"x has shape \(2,\) but this path is made for \(3, 1\) or \(3,\)"),
    ([[0, 1, 2]], ShapeError, r"x has shape \(1, 3\)"),
    ([], ShapeError, "the sequence is empty"),
    (np.eye(K)[:3], DomainError, r"reads token numbers.*dense vectors are read by model\.record"),
    ([0.0, 1.0, 2.0], ShapeError, "Token numbers must be an integer array"),
    (["a", "b", "c"], DomainError, r"turn it into token numbers"),
    ([True, False, True], DomainError, "whole numbers"),
    ([None, 1, 2], DomainError, "whole numbers"),
    (np.array(X) + 0j, DomainError, "whole numbers"),
]
WRONG_Y = [
    ([1, 2, 99], DomainError, r"targets holds symbol 99 at index \(2,\); the model knows 0\.\.4"),
    ([1, -1, 2], DomainError, r"targets holds symbol -1"),
    ([1, 2], ShapeError, r"targets have shape \(2,\) but x has \(3,\)"),
    ([[1], [2], [3]], ShapeError, r"targets have shape \(3, 1\) but x has \(3,\)"),
    ([1.0, 2.0, 3.0], DomainError, "targets must hold the numbers of symbols"),
    (["a", "b", "c"], DomainError, "targets must hold the numbers of symbols"),
    (None, ShapeError, r"targets have shape \(\)"),
]


@pytest.mark.parametrize(("x", "error", "words"), WRONG_X)
def test_input_that_is_not_a_sequence_for_the_model_is_refused(model, x, error, words):
    path = model.path(length=3)
    for use in (lambda: path.forward(x), lambda: path.loss(x, Y), lambda: path.gradient(x, Y)):
        with pytest.raises(error, match=words):
            use()


@pytest.mark.parametrize(("y", "error", "words"), WRONG_Y)
def test_invalid_targets_are_refused(model, y, error, words):
    path = model.path(length=3)
    for use in (path.loss, path.gradient):
        with pytest.raises(error, match=words):
            use(X, y)
    if y is not None:  # where None says that there are no targets
        with pytest.raises(error, match=words):
            model.record(X, y)


@pytest.mark.parametrize(
    ("state", "error", "words"),
    [
        ({"s": np.zeros(M)}, NameLookupError, "the model has no state 's'; it has: h"),
        ({"h": np.zeros(M + 1)}, ShapeError, r"`h` has shape \(1, 4\).*m=3 need \(1, 3\)"),
        ({"h": 0.5}, ShapeError, r"`h` has shape"),
        ({"h": ["a", "b", "c"]}, DomainError, "`h` must hold real numbers"),
        ({"h": np.zeros(M, complex)}, DomainError, "`h` must hold real numbers"),
        (np.zeros(M), DomainError, "must be a dict of vectors"),
        (0, DomainError, "must be a dict of vectors"),
    ],
)
def test_invalid_state_is_refused(model, state, error, words):
    for start in (model.path(length=3).start, model.reader().start):
        with pytest.raises(error, match=words):
            start(state)
    with pytest.raises(TeachrnnError):
        model.record(X, state=state)
    with pytest.raises(TeachrnnError):
        Evaluation(model, np.arange(40) % K)(state)


def test_a_state_left_out_is_zeros_and_a_state_given_is_read(model):
    path, h = model.path(length=3), np.full(M, 0.5)
    from_zeros = path.loss(X, Y)
    for given in ({"h": h}, {"h": h[None]}, {"h": h.tolist()}):
        path.start(given)
        assert path.loss(X, Y) == pytest.approx(float(model.record(X, Y, state={"h": h}).total_loss))
    for nothing in ({}, None):
        path.start({"h": h})
        path.start(nothing)
        assert path.loss(X, Y) == from_zeros


def test_a_batch_of_states_has_a_row_for_each_sequence(model):
    path = model.path(length=1, batch=2)
    path.start({"h": np.zeros((2, M))})
    with pytest.raises(ShapeError, match=r"`h` has shape \(3,\).*need \(2, 3\)"):
        path.start({"h": np.zeros(M)})
    with pytest.raises(ShapeError, match=r"made for \(1, 2\)"):
        path.loss([0, 1], [1, 2])


@pytest.mark.parametrize(
    "symbol", [99, K, -1, 1.0, "a", None, [1], np.array([1, 2]), np.int64(-1), True]
)
def test_a_reader_reads_the_numbers_of_symbols_only(model, symbol):
    with pytest.raises(DomainError, match="symbol"):
        model.reader().read(symbol)
    with pytest.raises(DomainError, match="symbol"):
        model.path(length=1).read(symbol)


@pytest.mark.parametrize("size", [{"length": 2}, {"length": 1, "batch": 2}])
def test_reading_one_symbol_needs_a_path_of_length_and_batch_one(model, size):
    with pytest.raises(ShapeError, match=r"made for \((2, 1|1, 2)\): model.path\(length=1\)"):
        model.path(**size).read(2)


@pytest.mark.parametrize("symbol", [np.int64(2), np.uint8(2), np.array(2)])
def test_a_numpy_integer_is_accepted_as_a_symbol(model, symbol):
    np.testing.assert_array_equal(model.reader().read(symbol), model.reader().read(2).copy())
    np.testing.assert_array_equal(model.path(length=1).read(symbol), model.reader().read(2).copy())


@pytest.mark.parametrize(
    ("symbols", "state", "error", "words"),
    [
        ([0, 99], None, DomainError, "holds token 99"),
        ([0, -1], None, DomainError, "holds token -1"),
        (1, None, ShapeError, r"shape \(\) but must be one for each text"),
        ([], None, ShapeError, "one for each text"),
        ([0, 1], {"h": np.zeros(M)}, ShapeError, r"need \(2, 3\)"),
        ([0, 1], {"s": np.zeros((2, M))}, NameLookupError, "no state 's'"),
    ],
)
def test_texts_side_by_side_are_checked_too(model, symbols, state, error, words):
    with pytest.raises(error, match=words):
        model.reader().read_many(symbols, state)


@pytest.mark.parametrize("kind", [np.uint8, np.uint32, np.uint64, np.int16])
def test_any_kind_of_whole_numbers_gives_the_same_loss(model, kind):
    path = model.path(length=3)
    expected = path.gradient(X, Y)
    assert path.gradient(np.array(X, kind), np.array(Y, kind)) == expected
    assert path.gradient(np.array(X, kind)[:, None], np.array(Y, kind)[:, None]) == expected


@pytest.mark.parametrize("wrong", [-1, K])
def test_a_text_with_a_symbol_that_the_model_does_not_know_is_refused_as_a_whole(model, wrong):
    good, bad = np.arange(40) % K, np.full(40, wrong)
    batching = InOrder
    with pytest.raises(DomainError, match=f"the text holds symbol {wrong}, but the model knows 0 to 4"):
        Training(model, batching(bad, length=3), SGD())
    with pytest.raises(DomainError, match=f"the validation text holds symbol {wrong}"):
        Training(model, batching(good, length=3), SGD(), validation=bad)
    with pytest.raises(DomainError, match=f"validation text holds symbol {wrong}"):
        Evaluation(model, bad)


def test_the_loop_of_training_checks_nothing_again(model, monkeypatch):
    tokens = np.arange(40) % K
    training = Training(model, InOrder(tokens, length=3), SGD(), validation=tokens, validate_every=2)
    for method in ("forward", "loss", "gradient", "start"):
        monkeypatch.delattr(CheckedPath, method)
    for _ in range(4):
        next(training)


def test_a_step_kept_by_hand_is_opened_whatever_the_shape_of_its_input(model):
    path = model.path(length=3)
    loss = path.gradient(X, Y)
    trace = Snapshot.of(model, path, X, Y).open()
    assert float(trace.total_loss) == pytest.approx(loss)
