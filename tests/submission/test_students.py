"""The programs of tests/checking/students, which the recogniser was written without having seen.

Without any help, 14 of the 25 were recognised with all their gradients right at the first run; what they
taught went into the recogniser, so this file says that it stays, not how it does on the next.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from student_work import catalogue

from teachrnn.checking import check_backward
from teachrnn.errors import SubmissionError
from teachrnn.submission import Submission

STUDENTS = Path(__file__).parents[1] / "checking" / "students"
NO_NETWORK = {"hw2_ops", "layers_from_scratch", "tape_functions", "column_layers", "derivatives"}
"""Single operations: no network, nothing that an instance could be handed to."""


@pytest.mark.parametrize(
    "name", sorted(p.stem for p in STUDENTS.glob("*.py") if p.stem not in NO_NETWORK)
)
def test_right_code_is_recognised_without_help_and_its_gradients_are_ours(name):
    submission = Submission.of(STUDENTS / f"{name}.py")
    assert submission.convention.forward_right
    batch = 3 if submission.batches else None
    for seed, T in enumerate((1, 4)):
        instance = submission.draw(T=T, hidden=4, symbols=6, batch=batch, seed=seed)
        answer = submission.answer(instance)
        tolerance = 1e-9 if submission.dtype == np.float64 else 1e-3
        read = set(instance.gradients) & set(answer.gradients)
        lacks = set(instance.gradients) - read - submission.needs.zero
        assert lacks in (set(), {"V", "c"})  # a layer has no readout
        for parameter in read:
            near = pytest.approx(instance.gradients[parameter], rel=tolerance, abs=tolerance)
            assert answer.gradients[parameter] == near, parameter


@pytest.mark.parametrize("name", ["min_char_rnn", "rnn_numpy_class", "lstm_gates", "lstm_batched"])
def test_one_unit_alone_leaves_nothing_behind_and_is_no_loss(name):
    """Globals and attributes of one entry are parameters still; h of one entry is not the loss."""
    submission = Submission.of(STUDENTS / f"{name}.py")
    for hidden in (1, 2, 1):
        instance = submission.draw(T=1, hidden=hidden, symbols=2, seed=hidden)
        answer = submission.answer(instance)
        right = float(instance.trace.total_loss)
        assert answer.loss is None if name == "lstm_batched" else answer.loss == pytest.approx(right)
        for parameter in set(instance.gradients) & set(answer.gradients):
            near = pytest.approx(instance.gradients[parameter], rel=1e-9, abs=1e-9)
            assert answer.gradients[parameter] == near, parameter


def test_single_operations_are_no_network_and_it_is_said_what_was_tried():
    with pytest.raises(SubmissionError, match="could not be called in any of the"):
        Submission.of(STUDENTS / "hw2_ops.py")


def test_plus_equals_with_repeated_indices_is_named_in_a_students_file(tmp_path):
    text = (STUDENTS / "rnn_f32.py").read_text(encoding="utf-8").replace("np.float32", "np.float64")
    assert text.count("np.add.at(dWx, x[t], dz)") == 1
    path = tmp_path / "rnn_f64.py"
    path.write_text(text.replace("np.add.at(dWx, x[t], dz)", "dWx[x[t]] += dz"), encoding="utf-8")
    found = check_backward(path)
    assert [m.name for m in found.mistakes] == ["repeated indices counted once"], str(found)


@pytest.mark.parametrize("name", ["min_char_rnn", "rnn_numpy_class", "assignment4", "train_step"])
def test_right_code_is_not_said_to_write_into_its_parameters(name):
    submission = Submission.of(STUDENTS / f"{name}.py")
    answer = submission.answer(submission.draw(T=3, hidden=4, symbols=6, seed=1))
    assert not [remark for remark in answer.remarks if "parameter" in remark]


PLANTED = [
    ("rnn_layers", "step-no-transpose", "transpose left out"),
    ("rnn_step_by_step", "tanh-twice", "result squashed again"),
    ("dinosaur_names", "db-left-out", "left out"),
    ("rnn_scratch", "W_hh-untransposed", "transpose left out"),
    ("assignment4", "h0-term-out", "first step left out"),
]


@pytest.mark.parametrize(("name", "planted", "called"), PLANTED)
def test_a_planted_mistake_is_named(name, planted, called, tmp_path):
    """A few of those that benchmarks/students_confusion.py tries."""
    (row,) = (r for r in catalogue()["mistake"] if (r["file"], r["id"]) == (name, planted))
    path = tmp_path / f"{name}.py"
    text = (STUDENTS / f"{name}.py").read_text(encoding="utf-8")
    path.write_text(text.replace(row["old"], row["new"]), encoding="utf-8")
    assert [m.name for m in check_backward(path).mistakes] == [called]
