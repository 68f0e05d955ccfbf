"""Files of 0.1.0 still open, and runs continue with the numbers that its own code reached."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from teachrnn import backpropagate
from teachrnn.interchange import load_safetensors
from teachrnn.runs import KeptStep, Run, Session, TrainedModel
from teachrnn.trace_file import load_trace

WRITTEN = Path(__file__).parents[1] / "fixtures" / "written_by_0_1_0"
EXPECTED = json.loads((WRITTEN / "expected.json").read_text("utf-8"))
RUNS = ["adagrad", "lstm", "tweets", "words"]
KEPT = "adagrad/flight/step-0000120.npz"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    shutil.copytree(WRITTEN, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)  # a checkpoint holds the name of its text
    return tmp_path


def test_every_fixture_file_is_tested():
    assert {*RUNS, "trace.npz", "network.safetensors", KEPT} == set(EXPECTED)


@pytest.mark.parametrize("name", RUNS)
def test_old_run_continues_to_the_losses_of_its_own_code(name, folder):
    run = Run.load(folder / name / "checkpoint.npz", updates=140)
    assert run.training.iteration == 120
    np.testing.assert_allclose([s.loss for s in run.steps()], EXPECTED[name]["losses"], rtol=1e-5)
    np.testing.assert_allclose(run.training.curve.validation, EXPECTED[name]["validation"], rtol=1e-5)


@pytest.mark.parametrize("name", RUNS)
@pytest.mark.parametrize("which", ["validation", "smooth", "last"])
def test_each_model_of_an_old_checkpoint_generates_text(name, which, folder):
    trained = TrainedModel.load(folder / name / "checkpoint.npz", which)
    assert trained.sample(20, rng=np.random.default_rng(0))


def test_old_folder_continues_with_its_samples_and_journal(folder):
    recipe = Run.load(folder / "adagrad" / "checkpoint.npz").recipe
    with Session.open("adagrad", recipe.but(updates=140), "book.txt", seed=3) as session:
        assert [sample.iteration for sample in session.samples] == [0, 60, 120]
        assert [block.updates for block in session.journal.blocks] == [100, 20]
        steps = list(session.steps())
    journal = session.journal
    assert (journal.updates, [block.updates for block in journal.blocks]) == (140, [100, 40])
    held = json.loads((WRITTEN / "adagrad" / "journal.json").read_text("utf-8"))
    assert journal.blocks[0].norm == pytest.approx(100 * held["blocks"][0][1])
    assert journal.blocks[1].norm == pytest.approx(held["total"] + sum(s.gradient_norm for s in steps))


def numbers_of(trace):
    found = backpropagate(trace).gradients()
    return {"loss": float(trace.total_loss), "gradients": {n: d.tolist() for n, d in found.items()}}


def assert_same_numbers(trace, expected):
    found = numbers_of(trace)
    assert found["loss"] == pytest.approx(expected["loss"], rel=1e-6)
    assert found["gradients"].keys() == expected["gradients"].keys()
    for name, d in found["gradients"].items():
        np.testing.assert_allclose(d, expected["gradients"][name], rtol=1e-4, atol=1e-6)


def test_trace_has_its_loss_and_its_gradients():
    trace = load_trace(WRITTEN / "trace.npz")
    trace.replay()
    assert_same_numbers(trace, EXPECTED["trace.npz"])


def test_old_kept_step_opens_without_a_note():
    trace, note = KeptStep.load(WRITTEN / KEPT)
    assert note is None
    assert_same_numbers(trace, EXPECTED[KEPT])


def test_network_that_was_exported_has_its_loss_and_its_gradients():
    pytest.importorskip("safetensors")
    model, vocabulary = load_safetensors(WRITTEN / "network.safetensors")
    assert vocabulary.symbols == ("a", "c", "e", "f")
    assert_same_numbers(model.record([0, 1, 2], [1, 2, 0]), EXPECTED["network.safetensors"])
