"""An attempt in any of its forms is judged, whatever the learner's code does."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import numpy as np
import pytest

from teachrnn.errors import FileFormatError, NameLookupError
from teachrnn.exercises import Exercise, Judgement, judge_attempt, load_exercise
from teachrnn.exercises.handed_in import source_of
from teachrnn.exercises.ladder import ladder

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


def test_of_a_function_everything_that_it_uses_is_handed_in(tmp_path, monkeypatch):
    (tmp_path / "slopes.py").write_text("def slope(y): return 1 - y * y\n")
    (tmp_path / "mine.py").write_text(
        "from slopes import slope\ndef tanh_backward(dy, y): return dy * slope(y)\n"
    )
    assert judge_attempt("tanh-gradient", tmp_path / "mine.py", isolated=False).right

    def within():
        factor = 1.0
        offset = np.array([1.0])

        def tanh_backward(dy, y):
            return factor * dy * (offset - y * y)

        return tanh_backward

    source = source_of(within())
    for part in ("factor = 1.0", "offset = numpy.array([1.0]", "def tanh_backward"):
        assert part in source
    assert judge_attempt("tanh-gradient", within(), isolated=False).right
    assert "def slope(y):" in source_of(tanh_backward)
    assert "POWER = 2" in source_of(tanh_backward)
    assert source_of(Layer).startswith("import numpy as np")


class Layer:
    def forward(self, x):
        return np.tanh(x)


def test_a_learners_code_runs_apart_and_is_stopped(tmp_path):
    def judged(body: str) -> Judgement:
        return judge_attempt("tanh-gradient", f"import os\ndef tanh_backward(dy, y):\n    {body}\n")

    assert judged("os._exit(0)").outcome == "stopped"
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


def test_what_is_not_returned_is_told_from_what_is_wrong_and_lines_are_those_of_the_learner(tmp_path):
    bptt = Exercise.find("bptt")
    without = bptt.solution.replace("return dU, dW, db, dV, dc", "return dU, dW, db, dV")
    found = judge_attempt(bptt, without, isolated=False)
    assert (found.said, found.credit) == ("dU, dW, db and dV are right. dc is not returned.", 0.8)
    some = Exercise(**{**vars(bptt), "judge": {"gradients": ["U", "W"]}})
    for code in (without, bptt.solution.replace("dc += do", "dc -= do")):
        found = judge_attempt(some, code, isolated=False)
        assert (found.outcome, found.parts) == ("right", {"dU": True, "dW": True}), found
        assert found.mistakes == []
    file = tmp_path / "mine.py"
    file.write_text("\n\ndef tanh_backward(dy, y):\n    return dx\n")
    found = judge_attempt("tanh-gradient", file, isolated=False)
    assert "tanh_gradient.py, line 4, in tanh_backward: return dx" in found.said
    file.write_text("def tanh_backward(dy, y)\n    return dx\n")
    assert "tanh_gradient.py, line 1 is not Python" in judge_attempt("tanh-gradient", file).said


def test_code_without_the_function_says_what_there_is():
    found = judge_attempt("tanh-gradient", "def tanh_back(dy, y): return dy\n", isolated=False)
    assert found.outcome == "not readable"
    assert "no function is called `tanh_backward`; there are: tanh_back" in found.said


def test_a_judgement_is_json_and_earns_a_plain_float(tmp_path):
    found = judge_attempt("tanh-gradient", WRONG, isolated=False)
    assert Judgement.load(found.save(tmp_path / "found.json")) == found
    half = Judgement("bptt", "wrong", np.float64(0.5), said="dW is wrong.")  # type: ignore[arg-type]
    assert type(half.points(4)) is float
    assert half.points(4) == 2.0
    with pytest.raises(AssertionError, match="dW is wrong"):
        half.require()
    Judgement("bptt", "right", 1.0).require()


def test_what_is_known_of_an_attempt_comes_before_the_exercises_own_hint_unless_it_stands_instead():
    own = '[[hints]]\nrung = 3\ntext = "own"\n'
    one = Exercise.from_toml(FILE + own, name="one")
    assert ladder(one, {}) == ["own"]
    assert ladder(one, {1: "where", 3: "formula"}) == ["where", "formula"]
    other = Exercise.from_toml(FILE + own + "instead = true\n", name="one")
    assert ladder(other, {1: "where", 3: "formula"}) == ["where", "own"]


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


def test_a_function_is_said_to_equal_what_a_mistake_gives():
    found = judge_attempt("pairs", "def pairs(codes): return codes[:-1], codes[:-1]", isolated=False)
    assert found.mistakes == ["the targets are not shifted"]
    assert "pairs([" in found.smallest
    assert "should be" in found.smallest
    assert found.hints[1] == found.smallest
    assert "Your results equal those of this mistake" in found.hints[3]


def test_the_smallest_case_is_of_the_smallest_size_that_fails():
    code = "def pairs(codes):\n    return codes[:-1], codes[1:] if len(codes) < 4 else codes[:-1]"
    found = judge_attempt("pairs", code, isolated=False)
    assert "passes at size 2 and fails at size 3" in found.said
    assert (found.parts["size 2"], found.parts["size 3"], found.mistakes) == (True, False, [])
    assert re.match(r"pairs\(\[\d, \d, \d, \d\]\) should be", found.smallest)


def test_what_a_function_writes_into_its_arguments_is_compared(tmp_path):
    adagrad = Exercise.find("adagrad")
    assert judge_attempt(adagrad, adagrad.solution).right  # apart: the arguments come back
    copied = next(d for d in adagrad.distractors if d.why.startswith("a copy"))
    assert judge_attempt(adagrad, adagrad.mistaken(copied), isolated=False).mistakes == [copied.why]


def test_a_function_that_fails_on_some_cases_says_on_which():
    code = "def pairs(codes):\n    return (codes[:-1], codes[1:]) if len(codes) < 4 else 1 / 0"
    found = judge_attempt("pairs", code, isolated=False)
    assert (found.outcome, found.credit) == ("wrong", 0.5)
    assert "ZeroDivisionError" in found.smallest


def test_two_mistakes_at_once_are_not_taken_for_symbols_added_once():
    bptt = Exercise.find("bptt")
    code = bptt.given + bptt.solution.replace("1 - h[t] ** 2", "1 - h[t]").replace("W.T @ da", "W @ da")
    found = judge_attempt(bptt, code, isolated=False, seed=1)  # whose every symbol occurs twice
    assert found.outcome == "wrong"
    assert not [hint for hint in found.hints if "occur more than once" in hint]


def test_an_update_that_is_not_there_is_asked_for_by_name():
    found = judge_attempt("adam", "def update(parameters, gradients, lr): pass", isolated=False)
    assert found.outcome == "not readable"
    assert "adam" in found.said


ORDER = Exercise.find("bptt-order")


def test_lines_that_do_not_depend_on_each_other_may_change_places():
    lines = ORDER.solution.strip().splitlines()
    right = {}
    for a in range(len(lines) - 1):
        other = [*lines]
        other[a : a + 2] = lines[a + 1], lines[a]
        right[a] = judge_attempt(ORDER, other).right
    # dV and dh, dW and from_future: neither reads what the other writes.
    assert [a for a, fine in right.items() if fine] == [3, 6]


def test_where_spaces_are_part_of_the_answer_a_line_outside_of_its_loop_is_wrong():
    one = Exercise(**{**vars(ORDER), "judge": {"indentation": "yours"}})
    lines = ORDER.solution.strip().splitlines()
    bare = [line.strip() for line in lines]
    assert judge_attempt(ORDER, bare).right  # there the spaces are given
    assert judge_attempt(one, lines).right
    assert judge_attempt(one, bare).outcome == "wrong"
    found = judge_attempt(one, [*lines[:-1], bare[-1]])
    assert (found.outcome, found.hints[0]) == (
        "wrong",
        "`from_future = W.T @ da` belongs in the block of `for t in range(T, 0, -1):`.",
    )


def test_an_order_says_what_is_missing_unknown_or_not_begun():
    lines = ORDER.solution.strip().splitlines()
    found = judge_attempt(ORDER, lines[:-1])
    assert (found.outcome, found.said) == ("wrong", "1 line is missing.")
    assert "`from_future` is missing" in found.hints[0]
    assert judge_attempt(ORDER, [*lines[:-1], "dh = 0"]).outcome == "not readable"
    assert judge_attempt(ORDER, 3).outcome == "not readable"
    offered = [line.text for line in ORDER.judged_by.offered(ORDER)]
    assert judge_attempt(ORDER, offered).outcome == "not yet"
    assert judge_attempt(ORDER, "\n".join(offered)).outcome == "not yet"
    found = judge_attempt(ORDER, [*lines[:-1], "from_future = W @ da", lines[-1]])
    assert (found.outcome, found.mistakes) == ("wrong", ["the transpose is forgotten"])


@pytest.mark.parametrize(
    ("name", "answer", "outcome"),
    [
        ("two-gradients", -0.4821, "right"),
        ("two-gradients", "−0.482", "right"),
        ("two-gradients", "-0.5", "wrong"),
        ("two-gradients", "minus a half", "not readable"),
        ("two-gradients", " ", "not yet"),
        ("gradient-shape", (3, 2), "right"),
        ("gradient-shape", "3 x 2", "right"),
        ("gradient-shape", "(2, 3)", "wrong"),
        ("three-terms", ["step 2", "step 3", "step 1"], "right"),
        ("three-terms", [2, 3, 1], "right"),
        ("three-terms", "step 2, step 2, step 1", "not readable"),
    ],
)
def test_a_prediction_is_read_in_the_ways_that_it_is_written(name, answer, outcome):
    assert judge_attempt(name, answer).outcome == outcome


def test_a_prediction_is_answered_with_what_was_said_what_it_is_and_why():
    found = judge_attempt("two-gradients", -0.241)
    assert found.said.startswith("You said −0.241; it is −0.4821, because $h_2$ is used twice")
    assert found.mistakes == ["the mean of the two"]


@pytest.mark.ci
@pytest.mark.parametrize(
    "exercise", [e for e in Exercise.all() if e.judged_by.is_code], ids=lambda e: e.name
)
def test_code_that_must_do_its_own_work_apart_is_judged_as_it_is_here(exercise):
    for code in (exercise.solution, *map(exercise.mistaken, exercise.distractors[:1])):
        here, apart = judge_attempt(exercise, code, isolated=False), judge_attempt(exercise, code)
        assert replace(apart, remarks=[]) == replace(here, remarks=[])
