"""Results of a program in another language: one file of inputs and results, or ours handed out first."""

from __future__ import annotations

import json

import numpy as np
import pytest

from teachrnn import CELLS
from teachrnn.diagnosis.instance import Instance
from teachrnn.errors import FileFormatError, SubmissionError
from teachrnn.submission import Results, export
from teachrnn.submission.number_file import read_numbers, write_numbers


def computed(numbers, instance, factor=1.0):
    """What the other program adds."""
    return {
        **numbers,
        **{f"d{n}": g * factor for n, g in instance.gradients.items()},
        "loss": float(instance.trace.total_loss) * factor,
    }


@pytest.mark.parametrize("cell", CELLS)
def test_what_is_exported_and_computed_elsewhere_comes_back_as_answers(cell, tmp_path):
    instances = [Instance.draw(cell, T=3, hidden=2, symbols=4, seed=seed) for seed in (0, 1)]
    export(tmp_path / "given.json", instances, base=1)
    given = read_numbers(tmp_path / "given.json")
    sets = {
        i: computed(numbers, one, 1 / 3)
        for (i, numbers), one in zip(given.items(), instances, strict=True)
    }
    write_numbers(tmp_path / "done.npz", sets)
    results = Results.of(tmp_path / "done.npz", cell=cell)
    assert results.cell == cell
    assert results.convention.forward_right
    assert results.convention.loss == "mean over T"
    for instance, read, answer in zip(instances, results.instances, results.answers, strict=True):
        assert read.x.tolist() == instance.x.tolist()
        assert answer.loss == pytest.approx(float(instance.trace.total_loss))
        for name, gradient in instance.gradients.items():
            assert answer.gradients[name] == pytest.approx(gradient)


def octave(batch=False):
    """As MATLAB has it: everything a matrix, x one-hot in columns, counted from 1."""
    instance = Instance.draw("vanilla", T=4, hidden=3, symbols=5, seed=3)
    p = {n: np.array(a) for n, a in instance.model.parameters.items()}
    eye = np.eye(5)
    numbers = {
        "Wxh": p["U"], "Whh": p["W"], "Why": p["V"], "bh": p["b"][:, None], "by": p["c"][:, None],
        "X": eye[instance.x].T, "Y": (instance.y + 1)[None, :], "h0": instance.state["h"][:, None],
        "J": np.array([[float(instance.trace.total_loss)]]),
    }  # fmt: skip
    names = {"U": "Wxh", "W": "Whh", "V": "Why", "b": "bh", "c": "by"}
    for name, theirs in names.items():
        numbers[f"d{theirs}"] = instance.gradients[name].reshape(numbers[theirs].shape)
    return instance, numbers


def test_other_names_columns_and_one_hot_matrices_are_read(tmp_path):
    instance, numbers = octave()
    (tmp_path / "mine.json").write_text(json.dumps({n: a.tolist() for n, a in numbers.items()}))
    results = Results.of(tmp_path / "mine.json")
    assert results.convention.forward_right
    for name, gradient in instance.gradients.items():
        assert results.answers[0].gradients[name] == pytest.approx(gradient)


def test_matlab_files_are_read_and_written(tmp_path):
    pytest.importorskip("scipy", reason="reads .mat files")
    instance, numbers = octave()
    write_numbers(tmp_path / "mine.mat", {"": numbers})
    results = Results.of(tmp_path / "mine.mat")
    assert results.answers[0].gradients["W"] == pytest.approx(instance.gradients["W"])


def test_a_loss_that_is_not_that_of_the_numbers_is_said_and_gradients_are_read(tmp_path):
    instance, numbers = octave()
    write_numbers(tmp_path / "mine.npz", {"": {**numbers, "J": np.array(99.0)}})
    results = Results.of(tmp_path / "mine.npz")
    assert not results.convention.forward_right
    assert results.convention.facts["loss"] == "The loss in the file is not that of its numbers."
    assert results.answers[0].gradients["U"] == pytest.approx(instance.gradients["U"])


def test_a_gradient_of_another_shape_is_a_remark_with_the_fix(tmp_path):
    _, numbers = octave()
    write_numbers(tmp_path / "mine.npz", {"": {**numbers, "dWxh": numbers["dWxh"].T}})
    remarks = Results.of(tmp_path / "mine.npz").answers[0].remarks
    assert remarks == [
        "`dWxh`, the gradient of `Wxh`, has shape (5, 3) but must have (3, 5): hand over its transpose"
    ]


@pytest.mark.parametrize(
    ("numbers", "said"),
    [
        ({"a": np.zeros(3)}, "are no network that is known"),
        ({k: v for k, v in octave()[1].items() if k[0] != "d"}, "no gradient was found"),
    ],
)
def test_what_is_missing_is_said(numbers, said, tmp_path):
    write_numbers(tmp_path / "mine.npz", {"": numbers})
    with pytest.raises(SubmissionError, match=said):
        Results.of(tmp_path / "mine.npz")


@pytest.mark.parametrize("name", ["mine.npz", "mine.json", "mine.csv"])
def test_a_file_that_is_none_is_refused(name, tmp_path):
    (tmp_path / name).write_text("hello")
    with pytest.raises(FileFormatError, match=name):
        Results.of(tmp_path / name)
