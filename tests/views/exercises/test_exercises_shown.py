"""Exercises in a notebook and on a page: hints open one by one, nothing is lost, nothing is executed."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest
from axe import violations

from teachrnn import exercise, judge
from teachrnn.errors import DomainError
from teachrnn.exercises import Exercise, judge_attempt
from teachrnn.exercises.attempts import KeptAttempts
from teachrnn.views.exercises import (
    exercise_html,
    exercise_script,
    save_exercise_page,
    save_exercise_player,
)
from teachrnn.views.exercises.exercise_data import exercise_data
from teachrnn.views.prose import prose_html

TANH = Exercise.find("tanh-gradient")
ANSWERED = [one for one in Exercise.all() if exercise_data(one) is not None]
INDENTED = Exercise(
    **{**vars(Exercise.find("forward-order")), "name": "indented", "judge": {"indentation": "yours"}}
)
"""The spaces before a line are part of the answer."""
OTHERS = [
    Exercise.from_toml(
        f"""title = "T"\nkind = "prediction"\ntext = "Which?"\ndifficulty = 1\nminutes = 1
solution = "{right}"\n[judge]\n{judge}\nbecause = "so"\n[[distractors]]\nwhy = "w"\nby = "{wrong}"
""",
        name=f"other-{right[:3]}",
    )
    for right, wrong, judge in (
        ("sum", "mean", "asks = 'choice'\nchoices = ['sum', 'mean']\nanswer = \"'sum'\""),
        ("negative", "zero", 'asks = "sign"\nanswer = "-0.5"'),
    )
]


@pytest.fixture(autouse=True)
def mine(tmp_path, monkeypatch):
    monkeypatch.setenv("TEACHRNN_ATTEMPTS", str(tmp_path / "attempts"))
    return tmp_path / "attempts"


def attempt(code: str, **settings):
    text = f"import numpy as np\ndef tanh_backward(dy, y):\n    return {code}\n"
    return judge("tanh-gradient", text, isolated=False, **settings)


def test_a_rung_opens_after_each_changed_attempt_and_the_solution_after_three():
    found = attempt("dy * (1 - y)")
    assert (found.opened, found.solution, found.again) == (1, False, False)
    again = attempt("dy*(1 - y)  # the same")
    assert (again.opened, again.again) == (1, True)
    assert again.mistakes == found.mistakes
    assert (attempt("dy * y").opened, attempt("dy").opened) == (2, 4)
    assert attempt("dy").solution
    assert attempt("dy * (1 - y**2)").right
    assert len(KeptAttempts.load(TANH).kept) == 4


def test_an_instructor_opens_fewer_hints_and_then_no_solution():
    for code in ("dy * (1 - y)", "dy * y", "dy"):
        found = attempt(code, hints=1)
    assert "Hint 2" not in str(found)
    assert "Hint 1" in str(found)
    assert "solution" not in str(found)
    assert TANH.solution.strip().splitlines()[-1].strip() not in found._repr_html_()


def test_the_starting_code_is_answered_with_two_words_and_kept_by_nobody(mine):
    found = judge("tanh-gradient", TANH.starting)
    assert str(found) == "… tanh-gradient: not yet"
    assert "<details" not in found._repr_html_()
    assert not mine.exists()


def test_what_was_judged_before_is_told_in_a_single_line_that_unfolds():
    attempt("dy * (1 - y)")
    shown = attempt("dy * (1 - y)")._repr_html_()
    assert "<details><summary>✗ tanh-gradient: wrong, as before</summary>" in shown


def test_attempts_survive_a_damaged_file_and_a_folder_that_cannot_be_written(mine, tmp_path):
    attempt("dy * (1 - y)")
    (kept,) = mine.glob("tanh-gradient/*.json")
    kept.write_text('{"when": ')
    assert attempt("dy * y").opened == 1
    assert len([*mine.glob("tanh-gradient/*.damaged")]) == 1
    (tmp_path / "file").write_text("")
    found = attempt("dy * y", folder=tmp_path / "file" / "inside")
    assert found.outcome == "wrong"
    assert "could not be kept" in found.remarks[-1]


def test_a_changed_exercise_is_judged_again():
    attempt("dy * (1 - y)")
    other = Exercise(**{**vars(TANH), "points": 7.0})
    text = "import numpy as np\ndef tanh_backward(dy, y):\n    return dy * (1 - y)\n"
    assert not judge(other, text, isolated=False).again


def test_points_and_json_of_what_a_notebook_shows_are_those_of_the_judgement():
    found = attempt("dy * (1 - y**2)")
    assert type(found.points(10)) is float
    assert found.to_dict() == judge_attempt(TANH, TANH.solution, isolated=False).to_dict() | {
        "said": found.said,
        "remarks": found.remarks,
    }
    found.require()
    with pytest.raises(AssertionError, match="dx is wrong"):
        attempt("dy").require()


def test_what_a_learners_code_says_is_text_in_the_page():
    hostile = "<img src=x onerror=alert(1)>"
    found = judge("tanh-gradient", f"def tanh_backward(dy, y): raise ValueError('{hostile}')\n")
    assert "onerror" in found.said
    assert "<img" not in found._repr_html_()
    assert "<img" not in prose_html(f"{hostile} $x < {hostile}$ [a](javascript:alert(1)) ![b](http://c)")
    one = Exercise(**{**vars(TANH), "title": hostile, "text": hostile, "starting": hostile})
    assert "<img" not in exercise(one)._repr_html_() + exercise_html(one)


def test_an_exercise_shows_its_text_its_code_and_its_hints_in_order():
    shown = exercise("tanh-gradient")._repr_html_()
    assert all(part in shown for part in ("<math", "def tanh_backward(dy, y):", "difficulty 1 of 5"))
    assert "tanh x" in repr(exercise("tanh-gradient"))
    page = exercise_html(TANH)
    places = [page.index(f"Hint {rung}") for rung in (1, 2, 3, 4)]
    assert places == sorted(places)
    assert page.count("</details></details></details></details>") == 1
    assert "\n\n" not in page


def test_a_page_judges_orders_and_predictions_as_python_does(browser_page):
    load = "async (code) => { window.own = await import('data:text/javascript,' + code); }"
    browser_page.evaluate(load, quote(exercise_script()))
    for one in [*ANSWERED, INDENTED, *OTHERS]:
        data = json.loads(json.dumps(exercise_data(one)))
        attempts = [one.solution, *map(one.mistaken, one.distractors), ""]
        if one.kind == "order":
            lines = [line for line in one.solution.splitlines() if line.strip()]
            swapped = [
                [*lines[:i], lines[i + 1], lines[i], *lines[i + 2 :]] for i in range(len(lines) - 1)
            ]
            split = [[line for line in text.splitlines() if line.strip()] for text in attempts]
            attempts = [*split, *swapped, lines[1:], [*lines, lines[-1]], [s.strip() for s in lines]]
        here = browser_page.evaluate(
            "([data, all]) => all.map((a) => own.judged(data, a).outcome)", [data, attempts]
        )
        there = [judge_attempt(one, a).outcome for a in attempts]
        assert here == there, one.name


def test_a_prediction_stands_at_a_step_of_the_player(browser_page, tmp_path):
    path = save_exercise_player(Exercise.find("two-gradients"), tmp_path / "page.html")
    browser_page.goto(path.as_uri())
    tour = browser_page.get_by_label("Guided tour")
    tour.get_by_role("button", name="show the answer").click()
    assert "−0.4821, because h₂ is used twice" in tour.inner_text()
    with pytest.raises(DomainError, match="stands at no step"):
        save_exercise_player(TANH, tmp_path / "other.html")


def test_lines_are_put_in_order_with_the_keyboard_alone(browser_page, tmp_path):
    order = Exercise.find("forward-order")
    path = save_exercise_page([order, Exercise.find("two-gradients")], tmp_path / "exercises.html")
    browser_page.goto(path.as_uri())
    part = browser_page.locator("#forward-order")
    for line in order.solution.strip().splitlines():
        part.locator(".offered button", has_text=line.strip()).filter(
            has=browser_page.get_by_text(line.strip(), exact=True)
        ).focus()
        browser_page.keyboard.press("Enter")
    part.get_by_role("button", name="Check").focus()
    browser_page.keyboard.press("Enter")
    assert "Right" in part.get_by_role("status").inner_text()
    part.locator(".arranged li").nth(3).focus()
    browser_page.keyboard.press("Alt+ArrowDown")  # a and h change places
    part.get_by_role("button", name="Check").click()
    assert "before another that it depends on" in part.get_by_role("status").inner_text()
    answer = browser_page.locator("#two-gradients")
    answer.get_by_role("textbox").fill("-0.24")
    browser_page.keyboard.press("Enter")
    assert "You said -0.24; it is −0.4821" in answer.get_by_role("status").inner_text()
    assert violations(browser_page) == []
