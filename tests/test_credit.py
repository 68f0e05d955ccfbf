"""Whatever has a verdict gives points as a plain number, and raises with its reason."""

from __future__ import annotations

import numpy as np
import pytest

from teachrnn import CharRNN, backpropagate, check_gradient
from teachrnn.diagnosis.answer import Answer
from teachrnn.diagnosis.diagnose import diagnose
from teachrnn.diagnosis.diagnoses import Diagnoses
from teachrnn.errors import DomainError


@pytest.fixture(scope="module")
def without_db():
    return diagnose(lambda i: Answer({**i.gradients, "b": 0 * i.gradients["b"]}))


def test_a_diagnosis_gives_points_for_each_gradient_that_is_right(without_db, capfd):
    assert without_db.points(12) == 10.0
    assert type(without_db.points(np.float64(12))) is float
    both = Diagnoses({"network": without_db}, {"dtanh": "it failed"})
    assert both.points(7) == 5.0
    for found in (without_db, both):
        with pytest.raises(AssertionError, match="db"):
            found.require()
    assert capfd.readouterr() == ("", "")


def test_a_gradient_that_is_not_returned_earns_nothing():
    found = diagnose(lambda i: Answer({n: g for n, g in i.gradients.items() if n != "b"}))
    assert found.right
    assert found.points(6) == 5.0
    with pytest.raises(AssertionError, match="does not return them: db"):
        found.require()


def test_a_report_gives_points_for_each_parameter_that_agrees():
    model = CharRNN(hidden=2, symbols=3, scale=0.5, rng=np.random.default_rng(0))
    trace = model.record([0, 1, 2], targets=[1, 2, 0])
    sweep = backpropagate(trace)
    own = {name: np.array(sweep.gradient(name)) for name in "UWbVc"}
    right = check_gradient(trace, own)
    right.require()
    assert right.points(5) == 5.0
    own["W"][0, 0] += 1
    wrong = check_gradient(trace, own)
    assert (wrong.points(5), type(wrong.points(5))) == (4.0, float)
    with pytest.raises(AssertionError, match=r"W +DIFFERS"):
        wrong.require()


@pytest.mark.parametrize("most", [-1, float("nan"), float("inf")])
def test_the_most_points_are_a_number(without_db, most):
    with pytest.raises(DomainError, match="must be a number that is at least 0"):
        without_db.points(most)
