"""A function and its gradient are compared without a model; a wrong one is related to the right one."""

from __future__ import annotations

import numpy as np
import pytest

from teachrnn.checking import check_pair
from teachrnn.errors import DomainError, ShapeError

RNG = np.random.default_rng(0)
P = {"W": RNG.normal(size=(3, 3)), "b": RNG.normal(size=3)}


def loss(p):
    return np.tanh(p["W"] @ p["b"]).sum() + (p["W"] ** 2).sum()


def grad(p):
    d = 1 - np.tanh(p["W"] @ p["b"]) ** 2
    return {"W": np.outer(d, p["b"]) + 2 * p["W"], "b": p["W"].T @ d}


def test_right_gradient_agrees():
    report = check_pair(loss, grad, P)
    assert report.agrees
    assert report.remarks == ()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda d: 0 * d, "is zero"),
        (lambda d: d / 5, "is 0.2 times the right one"),
        (lambda d: d.T, "is the transpose of the right one"),
        (lambda d: d + np.eye(3)[0] * np.eye(3)[:, :1], "is wrong at [0, 0]"),
    ],
)
def test_wrong_gradient_is_related_to_the_right_one(wrong, said):
    report = check_pair(loss, lambda p: grad(p) | {"W": wrong(grad(p)["W"])}, P)
    assert not report.agrees
    assert report.report["W"].verdict == "differs"
    assert report.report["b"].agrees
    assert any(said in remark for remark in report.remarks), report.remarks


def test_mistake_of_a_part_in_a_million_is_seen():
    assert not check_pair(loss, lambda p: grad(p) | {"b": grad(p)["b"] * (1 + 1e-6)}, P).agrees


@pytest.mark.parametrize("made", [list, tuple])
def test_parameters_may_be_a_sequence_or_one_array(made):
    p = made([P["W"], P["b"]])
    as_dict = lambda q: {"W": q[0], "b": q[1]}  # noqa: E731
    assert check_pair(lambda q: loss(as_dict(q)), lambda q: made(grad(as_dict(q)).values()), p).agrees
    assert check_pair(lambda w: (w**3).sum(), lambda w: 3 * w**2, P["b"]).agrees


def test_functions_cannot_change_what_they_are_checked_with():
    def careless(p):
        found = grad(p)
        p["W"] *= 0
        return found

    before = P["W"].copy()
    report = check_pair(loss, careless, P)
    assert report.agrees
    assert "in place" in report.remarks[0]
    np.testing.assert_array_equal(P["W"], before)


@pytest.mark.parametrize(
    ("functions", "said"),
    [
        ((lambda p: np.random.default_rng().normal(), grad), "two different numbers"),
        ((lambda p: p["b"], grad), "one number"),
        ((loss, lambda p: None), "returns None"),
        ((loss, lambda p: {"W": grad(p)["W"]}), "made like the parameters"),
        ((loss, lambda p: grad(p) | {"b": np.nan * p["b"]}), "not finite"),
    ],
)
def test_what_cannot_be_compared_is_said(functions, said):
    with pytest.raises(DomainError, match=said):
        check_pair(*functions, P)
    with pytest.raises(ShapeError, match=r"shape \(3, 1\) but must have \(3,\)"):
        check_pair(loss, lambda p: grad(p) | {"b": grad(p)["b"][:, None]}, P)
