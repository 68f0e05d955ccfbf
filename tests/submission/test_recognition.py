"""Right programs in many layouts are recognised, and their gradients are ours, name by name."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from teachrnn.errors import NameLookupError, SubmissionError
from teachrnn.submission import LAYOUTS, Submission
from teachrnn.submission.sequence_form import BATCH_X, SINGLE_X

PROGRAMS = Path(__file__).parent / "programs"
EXPECTED = {  # cell, whether it takes batches, how many of the parameters it has gradients of
    "coursera": ("vanilla", True, 3),
    "dd2424": ("vanilla", False, 5),
    "flat": ("vanilla", False, 5),
    "gru_d2l": ("gru", True, 11),
    "karpathy": ("vanilla", False, 5),
    "layer231": ("vanilla", True, 3),
    "lstm231": ("lstm", True, 12),
    "lstm_joint": ("lstm", False, 14),
    "lstmsteps": ("lstm", True, 12),
    "onlysteps": ("vanilla", True, 3),
    "timelayer": ("vanilla", True, 3),
    "cellclass": ("vanilla", True, 3),
    "embed": ("vanilla", True, 5),
    "modules": ("vanilla", True, 5),
    "onebased": ("vanilla", False, 5),
    "onematrix": ("lstm", False, 14),
    "torchgru": ("gru-reset-after", True, 10),
    "trainstep": ("vanilla", False, 5),
    "wild": ("vanilla", False, 3),
}


@cache
def recognised(name):
    return Submission.of(PROGRAMS / f"{name}.py")


@pytest.mark.parametrize("name", sorted(path.stem for path in PROGRAMS.glob("*.py")))
def test_a_program_is_called_without_help_and_its_gradients_are_read_in_our_names(name):
    cell, batches, count = EXPECTED[name]
    submission = recognised(name)
    assert (submission.cell, submission.batches) == (cell, batches)
    assert submission.convention.forward_right
    for seed, T in enumerate((1, 5)):
        instance = submission.draw(T=T, hidden=4, symbols=6, batch=3 if batches else None, seed=seed)
        answer = submission.answer(instance)
        read = {n: g for n, g in answer.gradients.items() if n in instance.gradients}
        assert len(read) == count
        tolerance = 1e-10 if submission.dtype == np.float64 else 1e-4
        for parameter, gradient in read.items():
            near = pytest.approx(instance.gradients[parameter], rel=tolerance, abs=tolerance)
            assert gradient == near, parameter
        if answer.loss is not None:
            assert answer.loss == pytest.approx(instance.trace.total_loss)
        for value, array in answer.values.items():
            ours = [
                instance.trace[f"{value}[{t}]"].data for t in range(1, T + 1) if value in ("h", "s", "o")
            ]
            assert not ours or array == pytest.approx(np.stack(ours), rel=1e-5, abs=1e-5)


@pytest.mark.parametrize(
    ("layout", "name"),
    [
        ("min-char-rnn", "karpathy"),
        ("cs231n", "lstm231"),
        ("coursera", "lstmsteps"),
        ("dd2424", "dd2424"),
        ("pytorch", "torchgru"),
    ],
)
def test_a_layout_that_is_said_is_the_one_that_is_found(layout, name):
    said = Submission.of(PROGRAMS / f"{name}.py", layout=layout)
    assert said.convention.forward_right
    assert said.convention == recognised(name).convention


def test_another_layout_than_the_codes_does_not_make_it_right():
    with pytest.raises(SubmissionError, match="could not be called in any of the"):
        Submission.of(PROGRAMS / "layer231.py", layout="dd2424")


def test_an_unknown_layout_is_refused_with_those_that_there_are():
    with pytest.raises(
        NameLookupError, match="there are: coursera, cs231n, dd2424, min-char-rnn, pytorch"
    ):
        Submission.of(PROGRAMS / "layer231.py", layout="cs224n")


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_can_be_tried_at_all(layout):
    known = LAYOUTS[layout]
    assert set(known.inputs) <= {*SINGLE_X, *BATCH_X}
    assert known.styles
