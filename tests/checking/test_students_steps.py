"""What is said of the students' training steps: right ones pass, and clipping and update are read.

All but train_step and dinosaur_names were written before the matcher. At its first run it called all
right steps right; of the 23 mistakes planted in their clipping, update, loss and state it named 22, one
of them beside another that is none, and called unknown the one that is of no known kind.
"""

from __future__ import annotations

import json

import pytest
from student_work import FOLDER, catalogue, planted, source
from typer.testing import CliRunner

from teachrnn import check_backward
from teachrnn.checking.check_backward import diagnose_training_submission
from teachrnn.cli import app
from teachrnn.submission.parts import parts_in
from teachrnn.submission.training_steps import TrainingSubmission

FILES = {
    "train_step": "adagrad",
    "dinosaur_names": "sgd",
    "char_trainer_adagrad": "adagrad",
    "assignment4_training": "rmsprop",
    "adam_trainer": "adam",
    "functional_momentum": "momentum",
}
NAMED = {
    "no-clip-result": "gradients as they were before they were clipped",
    "norm-per-array": "every array is clipped by its own norm",
    "memory-after": "the new θ has m[t-1] in place of m[t]",
    "no-root": "lacks the square root",
    "p-not-in-place": "lacks the term (η / sqrt(m[t])) g",
    "memory-of-unclipped": "gradients as they were before they were clipped",
    "first-state-returned": "is h[1], not h[T]",
    "loss-after-update": "the loss and the state are those of the new parameters",
    "clip-misses-dWya": "dWya is not clipped",
    "ascent": "g, which should be subtracted",
    "state-of-last-but-one": "is h[T-1], not h[T]",
    "memory-set": "the new m lacks the term m[t-1]",
    "state-first": "is the initial state h[0], not h[T]",
    "clip-above": "clipped from above, and not from below",
    "clip-late": "gradients as they were before they were clipped",
    "mean-weights": "γ and 1 − γ exchanged",
    "memory-of-before": "the new θ has m[t-1] in place of m[t]",
    "eta-twice": "has the factor η twice",
    "m-without-share": "lacks the factor 1 − γ",
    "no-correction": "is not divided by 1 − β2^t",
    "t-not-counted": "the number of the previous update",
    "norm-squared": "the sum of squares stands where its root",
    "norm-of-sums": "the norms of the arrays are added up",
    "v-no-square": "the new v has g in place of g^2",
    "biases-unclipped": "db and dby are not clipped",
    "velocity-plus": "the new v adds η g",
    "velocity-lost": "the new v lacks the term μ v[t-1]",
    "always-scaled": "below the limit are scaled, too",
    "scale-inverted": "norm / limit, where it should be limit / norm",
    "update-of-old-velocity": "the new θ has v[t-1] in place of v[t]",
    "loss-late": "the loss and the state are those of the new parameters",
}
UNKNOWN = {"memory-no-square"}
ROWS = [r for r in catalogue()["mistake"] if r["file"] in FILES and r.get("after") and not r["wrong"]]
OF_THE_NETWORK = [
    r for r in catalogue()["mistake"] if r["file"] in FILES and r.get("after") and r["wrong"]
]


def steps_of(path):
    return [p for p in parts_in(path, chosen={}) if isinstance(p, TrainingSubmission)]


def step_of(path):
    (step,) = steps_of(path)
    return diagnose_training_submission(step)


@pytest.mark.parametrize("name", FILES)
def test_a_right_step_is_right_and_its_optimizer_is_read(name):
    found = step_of(FOLDER / f"{name}.py")
    assert found.right, str(found)
    assert any(f"The update is that of {FILES[name]}" in sentence for sentence in found.read_as)
    assert any("clipped" in sentence for sentence in found.read_as)


def some_of(rows):
    """Every other one; the rest where time does not matter."""
    for i, row in enumerate(rows):
        marks = [pytest.mark.thorough] if i % 2 else []
        yield pytest.param(row, id=f"{row['file']}: {row['id']}", marks=marks)


@pytest.mark.parametrize("row", list(some_of(ROWS)))
def test_a_mistake_in_a_step_is_named_or_called_unknown(row, tmp_path):
    path = tmp_path / f"{row['file']}.py"
    path.write_text(planted(source(row["file"]), row), encoding="utf-8")
    found = step_of(path)
    if row["id"] in UNKNOWN:
        assert (found.verdict, found.mistakes) == ("unknown mistake", [])
    else:
        assert found.verdict == "known mistake", str(found)
        assert NAMED[row["id"]] in found.mistakes[0].title
        case = found.smallest
        assert case is not None
        assert abs(case.expected - case.given) > 1e-4 * abs(case.expected)
        clips = "clip" in row["kind"] + row["id"] or "beyond" in found.mistakes[0].seen
        assert clips or case.sizes == "T = 2, m = 1, K = 2", case.sizes


@pytest.mark.parametrize("row", OF_THE_NETWORK[::4], ids=lambda row: f"{row['file']}: {row['id']}")
def test_a_step_is_not_blamed_for_the_gradients_that_it_is_made_with(row, tmp_path):
    path = tmp_path / f"{row['file']}.py"
    path.write_text(planted(source(row["file"]), row), encoding="utf-8")
    assert step_of(path).right


def test_a_file_with_two_mistakes_in_two_places_gets_a_verdict_for_each(tmp_path):
    path = tmp_path / "my_training.py"
    rows = {r["id"]: r for r in catalogue()["mistake"] if r["file"] == "train_step"}
    path.write_text(planted(source("train_step"), rows["no-carry"], rows["no-root"]), encoding="utf-8")
    done = CliRunner().invoke(app, ["check", str(path), "--json"])
    assert done.exit_code == 1
    parts = json.loads(done.output)["parts"]
    assert list(parts) == ["the network", "train_step"]
    assert "left out" in parts["the network"]["mistakes"][0]["title"]
    assert "square root" in parts["train_step"]["mistakes"][0]["title"]


def test_a_step_in_one_piece_is_read_as_one(tmp_path):
    """Of a network that only moves its parameters the gradients are read from what they moved by."""
    path = tmp_path / "trainer.py"
    code = (FOLDER.parents[1] / "submission" / "programs" / "trainstep.py").read_text(encoding="utf-8")
    path.write_text(code)
    assert check_backward(path).right
    path.write_text(code.replace("p -= self.lr", "p += self.lr"))
    found = check_backward(path)
    assert [m.title for m in found.mistakes] == [
        "in sgd, the new θ adds η g, which should be subtracted"
    ]
