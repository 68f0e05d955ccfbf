"""An attempt in any of its forms is judged, whatever the learner's code does."""

from __future__ import annotations

import json

import numpy as np
import pytest

from teachrnn.errors import FileFormatError, NameLookupError
from teachrnn.exercises import Exercise, Judgement, judge_attempt, load_exercise

RIGHT = "import numpy as np\ndef tanh_backward(dy, y): return dy * (1 - y * y)\n"
WRONG = "import numpy as np\ndef tanh_backward(dy, y): return dy * (1 - np.tanh(y) ** 2)\n"


def slope(y):
    return 1 - y**POWER


POWER = 2


def tanh_backward(dy, y):
    return dy * slope(y)


def test_an_attempt_is_a_function_text_a_file_or_a_notebook(tmp_path):
    file, notebook = tmp_path / "mine.py", tmp_path / "mine.ipynb"
    file.write_text(RIGHT)
    cells = [
        {"cell_type": "code", "metadata": {}, "source": "import numpy as np\n%matplotlib inline\n1 / 0"},
        {"cell_type": "code", "metadata": {}, "source": WRONG},
        {"cell_type": "markdown", "metadata": {}, "source": "text"},
        {"cell_type": "code", "metadata": {"tags": ["tanh-gradient"]}, "source": RIGHT.splitlines()[1]},
    ]
    notebook.write_text(json.dumps({"cells": cells}))
    for attempt in (tanh_backward, RIGHT, file, str(file), notebook):
        assert judge_attempt("tanh-gradient", attempt, isolated=False).right, attempt


def test_a_learners_code_runs_apart_and_is_stopped(tmp_path):
    def judged(body: str) -> Judgement:
        return judge_attempt("tanh-gradient", f"import os\ndef tanh_backward(dy, y):\n    {body}\n")

    assert judged("return dy * (1 - y * y)").right
    for body in ("os._exit(0)", "exit()"):
        assert judged(body).outcome == "stopped", body
    assert judge_attempt("tanh-gradient", WRONG).mistakes == [
        "dx has the derivative taken at the result squashed a second time"
    ]


@pytest.mark.parametrize(
    ("body", "outcome", "said"),
    [
        ("raise NotImplementedError(1)", "not yet", "not finished"),
        ("return None", "not readable", "is a return missing"),
        ("return 'dx'", "not readable", "must return dx"),
        ("return dx", "not readable", "NameError"),
        ("return dy[0]", "wrong", "dx"),
        ("return (dy, y)", "not readable", "returns 2 values"),
    ],
)
def test_what_is_no_answer_is_said_in_words(body, outcome, said):
    found = judge_attempt("tanh-gradient", f"def tanh_backward(dy, y):\n    {body}\n", isolated=False)
    assert (found.outcome, found.credit) == (outcome, 0.0)
    assert said in found.said


def test_code_without_the_function_says_what_there_is():
    found = judge_attempt("tanh-gradient", "def tanh_back(dy, y): return dy\n", isolated=False)
    assert found.outcome == "not readable"
    assert "no function is called `tanh_backward`; there are: tanh_back" in found.said


def test_words_say_at_which_size_it_turns_wrong():
    bptt = Exercise.find("bptt")
    said = {
        d.why: judge_attempt(bptt, bptt.mistaken(d), isolated=False).said
        for d in bptt.distractors
        if d.why in ("nothing is carried", "dW is overwritten")
    }
    assert "passes at T = 1 and fails at T = 2: look at what you carry" in said["nothing is carried"]
    assert "passes at T = 1 and fails at T = 2: look at how you add up" in said["dW is overwritten"]


def test_a_judgement_is_json_and_earns_a_plain_float(tmp_path):
    found = judge_attempt("tanh-gradient", WRONG, isolated=False)
    assert Judgement.load(found.save(tmp_path / "found.json")) == found
    half = Judgement("bptt", "wrong", np.float64(0.5), said="dW is wrong.")  # type: ignore[arg-type]
    assert type(half.points(4)) is float
    assert half.points(4) == 2.0
    with pytest.raises(AssertionError, match="dW is wrong"):
        half.require()
    Judgement("bptt", "right", 1.0).require()


def test_an_unknown_exercise_is_answered_with_those_there_are():
    with pytest.raises(NameLookupError, match=r"there is no exercise 'bttp'; there are: .*bptt"):
        judge_attempt("bttp", "x = 1")


FILE = """
title = "A"
kind = "operation"
text = "Do."
difficulty = 1
minutes = 5
starting = "def f(dy, y): ..."
solution = "def f(dy, y): return dy * (1 - y * y)"
[judge]
op = "Tanh"
function = "f"
arguments = ["dy", "y"]
returns = ["x"]
"""


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("difficulty = 1", "difficulty = 6", "`difficulty` is 6 but must be a whole number from 1 to 5"),
        ("difficulty = 1", 'difficulty = "easy"', 'difficulty = "easy", but a whole number is needed'),
        ("minutes = 5", "", "minutes is missing"),
        ('title = "A"', 'title = "A"\nnotes = "x"', "notes is unknown"),
        ('op = "Tanh"', 'op = "Tan"', "no operation is named 'Tan'"),
        ('op = "Tanh"', "", "[judge] op is missing"),
        ('["dy", "y"]', '["dy", "z"]', "`arguments` has 'z', but Tanh has x, y, dy"),
        ('returns = ["x"]', 'returns = ["y"]', "`returns` has 'y', of which Tanh has no gradient"),
        ('"operation"', '"operations"', "no kind of exercise is named 'operations'"),
        ("[judge]", '[[distractors]]\nwhy = "w"\nreplace = "dy"\nby = "y"\n[judge]', "occurs 2 times"),
        ("[judge]", '[[hints]]\nrung = 5\ntext = "t"\n[judge]', "the rung of hint 1 is 5"),
        ("[judge]", "[judge", "is not TOML"),
    ],
)
def test_a_file_that_is_no_exercise_says_where_and_what_is_needed(tmp_path, old, new, said):
    path = tmp_path / "mine.toml"
    path.write_text(FILE)
    assert load_exercise(path).name == "mine"
    path.write_text(FILE.replace(old, new))
    with pytest.raises(FileFormatError) as caught:
        load_exercise(path)
    assert said in str(caught.value)
    assert "'mine'" in str(caught.value)
