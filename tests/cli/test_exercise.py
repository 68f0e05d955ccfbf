"""``teachrnn exercise`` lists, begins and judges."""

from __future__ import annotations

import json
import shlex

import pytest
from command_line import run_here

from teachrnn.exercises import Exercise
from teachrnn.exercises.exercise import FOLDER

TANH = Exercise.find("tanh-gradient")


@pytest.fixture
def teachrnn(tmp_path):
    def teachrnn(*arguments: str):
        return run_here(
            "exercise", *arguments, cwd=tmp_path, TEACHRNN_ATTEMPTS=str(tmp_path / "attempts")
        )

    return teachrnn


def test_an_exercise_is_begun_judged_and_solved(teachrnn, tmp_path):
    begun = teachrnn("tanh-gradient")
    file = tmp_path / "tanh_gradient.py"
    assert (
        "Write `tanh_backward(dy, y)`: the gradient of the loss in x, where y = tanh x." in begun.stdout
    )
    assert "teachrnn exercise tanh-gradient tanh_gradient.py" in begun.stdout
    assert f"# exercise: tanh-gradient\n{TANH.given.strip()}" in file.read_text("utf-8")
    assert TANH.starting.strip() in file.read_text("utf-8")
    first = teachrnn("tanh-gradient", "tanh_gradient.py")
    assert (first.returncode, first.stdout) == (1, "… tanh-gradient: not yet\n")
    file.write_text(TANH.given + TANH.mistaken(TANH.distractors[0]), "utf-8")
    assert "Hint 1, where:" in teachrnn("tanh-gradient", "tanh_gradient.py").stdout
    assert "stays as it is" in teachrnn("tanh-gradient").stdout
    found = teachrnn("tanh-gradient", "tanh_gradient.py", "--json")
    assert json.loads(found.stdout)["mistakes"] == [TANH.distractors[0].name]
    file.write_text(TANH.given + TANH.solution, "utf-8")
    assert teachrnn("tanh-gradient", "tanh_gradient.py").returncode == 0
    listed = teachrnn().stdout
    assert all(one.name in listed for one in Exercise.all())
    assert "right" in next(line for line in listed.splitlines() if "tanh-gradient" in line)


def test_an_answer_may_be_a_negative_number(teachrnn):
    assert teachrnn("two-gradients", "-0.482").returncode == 0
    assert "You said −0.5; it is −0.4821" in teachrnn("two-gradients", "-0.5").stdout
    begun = teachrnn("two-gradients").stdout
    assert "teachrnn exercise two-gradients" in begun
    assert "  # exercise: two-gradients\n  # your answer\n" in begun


def test_a_file_of_your_own_is_called_as_it_was_given(teachrnn, tmp_path):
    (tmp_path / "my course").mkdir()
    text = (FOLDER / "tanh-gradient.toml").read_text("utf-8")
    (tmp_path / "my course" / "own.toml").write_text(text, "utf-8")
    said = teachrnn("my course/own.toml", "--to", "a b.py").stdout.splitlines()[-1]
    assert teachrnn(*shlex.split(said)[2:]).stdout == "… own: not yet\n"


def test_exercises_become_a_page_or_slides(teachrnn, tmp_path):
    assert teachrnn("--handout", "all.html").returncode == 0
    page = (tmp_path / "all.html").read_text("utf-8")
    assert all(f'id="{one.name}"' in page for one in Exercise.all())
    assert "Hint 1" in page
    assert teachrnn("bptt", "--handout", "slide.html", "--slides").returncode == 0
    assert "Hint 1" not in (tmp_path / "slide.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nope",), "there is no exercise 'nope'; there are:"),
        (("bptt", "nope.py"), "nope.py: there is no such file"),
        (("nope.toml",), "cannot read nope.toml"),
        (("bptt", "--slides"), "--slides needs --handout"),
        (("bptt", "--handout", "a.html", "--player"), "stands at no step"),
    ],
)
def test_a_mistake_is_answered_with_what_to_do(teachrnn, arguments, said):
    found = teachrnn(*arguments)
    assert (found.returncode, said in found.stderr) == (2, True), found.stderr
