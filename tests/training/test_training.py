"""The training loop does what its records say, and equals loops written out by hand."""

from __future__ import annotations

from copy import deepcopy
from itertools import islice
from math import inf, isfinite

import numpy as np
import pytest

from teachrnn import (
    CELLS,
    CharRNN,
    Interpolate,
    LSTMCell,
    Multiply,
    Sigmoid,
    Tanh,
    VanillaCell,
    backpropagate,
)
from teachrnn.cells.cell import pre_activation
from teachrnn.data import Batching
from teachrnn.errors import DivergedError, DomainError, TeachrnnError
from teachrnn.files import pack
from teachrnn.models.recorded_path import RecordedPath
from teachrnn.optimizers import OPTIMIZERS, SGD, AdaGrad, Adam
from teachrnn.recipes import Recipe
from teachrnn.training import (
    ClipByValue,
    Epoch,
    Evaluation,
    FlightRecorder,
    NoClipping,
    StepDecay,
    Training,
)
from teachrnn.training import evaluation as evaluation_module

T = 6


def tokens_of(count=61, symbols=5, seed=0):
    return np.random.default_rng(seed).integers(0, symbols, count)


def a_training(
    tokens=None,
    optimizer=None,
    *,
    batching="in-order",
    cell="vanilla",
    layers=1,
    dtype=np.float64,
    symbols=5,
    hidden=4,
    scale=0.5,
    length=T,
    reading=None,
    **more,
):
    tokens = tokens_of(symbols=symbols) if tokens is None else tokens
    model = CharRNN(
        hidden=hidden,
        symbols=symbols,
        cell=cell,
        layers=layers,
        dtype=dtype,
        scale=scale,
        rng=np.random.default_rng(1),
    )
    batches = Batching.find(batching)(tokens, length=length, **(reading or {}))
    return Training(model, batches, SGD(eta=0.1) if optimizer is None else optimizer, **more)


def parameters_of(training):
    return {name: p.copy() for name, p in training.model.parameters.items()}


def gradients_of(training):
    return {name: g.copy() for name, g in training.gradients.items()}


def recorded(training, parameters, x, y, state):
    """Loss and gradients of the record, with parameters that the training had."""
    model = CharRNN(**training.model.settings(), rng=np.random.default_rng(0))
    model.set_parameters(**parameters)
    trace = model.record(x, y, state=state)
    return float(trace.total_loss), backpropagate(trace).gradients(), model.final_state(trace)


def assert_equal(ours, theirs, *, rtol=1e-12, atol=1e-14):
    assert list(ours) == list(theirs)
    for name, a in ours.items():
        np.testing.assert_allclose(a, theirs[name], rtol=rtol, atol=atol, err_msg=name)


# The whole loop ------------------------------------------------------------------------------


def losses_of_a_plain_loop(tokens, K, p, *, eta, epsilon, length, updates):
    """The assignment's training as plain loops: no batches, no layers, no library."""
    U, W, b, V, c = (p[name].copy() for name in ("U", "W", "b", "V", "c"))
    memory = [np.zeros_like(q) for q in (U, W, b, V, c)]
    e, h_carried, smooth, losses = 0, np.zeros(len(b)), None, []
    while len(losses) < updates:
        if e + length >= len(tokens):
            e = 0
        if e == 0:
            h_carried = np.zeros(len(b))
        h, prob, loss = {0: h_carried}, {}, 0.0
        for t in range(1, length + 1):
            x, y = tokens[e + t - 1], tokens[e + t]
            h[t] = np.tanh(W @ h[t - 1] + U[:, x] + b)
            o = V @ h[t] + c
            prob[t] = np.exp(o - o.max()) / np.exp(o - o.max()).sum()
            loss -= np.log(prob[t][y])
        dU, dW, db, dV, dc = (np.zeros_like(q) for q in (U, W, b, V, c))
        from_future = np.zeros(len(b))
        for t in range(length, 0, -1):
            x, y = tokens[e + t - 1], tokens[e + t]
            do = prob[t].copy()
            do[y] -= 1
            dV += np.outer(do, h[t])
            dc += do
            da = (V.T @ do + from_future) * (1 - h[t] ** 2)
            dW += np.outer(da, h[t - 1])
            dU[:, x] += da
            db += da
            from_future = W.T @ da
        for q, dq, m in zip((U, W, b, V, c), (dU, dW, db, dV, dc), memory, strict=True):
            dq = np.maximum(-5, np.minimum(5, dq))
            m += dq**2
            q -= eta / np.sqrt(m + epsilon) * dq
        h_carried = h[length]
        e += length
        smooth = loss if smooth is None else 0.999 * smooth + 0.001 * loss
        losses.append((loss, smooth))
    return np.array(losses), {"U": U, "W": W, "b": b, "V": V, "c": c}


@pytest.mark.parametrize("symbols", [7, 300])
def test_the_recipe_of_the_assignment_equals_its_loop_written_by_hand(symbols):
    tokens = tokens_of(25 * 4 + 10, symbols)  # four sequences to an epoch: the tenth is in the third
    training = Recipe.find("adagrad").but(dtype="float64").training(tokens, symbols=symbols, seed=3)
    begin = parameters_of(training)
    steps = list(islice(training, 10))
    losses, end = losses_of_a_plain_loop(
        tokens, symbols, begin, eta=0.1, epsilon=1e-8, length=25, updates=10
    )
    found = np.array([(step.loss, step.smooth_loss) for step in steps])
    # Where a gradient is far below the root of epsilon, an update multiplies its rounding by 1e3.
    np.testing.assert_allclose(found[:3], losses[:3], rtol=1e-13)
    np.testing.assert_allclose(found, losses, rtol=1e-6)
    assert_equal(parameters_of(training), end, rtol=1e-5, atol=1e-5)  # kernels round differently
    assert [step.epoch for step in steps] == [1] * 4 + [2] * 4 + [3] * 2


@pytest.mark.parametrize("name", sorted(OPTIMIZERS))
def test_every_optimizer_learns_a_repeating_text(name):
    eta = {"sgd": 0.05, "adagrad": 0.1, "rmsprop": 0.005}.get(name, 0.01)
    tokens = np.array([0, 1, 2, 0, 3, 2, 4] * 20)
    training = a_training(tokens, OPTIMIZERS[name](eta=eta), hidden=12, scale=0.3, length=7)
    steps = list(islice(training, 400))
    assert steps[0].nats_per_symbol > 1.5
    last_epoch = [step.nats_per_symbol for step in steps[-training.batching.batches_per_epoch :]]
    assert np.mean(last_epoch) < 0.05


# One update ----------------------------------------------------------------------------------

READINGS = {
    "in-order": {},
    "streams": {"batch": 3},
    "random": {"batch": 2, "rng": 0},
    "chunks": {"chunks": 3, "rng": 0},
    "items": {"end": 0},
}


def reading_of(name):
    settings = dict(READINGS[name])
    if "rng" in settings:
        settings["rng"] = np.random.default_rng(settings["rng"])
    return settings


@pytest.mark.parametrize("batching", READINGS)
@pytest.mark.parametrize("cell", ["vanilla", "lstm"])
def test_each_update_has_loss_and_gradient_from_before_it_at_the_state_carried_to_it(cell, batching):
    tokens = tokens_of(100)
    tokens[[0, -1]] = 0  # an end symbol, where items are read
    how = {"batching": batching, "cell": cell, "layers": 2, "reading": reading_of(batching)}
    training = a_training(tokens, clipping=NoClipping(), **how)
    reading = reading_of(batching)
    same = Batching.find(batching)(tokens, length=T, **reading)
    carried, fresh = None, []
    for _ in range(25):
        batch, before = next(same), parameters_of(training)
        fresh.append(batch.fresh)
        B = batch.x.shape[1]
        start = training.model.initial_state(B) if batch.fresh else carried
        step = next(training)
        loss, gradients, carried = recorded(training, before, batch.x, batch.y, start)
        np.testing.assert_allclose(step.loss, loss / B, rtol=1e-12)
        assert step.length == len(batch.x)
        assert_equal(gradients_of(training), {n: g / B for n, g in gradients.items()})
        g = training.gradients.flat
        np.testing.assert_allclose(step.gradient_norm, np.linalg.norm(g), rtol=1e-12)
        assert_equal(parameters_of(training), {n: p - 0.1 * gradients[n] / B for n, p in before.items()})
        assert_equal(training.carried, carried)
        assert training.following == batch.y[-1, 0]
    assert True in fresh[1:]  # the state was reset on the way, and it was carried
    assert (False in fresh) == (batching != "random")


def test_gradient_with_a_carried_state_differs_from_that_with_a_state_of_zeros():
    """So the test above can fail: with h0 = 0 the gradients would be different."""
    training = a_training(clipping=NoClipping())
    next(training)
    before, carried = parameters_of(training), training.carried
    next(training)
    x, y = (tokens_of()[T + i : 2 * T + i, np.newaxis] for i in (0, 1))
    there = recorded(training, before, x, y, carried)[1]
    at_zero = recorded(training, before, x, y, training.model.initial_state(1))[1]
    assert_equal(gradients_of(training), there)
    assert np.abs(there["W"] - at_zero["W"]).max() > 0.1 * np.abs(there["W"]).max()


def test_gradient_is_clipped_between_its_measurement_and_the_update():
    limit = 0.05
    clipped = a_training(clipping=ClipByValue(limit=limit))
    whole = a_training(clipping=NoClipping())
    before = parameters_of(clipped)
    step, unclipped = next(clipped), next(whole)
    assert step.gradient_norm == unclipped.gradient_norm == unclipped.clipped_norm
    expected = {n: np.clip(g, -limit, limit) for n, g in whole.gradients.items()}
    assert_equal(gradients_of(clipped), expected)
    norm = np.sqrt(sum((g**2).sum() for g in expected.values()))
    np.testing.assert_allclose(step.clipped_norm, norm, rtol=1e-12)
    assert step.clipped_norm < step.gradient_norm
    assert_equal(parameters_of(clipped), {n: p - 0.1 * expected[n] for n, p in before.items()})


def test_entries_are_clipped_at_5_by_default():
    training = a_training()
    assert training.clipping.settings() == {"limit": 5.0}
    training.model.parameters["V"] = training.model.parameters["V"] * 1e4
    next(training)
    assert np.abs(training.gradients.flat).max() == 5


def test_mean_over_the_steps_divides_the_gradient_by_T_and_leaves_the_loss_in_nats_per_sequence():
    both = {r: a_training(reduction=r, clipping=NoClipping()) for r in ("sum", "mean")}
    steps = {r: next(training) for r, training in both.items()}
    assert steps["sum"].loss == steps["mean"].loss
    np.testing.assert_allclose(steps["sum"].gradient_norm, T * steps["mean"].gradient_norm, rtol=1e-12)
    for name, g in both["sum"].gradients.items():
        np.testing.assert_allclose(g, T * both["mean"].gradients[name], rtol=1e-12, atol=1e-15)


def test_learning_rate_of_each_update_is_the_initial_rate_times_the_schedule():
    schedule = StepDecay(every=2, factor=0.5, warmup=2)
    training = a_training(optimizer=SGD(eta=0.4), schedule=schedule, clipping=NoClipping())
    etas = []
    for _ in range(6):
        before = training.model.parameters.flat.copy()
        etas.append(next(training).eta)
        moved = before - training.model.parameters.flat
        np.testing.assert_allclose(moved, etas[-1] * training.gradients.flat, atol=1e-15)
    assert etas == [0.2, 0.4, 0.4, 0.4, 0.2, 0.2]


# What is kept on the way ---------------------------------------------------------------------


def test_smooth_loss_is_the_first_loss_and_then_a_thousandth_of_each():
    steps = list(islice(a_training(), 250))
    smooth = steps[0].loss
    assert steps[0].smooth_loss == smooth
    for step in steps[1:]:
        smooth = 0.999 * smooth + 0.001 * step.loss
        np.testing.assert_allclose(step.smooth_loss, smooth, rtol=1e-13)


def test_curve_has_the_smooth_loss_at_the_first_update_and_at_every_hundredth():
    training = a_training()
    steps = list(islice(training, 250))
    assert training.curve.smooth == [(n, steps[n - 1].smooth_loss) for n in (1, 100, 200)]


@pytest.mark.parametrize("batching", ["in-order", "items", "streams"])
def test_epoch_mean_is_over_all_its_symbols_and_is_known_once_the_epoch_ends(batching):
    tokens = tokens_of(100)
    tokens[[0, -1]] = 0
    training = a_training(tokens, batching=batching, reading=reading_of(batching))
    steps = list(islice(training, 3 * training.batching.batches_per_epoch))
    expected = []
    for epoch in (1, 2):
        own = [step for step in steps if step.epoch == epoch]
        mean = sum(step.loss for step in own) / sum(step.length for step in own)
        expected.append((own[-1].iteration, mean))
    np.testing.assert_allclose(training.curve.epochs, expected, rtol=1e-12)
    assert isinstance(training.curve.epochs[0], Epoch)
    next(training)
    assert len(training.curve.epochs) == 3


def test_validation_loss_is_measured_when_it_is_due_and_after_the_update():
    held_out = tokens_of(30, seed=9)
    training = a_training(validation=held_out, validate_every=4)
    found = []
    for step in islice(training, 13):
        if step.validation is not None:
            found.append((step.iteration, step.validation))
            state = {name: vectors[0] for name, vectors in training.carried.items()}
            assert any(vector.any() for vector in state.values())
            loss, _, _ = recorded(training, parameters_of(training), held_out[:-1], held_out[1:], state)
            np.testing.assert_allclose(step.validation, loss / 29, rtol=1e-12)
    assert [n for n, _ in found] == [4, 8, 12]
    assert training.curve.validation == found


def test_every_stream_of_a_long_text_is_read_on_from_the_state_given():
    model = a_training().model
    tokens = tokens_of(4001, seed=9)  # two streams
    state = {"h": np.linspace(-1, 1, model.hidden)}
    halves = [tokens[:2001], tokens[2000:]]
    totals = [model.record(half[:-1], half[1:], state=state).total_loss for half in halves]
    np.testing.assert_allclose(Evaluation(model, tokens)(state), sum(totals) / 4000, rtol=1e-12)
    assert Evaluation(model, tokens)() != Evaluation(model, tokens)(state)


def test_items_are_measured_each_from_a_state_of_zeros():
    model = a_training().model
    items = [[0, 3, 1], [0, 2, 2, 1, 4], [0, 1]]
    tokens = np.array([*(symbol for item in items for symbol in item), 0])
    total = sum(model.record(item, [*item[1:], 0]).total_loss for item in items)
    found = Evaluation(model, tokens, end=0)({"h": np.ones(model.hidden)})
    np.testing.assert_allclose(found, total / 10, rtol=1e-12)


def test_best_models_keep_the_state_that_they_were_in():
    training = a_training(
        np.arange(61) % 5, optimizer=SGD(eta=0.05), validation=tokens_of(30, seed=9), validate_every=1
    )
    before, after, losses = [], [], []
    for _ in range(28):
        before.append({name: s[0] for name, s in training.carried.items()})
        losses.append(next(training))
        after.append({name: s[0] for name, s in training.carried.items()})
    smooth = int(np.argmin([step.smooth_loss for step in losses]))
    measured = int(np.argmin([step.validation for step in losses]))
    assert smooth % training.batching.batches_per_epoch  # at the first of an epoch it starts from zeros
    assert_equal(training.best_smooth.state, before[smooth])
    assert_equal(training.best_validation.state, after[measured])


def test_symbols_that_the_model_does_not_know_are_refused():
    with pytest.raises(DomainError, match="holds symbol 99, but the model knows 0 to"):
        a_training(np.array([0, 1, 99] * 20))
    with pytest.raises(DomainError, match="the validation text holds symbol 99"):
        a_training(validation=np.array([0, 99, 1]))


def test_measuring_changes_nothing_in_the_training():
    measured = a_training(validation=tokens_of(30, seed=9), validate_every=1)
    alone = a_training()
    assert [s.loss for s in islice(measured, 20)] == [s.loss for s in islice(alone, 20)]
    assert all(step.validation is None for step in islice(alone, 5))


def test_best_models_are_those_of_the_lowest_losses_and_training_on_leaves_them_alone():
    """A shallow copy would be the last model instead."""
    training = a_training(
        optimizer=SGD(eta=0.5), validation=tokens_of(30, seed=9), validate_every=1, clipping=NoClipping()
    )
    before, smooth, after, measured = [], [], [], []
    for _ in range(60):
        before.append(training.model.parameters.flat.copy())
        step = next(training)
        smooth.append(step.smooth_loss)
        measured.append(step.validation)
        after.append(training.model.parameters.flat.copy())
    for best, losses, models in (
        (training.best_smooth, smooth, before),
        (training.best_validation, measured, after),
    ):
        k = int(np.argmin(losses))
        assert k < 59, "the last model is the best: this test would see nothing"
        assert (best.loss, best.iteration) == (losses[k], k + 1)
        np.testing.assert_array_equal(best.theta, models[k])
        assert not np.array_equal(best.theta, training.model.parameters.flat)
        kept = best.theta.copy()
        training.model.parameters.flat[...] += 1
        np.testing.assert_array_equal(best.theta, kept)


def test_without_validation_there_is_no_best_model_by_validation():
    training = a_training()
    next(training)
    assert (training.best_validation.loss, training.best_validation.iteration) == (inf, 0)
    assert training.best_smooth.iteration == 1


def test_carried_state_is_a_copy():
    training = a_training()
    assert training.carried == {}
    next(training)
    first = training.carried
    kept = first["h"].copy()
    next(training)
    np.testing.assert_array_equal(first["h"], kept)


# The loss on a held-out text -----------------------------------------------------------------


@pytest.mark.parametrize("count", [2, 3, 100, 101, 102, 250, 301])
def test_evaluation_is_the_mean_loss_of_one_record_of_the_whole_text(count):
    training = a_training(layers=2, cell="gru", scale=1.0)
    tokens = tokens_of(count, seed=4)
    evaluation = Evaluation(training.model, tokens)
    assert evaluation.streams == 1
    loss, _, _ = recorded(training, parameters_of(training), tokens[:-1], tokens[1:], {})
    np.testing.assert_allclose(evaluation(), loss / (count - 1), rtol=1e-12)
    np.testing.assert_allclose(evaluation(), loss / (count - 1), rtol=1e-12)  # it begins anew


def test_evaluation_carries_the_state():
    model = CharRNN(hidden=6, symbols=5, scale=1.5, rng=np.random.default_rng(0))
    tokens = tokens_of(201, seed=4)
    halves = np.mean([Evaluation(model, tokens[i : i + 101])() for i in (0, 100)])
    assert abs(Evaluation(model, tokens)() - halves) > 1e-4


def test_long_text_is_read_as_streams_side_by_side(monkeypatch):
    monkeypatch.setattr(evaluation_module, "LEAST_STREAM", 110)
    monkeypatch.setattr(evaluation_module, "MAX_STREAMS", 4)
    training = a_training(scale=1.0)
    for count, streams in ((219, 1), (221, 2), (339, 3), (900, 4)):
        tokens = tokens_of(count, seed=4)
        evaluation = Evaluation(training.model, tokens)
        assert evaluation.streams == streams
        each = (count - 1) // streams
        parts = [tokens[i * each : (i + 1) * each + 1] for i in range(streams)]
        losses = [recorded(training, parameters_of(training), p[:-1], p[1:], {})[0] for p in parts]
        np.testing.assert_allclose(evaluation(), sum(losses) / (streams * each), rtol=1e-12)


def test_evaluation_of_one_symbol_is_refused():
    with pytest.raises(DomainError, match="has 1 symbols: at least two are needed"):
        Evaluation(a_training().model, np.array([0]))


# Numbers that are not finite -----------------------------------------------------------------


def test_overflow_names_the_update_the_parameters_and_what_to_do():
    training = a_training(optimizer=SGD(eta=0.1), clipping=NoClipping())
    next(training)
    training.eta = 1e308
    training.model.parameters["V"] = training.model.parameters["V"] * 100
    with np.errstate(all="ignore"):
        next(training)
    kept = training.best_smooth.theta.copy()
    with pytest.raises(DivergedError) as caught:
        next(training)
    text = str(caught.value)
    bad = [n for n, p in training.model.parameters.items() if not np.isfinite(p).all()]
    assert bad
    assert "at update 3 (epoch 1, position 12 of the text)" in text
    assert f"the previous update has made {', '.join(bad)} overflow" in text
    assert f"The last smooth loss was {training.smooth_loss:.4g}" in text
    assert "Lower the learning rate (eta is 1e+308)" in text
    assert training.iteration == 2
    np.testing.assert_array_equal(training.best_smooth.theta, kept)
    assert np.isfinite(kept).all()


def test_gradient_that_overflows_at_finite_parameters_names_itself_and_changes_none():
    training = a_training(optimizer=AdaGrad(eta=0.1))
    next(training)
    training.model.parameters["V"] = np.full((5, 4), 1e308) * np.array([1, -1, 1, -1])
    before = training.model.parameters.flat.copy()
    with pytest.raises(DivergedError, match=r"at update 2 .* the gradient is not finite in ") as caught:
        next(training)
    named = str(caught.value).split("not finite in ")[1].split(". ")[0].split(", ")
    assert named == [n for n, g in training.gradients.items() if not np.isfinite(g).all()]
    np.testing.assert_array_equal(training.model.parameters.flat, before)


def test_interrupted_update_is_neither_resumed_nor_saved(monkeypatch):
    training = a_training()
    next(training)
    good = training.state()
    assert good.iteration == 1

    def press_ctrl_c(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(training.optimizer, "update", press_ctrl_c)
    with pytest.raises(KeyboardInterrupt):
        next(training)
    for go_on in (training.state, training.__next__):
        with pytest.raises(TeachrnnError, match="update 2 was interrupted in the middle"):
            go_on()


def test_update_that_overflows_gives_no_warning_besides_the_error():
    training = a_training(optimizer=SGD(eta=1e308), clipping=NoClipping())
    training.model.parameters["V"] = training.model.parameters["V"] * 100
    with pytest.raises(DivergedError):
        list(islice(training, 5))


def test_training_whose_update_was_interrupted_resumes_from_a_restored_state():
    training = a_training()
    next(training)
    good = training.state()
    training.model.parameters["V"] = np.full((5, 4), np.nan)
    with pytest.raises(DivergedError):
        next(training)
    training.restore(good)
    expected = a_training()
    assert next(expected).loss
    assert next(training).loss == next(expected).loss


def test_saved_state_does_not_change():
    training = a_training(validation=tokens_of(30), validate_every=1, optimizer=AdaGrad(eta=0.01))
    list(islice(training, 3))
    state = training.state()
    other = a_training(validation=tokens_of(30), validate_every=1, optimizer=AdaGrad(eta=0.01))
    other.restore(state)
    (before, arrays) = deepcopy(pack(state))
    list(islice(training, 3))
    list(islice(other, 3))
    assert pack(state)[0] == before
    assert_equal(pack(state)[1], arrays, rtol=0, atol=0)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"reduction": "max"}, 'the reduction is \'max\' but must be "sum" or "mean"'),
        ({"validate_every": 0}, "`validate_every` is 0 but must be a whole number at least 1"),
        ({"validation": np.array([1])}, "has 1 symbols"),
    ],
)
def test_invalid_settings_are_refused(more, words):
    with pytest.raises(DomainError, match=words):
        a_training(**more)


# Cells that say only what one step does ------------------------------------------------------


@pytest.fixture
def plain_cell():
    """The vanilla cell without its fused passes, which it does not inherit."""

    class PlainCell(VanillaCell):
        name = "plain"

    yield PlainCell
    del CELLS["plain"]


@pytest.mark.parametrize(
    ("batching", "layers", "dtype"),
    [("in-order", 1, np.float64), ("streams", 2, np.float64), ("chunks", 1, np.float32)],
)
def test_cell_without_a_fused_pass_trains_to_the_same_numbers(plain_cell, batching, layers, dtype):
    tokens = tokens_of(100)
    how = {"batching": batching, "layers": layers, "dtype": dtype}
    slow, fast = (
        a_training(
            tokens, Adam(eta=0.01), cell=cell, reading=reading_of(batching), validation=tokens, **how
        )
        for cell in ("plain", "vanilla")
    )
    assert isinstance(slow.model.path(length=2).inside, RecordedPath)
    fast.model.set_parameters(**slow.model.parameters)
    for ours, theirs in islice(zip(slow, fast, strict=False), 40):
        np.testing.assert_allclose(ours.loss, theirs.loss, rtol=1e-10 if dtype is np.float64 else 1e-4)
    tolerance = {"rtol": 1e-8, "atol": 1e-10} if dtype is np.float64 else {"rtol": 1e-3, "atol": 1e-4}
    assert_equal(parameters_of(slow), parameters_of(fast), **tolerance)
    assert slow.model.parameters.flat.dtype == dtype
    np.testing.assert_allclose(slow.evaluation(), fast.evaluation(), rtol=tolerance["rtol"])
    reader, other = slow.model.reader(), fast.model.reader()
    for symbol in (0, 3, 1):
        np.testing.assert_allclose(reader.read(symbol), other.read(symbol), **tolerance)


def test_cell_that_changes_the_step_of_another_trains_itself_and_not_the_other():
    class CoupledCell(LSTMCell, register=False):
        """The write gate is the complement of the forget gate: i = 1 - f."""

        name = "coupled"

        @classmethod
        def step(cls, p, x, state):
            f = Sigmoid(pre_activation(p, x, state["h"], gate="f"), name="f")
            g = Tanh(pre_activation(p, x, state["h"], gate="g"), name="g")
            q = Sigmoid(pre_activation(p, x, state["h"], gate="q"), name="q")
            s = Interpolate(f, g, state["s"], name="s")
            return {"h": Multiply(q, Tanh(s, name="squash"), name="h"), "s": s}

    x, y = tokens_of(6)[:-1], tokens_of(6)[1:]
    model = CharRNN(hidden=3, symbols=5, cell=CoupledCell, rng=np.random.default_rng(0), scale=0.5)
    loss = model.path(length=5).loss(x[:, np.newaxis], y[:, np.newaxis])
    assert loss == pytest.approx(model.record(x, y).total_loss)


def test_flight_recorder_sees_what_a_cell_without_a_fused_pass_did(plain_cell):
    recorder = FlightRecorder(every=2)
    training = a_training(cell="plain", recorder=recorder, clipping=NoClipping())
    steps = list(islice(training, 3))
    (kept,) = recorder.kept
    trace = kept.snapshot.open()
    assert float(trace.total_loss) == steps[1].loss
    assert isfinite(steps[2].loss)
