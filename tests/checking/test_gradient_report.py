"""The gradient report tells right from wrong, and says when it could not."""

from __future__ import annotations

import json

import numpy as np
import pytest

from teachrnn import Backprop, CharRNN, Tanh
from teachrnn.checking import check_gradient, check_ops, step_size_curve
from teachrnn.checking.error_measures import max_relative, norm_relative, sum_relative
from teachrnn.errors import DomainError, NameLookupError, ShapeError
from teachrnn.reference import ORACLES, CentralDifference, Oracle
from teachrnn.runs import random_network

ASSIGNMENT = {"hidden": 100, "steps": 25, "symbols": 80}
SMALL = {"hidden": 5, "steps": 4, "symbols": 7}


@pytest.fixture(scope="module")
def small():
    return random_network("vanilla", **SMALL, scale=0.5, seed=0)


@pytest.fixture(scope="module")
def timid():
    """The assignment's network at the assignment's weight scale, where the usual checks fail."""
    return random_network("vanilla", **ASSIGNMENT, scale=0.01, seed=0)


def gradients(trace):
    return Backprop(trace).gradients()


@pytest.mark.parametrize("oracle", sorted(set(ORACLES) - {"torch"}))
def test_correct_code_agrees_with_every_oracle(small, oracle):
    assert check_gradient(small, oracle=oracle).agrees


def test_correct_code_passes_at_small_weights_where_a_fixed_relative_threshold_fails_it(timid):
    report = check_gradient(timid, oracle=CentralDifference(h=1e-6), max_entries=100)
    assert report["W"].max_relative > 1e-4  # a maximum-relative test at 1e-5 would fail it
    assert report["W"].agrees


def test_error_of_differences_grows_tenfold_when_the_step_shrinks_tenfold(timid):
    at = [
        check_gradient(timid, {"W": gradients(timid)["W"]}, oracle=CentralDifference(h), max_entries=60)
        for h in (1e-5, 1e-6)
    ]
    ratio = at[1]["W"].norm_relative / at[0]["W"].norm_relative
    assert 4 < ratio < 25
    assert at[1]["W"].floor == pytest.approx(10 * at[0]["W"].floor)


def test_subtle_bug_is_seen_by_complex_step_and_not_by_differences():
    # 1 - tanh(h)^2 in place of 1 - h^2, at weights of 0.01 and h0 = 0, as the assignment has it
    class WrongTanh(Tanh, register=False):
        @staticmethod
        def dx(dy, x, y):
            return dy * (1 - np.tanh(y) ** 2)

    rng = np.random.default_rng(0)
    model = CharRNN(hidden=100, symbols=80, scale=0.01, rng=rng)
    trace = model.record(rng.integers(0, 80, 25), rng.integers(0, 80, 25))
    right = gradients(trace)
    steps = [op for op in trace.ops if isinstance(op, Tanh)]
    for op in steps:
        op.__class__ = WrongTanh
    wrong = gradients(trace)
    for op in steps:
        op.__class__ = Tanh
    assert not np.array_equal(wrong["U"], right["U"])
    assert not check_gradient(trace, {"U": wrong["U"]}, oracle="complex", max_entries=1000)["U"].agrees
    assert check_gradient(trace, wrong, oracle=CentralDifference(h=1e-5), max_entries=200).agrees


@pytest.mark.parametrize(
    ("name", "spoil"),
    [
        ("W", lambda d: d.T),
        ("W", lambda d: np.zeros_like(d)),
        ("U", lambda d: -d),
        ("V", lambda d: d / 4),
        ("b", lambda d: d + 1e-6),
        ("c", lambda d: np.clip(d, -0.1, 0.1)),
    ],
    ids=["transposed", "left out", "sign", "divided by T", "slightly off", "clipped before the check"],
)
def test_wrong_gradient_differs_and_only_that_one(small, name, spoil):
    wrong = gradients(small)
    wrong[name] = spoil(wrong[name])
    report = check_gradient(small, wrong)
    assert not report.agrees
    assert [c.name for c in report.checks if not c.agrees] == [name]


def test_worst_entry_is_named_with_both_numbers(small):
    wrong = gradients(small)
    right = wrong["W"][3, 2]
    wrong["W"] = wrong["W"].copy()
    wrong["W"][3, 2] += 0.5
    check = check_gradient(small, wrong)["W"]
    assert check.worst == (3, 2)
    assert check.worst_analytic == pytest.approx(right + 0.5)
    assert check.worst_reference == pytest.approx(right)
    assert check.max_absolute == pytest.approx(0.5)


def test_check_that_cannot_see_is_blind_and_does_not_agree():
    trace = random_network("vanilla", hidden=100, steps=25, symbols=10, scale=0.5, seed=0)  # chaotic
    report = check_gradient(trace, oracle=CentralDifference(h=1e-4), max_entries=20)
    assert report["W"].verdict == "blind"
    assert not report.agrees
    assert check_gradient(trace, oracle="complex", max_entries=20).agrees


def test_reference_of_zeros_that_drowned_in_round_off_is_blind_too():
    trace = random_network("vanilla", **SMALL, scale=100.0, seed=0)  # every unit saturated
    check = check_gradient(trace, oracle=CentralDifference())["W"]
    assert check.norm_relative > 0.5
    assert check.verdict == "blind"


def test_gradient_of_the_initial_state_can_be_checked_too(small):
    d = Backprop(small).run().gradient("h[0]")
    assert check_gradient(small, {"h[0]": d}).agrees
    assert not check_gradient(small, {"h[0]": 2 * d}).agrees


def test_state_after_the_sequence_in_the_place_of_h0_is_caught():
    # the published check of one report: the numerical side started from another state
    rng = np.random.default_rng(0)
    model = CharRNN(hidden=5, symbols=8, scale=0.01, rng=rng)
    x, y = rng.integers(0, 8, 3), rng.integers(0, 8, 3)
    first = model.record(x, y, state={"h": np.zeros(5)})
    carried = model.record(x, y, state=model.final_state(first))
    report = check_gradient(carried, gradients(first), oracle=CentralDifference(h=1e-4))
    assert not report["W"].agrees
    assert not report["V"].agrees


def test_measures_are_what_they_are_called():
    a, n = np.array([1.0, 0.0, 2.0]), np.array([1.0, 1e-9, 1.0])
    assert norm_relative(a, n) == pytest.approx(1.0 / (5**0.5 + 2**0.5))
    assert sum_relative(a, n) == 1.0
    assert max_relative(a, n) == 1.0
    assert norm_relative(np.zeros(2), np.zeros(2)) == sum_relative(np.zeros(2), np.zeros(2)) == 0.0


def test_table_and_json_say_the_same(small):
    report = check_gradient(small)
    data = json.loads(json.dumps(report.to_dict()))
    assert data["agrees"] is True
    assert [c["name"] for c in data["checks"]] == ["U", "W", "b", "V", "c"]
    assert data["checks"][1]["max_absolute"] == report["W"].max_absolute
    for word in ("max abs", "norm rel", "floor", "worst at", "agrees", "nats"):
        assert word in report.table()


def test_entries_are_drawn_over_the_whole_array(timid):
    seen = []

    class Watching(Oracle, register=False):
        name = title = "watching"

        def estimate(self, trace, parameter, entries, progress=None):
            seen.append(np.asarray(entries))
            return CentralDifference().estimate(trace, parameter, entries, progress)

    check_gradient(timid, {"W": gradients(timid)["W"]}, oracle=Watching(), max_entries=50)
    assert len(seen[0]) == 50
    assert seen[0].max() > 5000
    assert len(np.unique(seen[0])) == 50


@pytest.mark.parametrize(
    ("wrong", "error", "words"),
    [
        ({"Q": np.zeros(2)}, NameLookupError, "no value is named 'Q'"),
        ({"W": np.zeros((5, 4))}, ShapeError, r"has shape \(5, 4\) but must have that of `W`: \(5, 5\)"),
        ({"b": np.full(5, np.nan)}, DomainError, r"holds nan at index \(0,\)"),
    ],
)
def test_unusable_gradient_is_refused_by_name(small, wrong, error, words):
    with pytest.raises(error, match=words):
        check_gradient(small, wrong)


def test_unknown_oracle_is_refused_with_the_known_ones(small):
    with pytest.raises(NameLookupError, match="there are: central, complex, mpmath, one-sided, torch"):
        check_gradient(small, oracle="oracle of Delphi")


def test_v_curve_has_two_arms_for_differences_and_none_for_complex_step(small):
    curve = step_size_curve(small, "W")
    for method in ("central difference", "one-sided difference"):
        best, error = curve.best(method)
        assert curve.errors[method][0] > 100 * error
        assert curve.errors[method][-1] > 100 * error
        assert curve.steps[-1] < best < curve.steps[0]
    assert curve.best("central difference")[1] < curve.best("one-sided difference")[1] / 50
    assert (curve.errors["complex step"][curve.steps < 1e-8] < 1e-14).all()


def test_v_curve_is_drawn_with_all_three_methods(small, tmp_path):
    from teachrnn.views.figures.v_curve import v_curve

    figure = v_curve(step_size_curve(small, "W", steps=[1e-2, 1e-5, 1e-9]))
    axes = figure.axes[0]
    assert [t.get_text() for t in axes.get_legend().get_texts()] == [
        "one-sided difference",
        "central difference",
        "complex step",
    ]
    assert len({line.get_marker() for line in axes.lines}) == 3
    figure.savefig(tmp_path / "v.svg")
    assert (tmp_path / "v.svg").stat().st_size > 1000


def test_every_operation_is_in_the_operations_report():
    from teachrnn import OPS

    expected = {
        f"{n}.d{i}" for n, op in OPS.items() for i, g in op.gradient_methods.items() if g is not None
    }
    checks = check_ops()
    assert {c.name for c in checks} == expected
    assert all(c.agrees for c in checks)
