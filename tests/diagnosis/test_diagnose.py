"""A diagnosis passes correct code, names a mistake by its numbers, and says what it does not know."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from teachrnn import CELLS
from teachrnn.diagnosis.answer import Answer
from teachrnn.diagnosis.description import describe
from teachrnn.diagnosis.diagnose import catalogue_of, diagnose
from teachrnn.diagnosis.hint import Hint
from teachrnn.diagnosis.instance import Instance
from teachrnn.diagnosis.mistaken import mistaken_gradients

NO_TRANSPOSE = "the gradient carried back from r[t] to h[t-1] goes through W, not through its transpose"
NO_CARRY = "the gradient carried back from r[t] to h[t-1] is left out"


def right(instance):
    return Answer(dict(instance.gradients), float(instance.trace.total_loss))


def program_with(*titles, cell="vanilla"):
    every = [*catalogue_of(cell).sweep, *catalogue_of(cell).parameter]
    mistakes = [next(m for m in every if m.title == title) for title in titles]

    def program(instance):
        return Answer(mistaken_gradients(mistakes, instance) or right(instance).gradients)

    return program


@pytest.mark.parametrize("cell", ["vanilla", "gru"])
def test_right_code_is_right(cell):
    found = diagnose(right, cell=cell)
    assert found.right, str(found)
    assert found.explanations == []


@pytest.mark.parametrize("cell", CELLS)
def test_every_mistake_of_a_cell_can_be_described(cell):
    for mistake in (*catalogue_of(cell).sweep, *catalogue_of(cell).parameter):
        said = describe(mistake)
        assert said.title, mistake
        assert said.why, mistake


def test_missing_transpose_is_named_with_its_line_its_place_and_its_smallest_case():
    found = diagnose(program_with(NO_TRANSPOSE))
    assert found.verdict == "known mistake"
    (mistake,) = found.mistakes
    assert (mistake.wrong, mistake.right) == ("dh[t-1] += W dr[t]", "dh[t-1] += Wᵀ dr[t]")
    assert found.first.values == ["a"]
    assert found.smallest.passes == ["T = 1", "T = 2 with m = 1"]
    assert found.smallest.instance.T == 2
    assert {c.name for c in found.compared if c.wrong} == {"U", "W", "b"}


def test_each_hint_says_more_and_the_first_says_only_the_verdict():
    found = diagnose(program_with(NO_CARRY))
    said = [found.hints(hint) for hint in Hint]
    assert all(longer.startswith(shorter) for shorter, longer in pairwise(said))
    assert "Wrong" in said[0]
    assert "dW" not in said[0]
    assert "left out" not in said[3]
    assert "left out" in said[4]


def test_two_mistakes_are_both_named():
    found = diagnose(program_with(NO_CARRY, "dc is zero"))
    assert found.verdict == "two mistakes"
    assert {NO_CARRY, "dc is zero"} in [
        {m.title for m in found.mistakes},
        *({m.title for m in t} for t in found.ties),
    ]


@pytest.mark.parametrize(
    ("done", "words"),
    [
        (lambda d: np.clip(d, -1, 1), "every entry of the gradients is clipped to [-1, 1]"),
        (lambda d: 0.3 * d, "every gradient is 0.3 times the right one"),
    ],
)
def test_what_is_done_to_finished_gradients_is_named(done, words):
    found = diagnose(lambda i: Answer({name: done(d) for name, d in i.gradients.items()}))
    assert [m.title for m in found.mistakes] == [words]
    # min-char-rnn clips in its backward pass: that is not said to be wrong, though no check sees past it
    assert str(found).startswith("Clipped:" if "clipped" in words else "Wrong:")
    assert ("clipped on" in found.hints(2)) == ("clipped" in words)


def test_a_mistake_is_named_in_code_that_clips_as_training_does():
    wrong = program_with(NO_CARRY)

    def program(instance):
        return Answer({name: np.clip(d, -5, 5) for name, d in wrong(instance).gradients.items()})

    found = diagnose(program)
    assert [m.title for m in found.mistakes] == [
        NO_CARRY,
        "every entry of the gradients is clipped to [-5, 5]",
    ]
    assert str(found).startswith("Wrong:")


def looked_up_with_fancy_indices(instance, *, add):
    """dU of a program that hands all indices of a step to one ``+=``, or to `numpy.add.at`."""
    U = np.zeros_like(instance.gradients["U"])
    for op, _ in instance.tape.steps:
        if op.name.startswith("u["):
            x, d = np.atleast_1d(op.operands[0].data), np.atleast_2d(instance.right.arrived(op)[0])
            add(U, x, d)
    return Answer({**instance.gradients, "U": U})


def plus_equals(U, x, d):
    U[:, x] += d.T  # the well-known trap of NumPy: of a repeated index one term alone is added


def add_at(U, x, d):
    np.add.at(U.T, x, d)


def test_repeated_indices_that_are_counted_once_are_named():
    found = diagnose(lambda i: looked_up_with_fancy_indices(i, add=plus_equals))
    assert [m.name for m in found.mistakes] == ["repeated indices counted once"]
    assert "in a time step" in found.mistakes[0].title
    assert "np.add.at" in found.mistakes[0].why
    assert diagnose(lambda i: looked_up_with_fancy_indices(i, add=add_at)).right


@pytest.mark.parametrize("rows", ["(T, B)", "(B, T)"])
def test_repeated_indices_of_all_steps_at_once_are_named_in_either_layout(rows):
    def program(instance):
        U = np.zeros_like(instance.gradients["U"])
        ops = [op for op, _ in instance.tape.steps if op.name.startswith("u[")][::-1]
        x = np.stack([np.atleast_1d(op.operands[0].data) for op in ops])
        d = np.stack([np.atleast_2d(instance.right.arrived(op)[0]) for op in ops])
        if rows == "(B, T)":
            x, d = x.T, d.swapaxes(0, 1)
        U.T[x] += d
        return Answer({**instance.gradients, "U": U})

    found = diagnose(program)
    titles = [m.title for m in found.mistakes] + [m.title for tie in found.ties for m in tie]
    assert any(title.endswith(rows) for title in titles), str(found)


def test_an_unknown_mistake_is_called_unknown_and_described():
    def program(instance):
        U = instance.gradients["U"].copy()
        U[:, 0] += 0.5
        return Answer({**instance.gradients, "U": U})

    found = diagnose(program)
    assert found.verdict == "unknown mistake"
    assert found.explanations == []
    assert any("only in the columns [0]" in said for said in found.relations), str(found)
    assert "columns [0]" in found.hints(2)
    assert "columns [0]" not in found.hints(1)


def test_wrong_forward_pass_is_said_before_the_gradients():
    found = diagnose(lambda i: Answer(dict(i.gradients), 1.01 * float(i.trace.total_loss)))
    assert found.verdict == "forward pass differs"
    assert "the loss is" in str(found)


def test_code_of_float32_is_not_accused():
    def program(instance):
        return Answer({name: d.astype(np.float32) for name, d in instance.gradients.items()})

    assert diagnose(program, dtype=np.float32).right
    assert not diagnose(program).right


def test_code_without_batches_and_initial_state_is_tried_without_them():
    seen = []

    def draw(**settings):
        return Instance.draw("vanilla", **{**settings, "batch": None, "start": 0.0})

    def program(instance):
        seen.append((instance.B, float(np.abs(instance.state["h"]).max())))
        return right(instance)

    assert diagnose(program, draw=draw).right
    assert set(seen) == {(1, 0.0)}
