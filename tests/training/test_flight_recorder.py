"""A kept step of a run at full speed, opened as a trace, has the values of that step to the last bit."""

from __future__ import annotations

from itertools import islice

import numpy as np
import pytest

from teachrnn import CELLS, CharRNN, Op, backpropagate
from teachrnn.data import Streams
from teachrnn.errors import DivergedError, DomainError
from teachrnn.models import Snapshot
from teachrnn.optimizers import SGD, Adam
from teachrnn.trace_file import load_trace, save_trace
from teachrnn.training import FlightRecorder, NoClipping, Training
from teachrnn.views.story import tell

FUSED = [name for name, cell in CELLS.items() if cell.fused]
T, K, M = 5, 4, 3


def a_training(
    recorder, *, cell="vanilla", layers=1, batch=1, dtype=np.float64, optimizer=None, length=T
):
    rng = np.random.default_rng(0)
    model = CharRNN(hidden=M, symbols=K, cell=cell, layers=layers, scale=0.5, dtype=dtype, rng=rng)
    tokens = rng.integers(0, K, 300)
    batches = Streams(tokens, length=length, batch=batch)
    optimizer = Adam(eta=0.01) if optimizer is None else optimizer
    return Training(model, batches, optimizer, clipping=NoClipping(), recorder=recorder)


class Witness(FlightRecorder):
    """Keeps every step, with copies of everything that the run had in memory."""

    def __init__(self):
        super().__init__(every=1, max_kept=99)
        self.seen = []

    def watch(self, model, path, batch, iteration, loss, smooth):
        super().watch(model, path, batch, iteration, loss, smooth)
        values = {name: rows.copy() for name, rows in path.values().items()}
        gradients = {name: g.copy() for name, g in path.gradients.items()}
        state = {name: s.copy() for name, s in path.initial().items()}
        parameters = {name: p.copy() for name, p in model.parameters.items()}
        self.seen.append((batch, values, gradients, state, parameters, loss))


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize(
    ("layers", "batch", "length"), [(1, 1, T), (1, 1, 21), (2, 1, T), (2, 3, T), (1, 2, 1)]
)
@pytest.mark.parametrize("cell", FUSED)
def test_opened_step_is_what_the_run_had_in_memory(cell, layers, batch, length, dtype):
    witness = Witness()
    how = {"cell": cell, "layers": layers, "batch": batch, "dtype": dtype, "length": length}
    training = a_training(witness, **how)
    list(islice(training, 4))
    training.model.parameters.flat[...] = 7  # what becomes of the run later changes nothing
    rounding = {"rtol": 1e-12, "atol": 1e-13} if dtype is np.float64 else {"rtol": 1e-4, "atol": 1e-5}
    for kept, seen in zip(witness.kept, witness.seen, strict=True):
        read, values, gradients, state, parameters, loss = seen
        trace = kept.snapshot.open()

        def rows(name, trace=trace):
            found = [trace[f"{name}[{t}]"].data for t in range(1, trace.T + 1)]
            return np.stack(found).reshape(trace.T * batch, *found[0].shape[batch > 1 :])

        assert length == trace.T
        expected_names = {"h", *CELLS[cell].state}
        assert expected_names <= {name.rpartition(".")[2] for name in values}
        for name, expected in values.items():
            assert rows(name).dtype == dtype
            np.testing.assert_array_equal(rows(name), expected, err_msg=name)
        for name, expected in state.items():
            np.testing.assert_array_equal(np.atleast_2d(trace[f"{name}[0]"].data), expected)
        for name, expected in parameters.items():
            np.testing.assert_array_equal(trace[name].data, expected)
        for i, name in enumerate("xy"):
            np.testing.assert_array_equal(rows(name), (read.x, read.y)[i].ravel())
        assert {v.data.dtype for v in trace if v.data.dtype.kind == "f"} == {np.dtype(dtype)}
        np.testing.assert_allclose(
            trace.total_loss / batch, loss, rtol=1e-12 if dtype is np.float64 else 1e-5
        )
        for name, d in backpropagate(trace).gradients().items():
            np.testing.assert_allclose(d / batch, gradients[name], **rounding, err_msg=name)


@pytest.mark.parametrize("cell", FUSED)
def test_every_value_that_was_not_kept_follows_from_those_that_were(cell):
    recorder = FlightRecorder(every=3)
    list(islice(a_training(recorder, cell=cell, layers=2, batch=2), 3))
    trace = recorder.kept[0].snapshot.open()
    model = CharRNN(**recorder.kept[0].snapshot.model, rng=np.random.default_rng(0))
    model.parameters.flat[...] = recorder.kept[0].snapshot.theta
    again = model.record(
        recorder.kept[0].snapshot.x,
        recorder.kept[0].snapshot.y,
        state={name: trace[f"{name}[0]"].data for name in model.state_names()},
    )
    assert [v.name for v in trace] == [v.name for v in again]
    for kept, recorded in zip(trace, again, strict=True):
        np.testing.assert_allclose(kept.data, recorded.data, rtol=1e-12, atol=1e-14)
        if isinstance(kept, Op):
            result = type(kept).forward(*(operand.data for operand in kept.operands))
            np.testing.assert_allclose(kept.data, result, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("batch", [1, 2])
def test_opened_step_can_be_saved_shown_and_backpropagated(batch, tmp_path):
    recorder = FlightRecorder(every=2)
    list(islice(a_training(recorder, cell="lstm", batch=batch, dtype=np.float32), 2))
    trace = recorder.kept[0].snapshot.open()
    again = load_trace(save_trace(trace, tmp_path / "step.npz"))
    assert again.summary() == trace.summary()
    for ours, theirs in zip(trace, again, strict=True):
        assert ours.data.dtype == theirs.data.dtype
        np.testing.assert_array_equal(ours.data, theirs.data)
    sweep = backpropagate(again)
    assert set(sweep.gradients()) == set(trace.parameters)
    assert all(g.any() for g in sweep.gradients().values())


def test_story_of_an_opened_step_has_the_numbers_of_the_run():
    witness = Witness()
    list(islice(a_training(witness), 2))
    trace = witness.kept[1].snapshot.open()
    data = {q.name: q.data for step in tell(trace) for o in step.outcomes for q in o.quantities}
    np.testing.assert_array_equal(data["h[5]"], witness.seen[1][1]["h"][4])
    np.testing.assert_allclose(data["dW"], witness.seen[1][2]["W"], rtol=1e-12, atol=1e-14)


# Which steps are kept ------------------------------------------------------------------------


def test_steps_are_kept_at_intervals_and_the_oldest_are_dropped():
    recorder = FlightRecorder(every=4, max_kept=3)
    list(islice(a_training(recorder), 22))
    assert [kept.iteration for kept in recorder.kept] == [12, 16, 20]
    assert {kept.reason for kept in recorder.kept} == {"every 4 updates"}


def test_step_whose_loss_jumps_is_kept_with_the_reason():
    recorder = FlightRecorder(spike=1.5)
    training = a_training(recorder)
    before = list(islice(training, 10))
    assert not recorder.kept
    training.model.parameters["c"] = [30.0, 0.0, 0.0, 0.0]
    jump = next(training)
    (kept,) = recorder.kept
    assert kept.iteration == jump.iteration == 11
    assert kept.reason == f"loss {jump.loss / jump.smooth_loss:.3g} times the smooth loss"
    np.testing.assert_allclose(kept.snapshot.open().total_loss, jump.loss, rtol=1e-12)
    assert jump.loss > 1.5 * before[-1].smooth_loss


def test_step_that_is_due_and_whose_loss_jumps_is_kept_once():
    recorder = FlightRecorder(every=1, spike=1.001)
    training = a_training(recorder)
    next(training)
    training.model.parameters["c"] = [30.0, 0.0, 0.0, 0.0]
    next(training)
    assert [kept.reason for kept in recorder.kept] == ["every 1 updates"] * 2


def test_step_that_is_not_finite_is_kept_last_and_shows_where_it_began():
    recorder = FlightRecorder(every=1, max_kept=2)
    training = a_training(recorder, optimizer=SGD(eta=0.1))
    list(islice(training, 3))
    V = training.model.parameters["V"]
    V[...] = np.where(np.arange(K) % 2, 1.7e308, -1.7e308)[:, np.newaxis]
    with pytest.raises(DivergedError):
        next(training)
    assert [(kept.iteration, kept.reason) for kept in recorder.kept] == [
        (3, "every 1 updates"),
        (4, "not finite"),
    ]


def test_step_whose_scores_overflow_can_be_opened():
    recorder = FlightRecorder()
    training = a_training(recorder)
    training.model.parameters["V"] = np.full((K, M), 1.7e308)
    training.model.parameters["b"] = np.full(M, 3.0)
    with pytest.raises(DivergedError):
        list(islice(training, 3))
    trace = recorder.kept[0].snapshot.open()
    assert not np.isfinite(trace["o[5]"].data).all()


def test_recorder_copies_nothing_between_kept_steps(monkeypatch):
    def take(*_):
        raise AssertionError("a step was copied")

    monkeypatch.setattr(Snapshot, "of", take)
    list(islice(a_training(None), 10))
    list(islice(a_training(FlightRecorder()), 10))
    list(islice(a_training(FlightRecorder(every=11, spike=100)), 10))
    with pytest.raises(AssertionError, match="a step was copied"):
        list(islice(a_training(FlightRecorder(every=10)), 10))


def test_recording_changes_nothing_in_the_run():
    watched, alone = a_training(FlightRecorder(every=1)), a_training(None)
    list(islice(watched, 30))
    list(islice(alone, 30))
    np.testing.assert_array_equal(watched.model.parameters.flat, alone.model.parameters.flat)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"every": 0}, "`every` is 0 but must be a whole number at least 1"),
        ({"spike": 1.0}, "`spike` is 1.0 but must be above 1"),
        ({"spike": float("nan")}, "`spike` is nan but must be above 1"),
        ({"max_kept": 0}, "`max_kept` is 0 but must be a whole number at least 1"),
    ],
)
def test_settings_that_keep_nothing_are_refused(settings, words):
    with pytest.raises(DomainError, match=words):
        FlightRecorder(**settings)
