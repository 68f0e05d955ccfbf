"""Every exercise that teachrnn comes with: its distractors are seen, and its hints give nothing away."""

from __future__ import annotations

import re
from functools import cache

import pytest

from teachrnn.exercises import Exercise, Judgement, judge_attempt
from teachrnn.views.prose import prose_mathml
from teachrnn.views.prose.prose_html import PIECES

EXERCISES = {exercise.name: exercise for exercise in Exercise.all()}


@pytest.fixture(params=EXERCISES)
def exercise(request):
    return EXERCISES[request.param]


def test_the_solution_is_right_and_earns_everything(exercise):
    found = judge_attempt(exercise, exercise.solution, isolated=False)
    assert (found.outcome, found.credit, found.mistakes, found.hints) == ("right", 1.0, [], []), str(
        found
    )
    assert found.points(exercise.points) == exercise.points


def test_the_starting_code_is_not_yet_anything(exercise):
    for attempt in (None, "", exercise.starting, f"{exercise.given}\n\n{exercise.starting}"):
        found = judge_attempt(exercise, attempt, isolated=False)
        assert (found.outcome, found.credit) == ("not yet", 0.0), attempt


def test_every_distractor_is_wrong_in_its_own_name(exercise, request):
    assert exercise.distractors
    complete = request.config.getoption("--thorough") or request.config.getoption("--all")
    few = exercise.kind == "network" and not complete  # a second each
    named, distractors = {}, exercise.distractors[: 3 if few else None]
    for distractor in distractors:
        found = judged(exercise.name, distractor.why)
        named[distractor.why] = (found.outcome, found.mistakes, found.credit < 1, bool(found.hints))
    hints = exercise.kind != "prediction"  # which says the answer
    assert named == {d.why: ("wrong", [d.name], True, hints) for d in distractors}


def test_words_say_at_which_size_it_turns_wrong():
    said = judged("bptt", "nothing is carried").said
    assert "passes at T = 1 and fails at T = 2: look at what you carry" in said
    said = judged("bptt", "dW is overwritten").said
    assert "passes at T = 1 and fails at T = 2: look at how you add up" in said
    said = judged("affine-gradients", "the mean over the batch").said
    assert "passes for a single row and fails for two: look at how you add up" in said


@cache
def judged(name: str, why: str) -> Judgement:
    exercise = EXERCISES[name]
    distractor = next(d for d in exercise.distractors if d.why == why)
    return judge_attempt(exercise, exercise.mistaken(distractor), isolated=False)


def test_no_hint_holds_a_line_of_the_solution(exercise):
    lines = {squeezed(line) for line in exercise.solution.splitlines()} - {
        squeezed(line) for line in (exercise.starting + exercise.given + exercise.text).splitlines()
    }
    telling = [line for line in lines if len(line) > 5 and "return" not in line]
    for hint in exercise.hints:
        assert [line for line in telling if line in squeezed(hint.text)] == [], hint.text


def test_every_rung_has_a_hint_that_is_short(exercise):
    assert sorted(hint.rung for hint in exercise.hints) == [1, 2, 3, 4]
    assert [hint.text for hint in exercise.hints if len(hint.text) > 240] == []


def test_every_formula_can_be_set(exercise):
    texts = [exercise.text, *(hint.text for hint in exercise.hints), exercise.judge.get("because", "")]
    for text in texts:
        for piece in PIECES.finditer(text):
            if not piece["code"]:
                assert prose_mathml(piece["display"] or piece["inline"]).startswith("<math>")
        assert "$" not in PIECES.sub("", text)


def squeezed(line: str) -> str:
    return re.sub(r"\s+|#.*", "", line)
