"""Numbers that are too small, too large or too many: harmless ones pass, others are reported."""

from __future__ import annotations

from itertools import islice
from math import exp, inf

import numpy as np
import pytest

import teachrnn.memory
from teachrnn import CELLS, CharRNN, CrossEntropy, Itemised, Multiply, Softmax, Trace, backpropagate
from teachrnn.checking import check_gradient, check_ops, step_size_curve
from teachrnn.data import InOrder
from teachrnn.errors import DomainError
from teachrnn.models import parameter_vector
from teachrnn.optimizers import OPTIMIZERS
from teachrnn.sampling import Greedy, Nucleus, Temperature, TopK, beam, write
from teachrnn.training import ClipByNorm, FlightRecorder, Training, TrainStep

TOKENS = np.arange(60) % 5


@pytest.fixture
def strict():
    """A session in which every floating-point event raises."""
    with np.errstate(all="raise"):
        with pytest.raises(FloatingPointError, match="underflow"):
            np.exp(-800.0)
        yield


def model_of(scale, *, cell="vanilla", sure=1.0):
    model = CharRNN(hidden=4, symbols=5, cell=cell, scale=scale, rng=np.random.default_rng(0))
    model.parameters["V"] *= sure
    return model


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize(("scale", "sure"), [(30.0, 10.0), (1e-170, 1.0)])
def test_underflow_does_not_stop_recording_backprop_or_checks(strict, cell, scale, sure):
    model = model_of(scale, cell=cell, sure=sure)
    state = {name: np.full(4, 0.3) for name in model.state_names()}
    trace = model.record(TOKENS[:4], TOKENS[1:5], state=state)
    assert trace.replay().total_loss == trace.total_loss
    backpropagate(trace).gradients()
    Itemised(trace).norms(next(iter(trace.parameters)))
    rng = np.random.default_rng(0)
    for oracle in ("complex", "central", "mpmath"):
        check_gradient(trace, oracle=oracle, max_entries=2, rng=rng)


def test_underflow_does_not_stop_the_v_curve_or_the_check_of_operations(strict):
    check_ops(Softmax)
    step_size_curve(model_of(1e-170).record([0, 1], [1, 2]), "W")


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_underflow_does_not_stop_training(strict, name):
    training = Training(
        model_of(1e-170),
        InOrder(TOKENS, length=5),
        OPTIMIZERS[name](eta=1.0),
        clipping=ClipByNorm(limit=1e-200),
        validation=TOKENS,
        validate_every=5,
        recorder=FlightRecorder(every=5),
    )
    assert all(np.isfinite(step.loss) for step in islice(training, 12))
    training.recorder.kept[0].snapshot.open()


@pytest.mark.parametrize(
    "sampler", [Temperature(temperature=1e-3), TopK(k=2), Nucleus(theta=0.5), Greedy()]
)
def test_underflow_does_not_stop_sampling(strict, sampler):
    sampler.distribution(np.array([0.0, -800.0, 800.0, 799.0, 1.0]))
    reader = model_of(30.0, sure=10.0).reader()
    passage = write(reader, sampler, prime=[0], count=9, rng=np.random.default_rng(0), record=True)
    assert np.isfinite(passage.entropy).all()
    assert len(beam(reader, prime=[0], count=5, width=3)[0].tokens) == 5


def test_other_floating_point_errors_still_raise_if_the_user_wants(strict):
    trace = Trace()
    x = trace.input("x", [1e308, 0.0])
    with pytest.raises(FloatingPointError, match="overflow"):
        Multiply(x, x)


def sure_of_another(*, gap, dtype=np.float64):
    trace = Trace()
    o = trace.input("o", np.array([[0.0, 1.0, 2.0], [0.0, gap, 0.0]], dtype))
    return trace, Softmax(o, name="p"), trace.input("y", [1, 2])


@pytest.mark.parametrize(
    ("gap", "dtype"), [(800.0, np.float64), (730.0, np.float64), (100.0, np.float32)]
)
def test_probability_0_of_the_target_is_refused_with_its_place_and_what_to_do(gap, dtype):
    trace, p, y = sure_of_another(gap=gap, dtype=dtype)
    with pytest.raises(DomainError) as refused:
        CrossEntropy(p, y, name="L")
    assert len(trace.ops) == 1
    message = str(refused.value)
    assert message.startswith(
        "CrossEntropy `L`: the target y = 2 at index (1,) has the probability p = "
    )
    assert "SoftmaxCrossEntropy(o, y)" in message


def test_every_accepted_probability_has_a_finite_gradient():
    trace, p, y = sure_of_another(gap=708.0)
    trace.loss(CrossEntropy(p, y, name="L"))
    backpropagate(trace)
    assert np.isfinite(trace["o"].grad).all()
    np.testing.assert_allclose(trace["o"].grad[1], [0, 1, -1], atol=1e-12)


def test_perplexity_of_any_loss_is_a_number():
    step = TrainStep(1, 1, 2, 2e4, 2e4, 1.0, 1.0, 0.1, 0.0, None)
    assert step.perplexity == inf
    assert step._replace(loss=4.0).perplexity == exp(2)


def absurd(m=4, K=3, **sizes):
    return CharRNN(hidden=m, symbols=K, rng=np.random.default_rng(0), **sizes)


WRITTEN = {"prime": [0], "rng": np.random.default_rng(0)}
TOO_LARGE = {
    "the state": (lambda: absurd(10**7), "A model of 100,000,070,000,003 parameters (m = 10,000,000,"),
    "a state beyond all integers": (lambda: absurd(10**20), "EB of memory"),
    "the vocabulary": (lambda: absurd(K=10**15), "(m = 4, K = 1,000,000,000,000,000; layers: 1)"),
    "the layers": (lambda: absurd(layers=10**9), "`layers` is 1,000,000,000 but may be 1,000 at most"),
    "the sequence": (lambda: absurd().path(length=10**15), "(T = 1,000,000,000,000,000, B = 1)"),
    "the batch": (lambda: absurd().path(length=2, batch=10**15), "(T = 2, B = 1,000,000,000,000,000)"),
    "the text": (
        lambda: write(absurd().reader(), Greedy(), count=10**15, **WRITTEN),
        "A text of 1,000,000,000,000,000 symbols would take 24.0 PB of memory or more",
    ),
    "the beam": (
        lambda: beam(absurd().reader(), prime=[0], count=60, width=10**15),
        "A beam of 1,000,000,000,000,000 texts of 60 symbols",
    ),
}


@pytest.mark.parametrize("what", TOO_LARGE)
def test_size_that_exceeds_any_memory_is_refused_before_anything_is_allocated(what):
    make, words = TOO_LARGE[what]
    with pytest.raises(DomainError) as refused:
        make()
    assert words in str(refused.value)


def test_failed_allocation_is_reported_with_what_was_too_large(monkeypatch):
    def none(*_):
        raise MemoryError

    monkeypatch.setattr(parameter_vector, "aligned", none)
    with pytest.raises(
        DomainError,
        match=r"A model of 47 parameters .* does not give so much now. Choose a shorter state",
    ):
        absurd()


def test_training_needs_more_memory_than_the_model(monkeypatch):
    model = absurd(20, 5)
    size = model.parameters.flat.nbytes
    monkeypatch.setattr(teachrnn.memory, "memory", lambda: 3 * size)
    assert absurd(20, 5).shapes() == model.shapes()
    with pytest.raises(DomainError, match=f"Training {size // 8} parameters would take"):
        Training(model, InOrder(TOKENS, length=5), OPTIMIZERS["sgd"](eta=0.1))


def test_large_beam_needs_memory_only_for_texts_that_exist():
    assert len(beam(absurd().reader(), prime=[0], count=2, width=10**15)) == 9
