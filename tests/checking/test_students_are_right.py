"""The held-out programs are right, and every mistake planted in them does what is said of it."""

from __future__ import annotations

import contextlib
import copy
import io
import sys

import numpy as np
import pytest
from student_work import (
    CASES,
    FOLDER,
    HIDING,
    SIZES,
    Size,
    catalogue,
    central_difference,
    compiled,
    consequences,
    differs,
    executed,
    own_gradient,
    planted,
    right_answers,
    source,
    tolerance,
)

KNOWN = catalogue()
OF_FILE = {
    kind: {name: [r for r in rows if r["file"] == name] for name in CASES}
    for kind, rows in KNOWN.items()
}
each_program = pytest.mark.parametrize("name", CASES)


class TooLongError(Exception):
    """A program went on after the lines that it was given."""


def test_every_program_has_a_case_and_five_mistakes_or_more():
    assert {path.stem for path in FOLDER.glob("*.py")} == set(CASES)
    assert {row["file"] for rows in KNOWN.values() for row in rows} == set(CASES)
    for name in CASES:
        ids = [row["id"] for row in OF_FILE["mistake"][name]]
        assert len(ids) == len(set(ids)) >= 5, name
        assert {"missing gradient", "loops for ever"} < {row["what"] for row in OF_FILE["rough"][name]}
    others = sum(row["kind"].startswith("other: ") for row in KNOWN["mistake"])
    assert others >= len(KNOWN["mistake"]) / 4


@each_program
@pytest.mark.parametrize("size", [Size(T=3), Size(T=1, m=1, B=1)], ids=["T=3", "T=m=1"])
def test_the_gradient_of_every_program_is_that_of_its_loss(name, size):
    text = source(name).replace("np.float32", "np.float64")  # differences need the digits
    problem = CASES[name](executed(compiled(text, name)), size, 1)
    answers = problem.run()
    assert set(answers.gradients) == set(problem.parameters)
    for key, array in problem.parameters.items():
        numeric = central_difference(problem, key)
        assert np.shape(answers.gradients[key]) == array.shape
        assert not differs(numeric, answers.gradients[key], 1e-7), key


def test_the_program_in_single_precision_agrees_with_itself_in_double():
    name = "rnn_f32"
    single = right_answers(name, "usual", 0)
    double = executed(compiled(source(name).replace("np.float32", "np.float64"), name))
    expected = CASES[name](double, SIZES["usual"], 0).run()
    for key, value in expected.gradients.items():
        assert single.gradients[key].dtype == np.float32
        assert not differs(value, single.gradients[key], 1e-5)


@each_program
def test_a_second_call_of_every_program_gives_the_same_numbers(name):
    problem = CASES[name](executed(compiled(source(name), name)), SIZES["usual"], 0)
    first, second = problem.run(), problem.run()
    for part in ["gradients", "forward", "after"]:
        for key, value in getattr(first, part).items():
            np.testing.assert_array_equal(value, getattr(second, part)[key])


@each_program
def test_every_mistake_changes_what_it_is_said_to_change(name):
    for row in OF_FILE["mistake"][name]:
        hidden_at = row.get("hidden_at", [])
        found = consequences(name, compiled(planted(source(name), row), name), sizes=hidden_at)
        assert found.shown_by == row.get("shown_by", "usual"), row["id"]
        assert found.wrong == row["wrong"], row["id"]
        assert found.shape == row.get("shape", []), row["id"]
        assert found.after == row.get("after", []), row["id"]
        assert found.forward == row.get("forward", False), row["id"]
        assert found.hidden_at == hidden_at, row["id"]


@pytest.mark.thorough
@each_program
def test_a_mistake_is_hidden_at_no_other_size(name):
    for row in OF_FILE["mistake"][name]:
        found = consequences(name, compiled(planted(source(name), row), name), sizes=HIDING)
        assert found.hidden_at == row.get("hidden_at", []), row["id"]


def test_a_changed_forward_pass_has_its_own_gradient_where_that_is_said():
    for row in KNOWN["mistake"]:
        name = row["file"]
        if row.get("forward", False):
            assert (
                own_gradient(name, compiled(planted(source(name), row), name)) == row["own_gradient"]
            ), row["id"]


@each_program
def test_two_mistakes_at_once_change_what_they_are_said_to_change(name):
    mistakes = {row["id"]: row for row in OF_FILE["mistake"][name]}
    for pair in OF_FILE["pair"][name]:
        ids = pair["mistakes"]
        both = compiled(planted(source(name), *(mistakes[i] for i in ids)), name)
        found = consequences(name, both)
        assert found.shown_by == pair.get("shown_by", "usual"), ids
        assert found.wrong == pair["wrong"], ids
        assert (found.shape, found.after) == (pair.get("shape", []), pair.get("after", [])), ids
        assert found.forward == pair.get("forward", False), ids
        together = CASES[name](executed(both), SIZES["usual"], 0).run()
        for one in ids:
            alone = executed(compiled(planted(source(name), mistakes[one]), name))
            answers = CASES[name](alone, SIZES["usual"], 0).run()
            same = not any(
                differs(value, getattr(together, part)[key], tolerance(name))
                for part in ["gradients", "forward", "after"]
                for key, value in getattr(answers, part).items()
            )
            assert same == (one == pair.get("same_as")), (ids, one)


def called(problem, lines=4000):
    """The answers of a call or its exception, what it printed, and a copy of what it was given.

    A call that goes on for more than so many lines is ended.
    """

    def count(frame, event, argument):
        nonlocal lines
        lines -= event == "line"
        if lines < 0:
            raise TooLongError
        return count

    before = copy.deepcopy((problem.parameters, problem.given))
    answers = error = None
    outer = sys.gettrace()
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        sys.settrace(count)
        try:
            answers = problem.run()
        except Exception as caught:
            error = caught
        finally:
            sys.settrace(outer)
    return answers, error, printed.getvalue(), before


def unlike(one, two):
    if isinstance(one, dict):
        return any(unlike(one[key], two[key]) for key in one)
    if isinstance(one, list | tuple):
        return len(one) != len(two) or any(unlike(a, b) for a, b in zip(one, two, strict=True))
    return not np.array_equal(one, two)


def of_the_shapes_of(right, given):
    try:
        return all(np.shape(given[key]) == np.shape(value) for key, value in right.items())
    except (IndexError, KeyError, TypeError, ValueError):
        return False


@each_program
def test_every_ill_mannered_program_behaves_as_it_is_said_to(name):
    right = right_answers(name, "usual", 0).gradients
    for row in OF_FILE["rough"][name]:
        problem = CASES[name](executed(compiled(planted(source(name), row), name)), SIZES["usual"], 0)
        answers, error, printed, before = called(problem)
        complete = answers is not None and of_the_shapes_of(right, answers.gradients)
        match row["what"]:
            case "prints":
                assert printed
                assert complete
            case "mutates its inputs":
                assert unlike(before, (problem.parameters, problem.given)), name
            case "not a number":
                assert complete
                assert any(np.isnan(value).any() for value in answers.gradients.values()), name
            case "raises":
                assert isinstance(error, ValueError), name
            case "loops for ever":
                assert isinstance(error, TooLongError), name
            case _:
                assert not complete, (name, row["what"])
