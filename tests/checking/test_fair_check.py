"""A check never accuses correct code, and never passes an empty comparison."""

from __future__ import annotations

import json

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings
from spoilt import AT_SIGHT

from teachrnn import CELLS, Add, Affine, Backprop, CharRNN, Relu, Sum, Tanh, Trace
from teachrnn.cells import VanillaCell
from teachrnn.cells.cell import Cell, pre_activation
from teachrnn.checking import GradientReport, check_gradient, check_ops, nudge, step_size_curve
from teachrnn.checking.drawing import drawn_entries
from teachrnn.checking.parameter_check import ParameterCheck
from teachrnn.errors import DomainError, ShapeError, TeachrnnError
from teachrnn.models import Snapshot
from teachrnn.reference import ORACLES, CentralDifference
from teachrnn.testing.cell_suite import gradient_is_the_complex_step, recording_again_is_replaying


@pytest.fixture(params=sorted(ORACLES))
def oracle(request):
    if request.param == "torch":
        pytest.importorskip("torch")
    return request.param


def recorded(*, cell="vanilla", dtype="float64", scale=0.5, m=4, T=4, K=5, seed=0):
    rng = np.random.default_rng(seed)
    model = CharRNN(hidden=m, symbols=K, cell=cell, scale=scale, dtype=dtype, rng=rng)
    tokens = rng.integers(0, K, T + 1)
    state = {name: rng.normal(0, 0.5, m) for name in model.state_names()}
    return model, model.record(tokens[:-1], tokens[1:], state=state)


# The precision of the data -----------------------------------------------------------------------


@pytest.mark.parametrize("scale", [0.01, 0.5])
@pytest.mark.parametrize("cell", sorted(CELLS))
def test_right_gradient_in_float32_is_not_accused(oracle, cell, scale):
    _, trace = recorded(cell=cell, dtype="float32", scale=scale, m=3, T=3)
    report = check_gradient(trace, oracle=oracle)
    assert not any(c.verdict == "differs" for c in report.checks), report
    assert report.precision == "float32"
    assert "record again in float64" in report.table()


def test_wrong_gradient_in_float32_is_found_all_the_same():
    _, trace = recorded(dtype="float32")
    wrong = Backprop(trace).gradients()
    wrong["W"] = wrong["W"] * np.float32(1.01)
    report = check_gradient(trace, wrong)
    assert [c.name for c in report.checks if c.verdict == "differs"] == ["W"]
    assert 1e-5 < report["W"].resolution < 1e-3


def test_gradient_in_float32_of_a_record_in_float64_is_judged_as_float32():
    _, trace = recorded()
    single = {name: d.astype(np.float32) for name, d in Backprop(trace).gradients().items()}
    report = check_gradient(trace, single)
    assert report.agrees
    assert report.precision == "float32"
    assert check_gradient(trace).precision == "float64"
    assert not check_gradient(trace, {n: d.astype(float) for n, d in single.items()}).agrees


def test_network_that_amplifies_the_rounding_of_float32_is_not_accused(oracle):
    if oracle in ("mpmath", "torch"):  # a minute for this size
        oracle = "complex"
    _, trace = recorded(dtype="float32", scale=0.6, m=40, T=25, K=10)
    report = check_gradient(trace, oracle=oracle, max_entries=10)
    assert not any(c.verdict == "differs" for c in report.checks), report


def test_step_that_a_run_has_kept_is_not_accused():
    model, _ = recorded(dtype="float32", m=6, K=5)
    path = model.path(length=4)
    x, y = np.array([[0], [1], [2], [3]]), np.array([[1], [2], [3], [4]])
    path.gradient(x, y)
    trace = Snapshot.of(model, path, x, y).open()
    assert check_gradient(trace).agrees
    assert check_gradient(trace, dict(path.gradients)).agrees


def test_nudge_of_a_float32_record_is_computed_in_float64():
    _, trace = recorded(dtype="float32")
    small = nudge(trace, "W", (0, 1), 1e-4)
    assert small.change == pytest.approx(small.predicted_change, rel=1e-2)


# What is passed ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, r"no gradient was passed, so there is nothing to compare: give some of U, W, b, V, c"),
        ([1.0], r"must be a dict of arrays by the name of the parameter, got a list"),
        ({"b": np.full(4, 1 + 1e6j)}, r"`b` holds complex numbers \(imaginary parts up to 1e\+06\)"),
        ({"b": np.array([None] * 4)}, r"`b` holds objects, not numbers"),
        ({"b": None}, r"the gradient of `b` is None: it was never computed"),
        ({"b": [[1.0], [1.0, 2.0]]}, r"`b`, a list, cannot be made an array"),
        ({"b": np.full(4, np.inf)}, r"`b` holds inf at index \(0,\)"),
        ({"b": [0.0, np.nan, 0.0, 0.0]}, r"`b` holds nan at index \(1,\)"),
        ({"b": ["a"] * 4}, r"`b` holds text, not numbers"),
        ({"b": np.ones(4, bool)}, r"`b` holds truth values, not numbers"),
        ({3: np.ones(4)}, r"are named after their value, such as 'W', not 3"),
    ],
    ids=lambda x: "" if isinstance(x, str) else str(x)[:20],
)
def test_what_is_no_gradient_is_refused_in_a_sentence(given, words):
    _, trace = recorded()
    with pytest.raises(DomainError, match=words):
        check_gradient(trace, given)


def test_value_in_the_place_of_its_gradient_is_refused():
    _, trace = recorded()
    with pytest.raises(DomainError, match="is a recorded value, <parameter b"):
        check_gradient(trace, {"b": trace["b"]})


def test_tensor_that_needs_a_gradient_is_refused_with_its_own_advice():
    torch = pytest.importorskip("torch")
    _, trace = recorded()
    with pytest.raises(DomainError, match=r"`b`, a Tensor, cannot be made an array: .*detach"):
        check_gradient(trace, {"b": torch.zeros(4, requires_grad=True)})


def test_lists_of_numbers_will_do():
    _, trace = recorded()
    assert check_gradient(trace, {"b": Backprop(trace).gradients()["b"].tolist()}).agrees


def test_gradients_that_were_not_passed_are_named():
    _, trace = recorded()
    report = check_gradient(trace, {"W": Backprop(trace).gradients()["W"]})
    assert report.agrees
    assert report.missing == ("U", "b", "V", "c")
    assert "Not passed, and so not checked: U, b, V, c." in report.table()
    assert report.to_dict()["missing"] == ["U", "b", "V", "c"]
    assert check_gradient(trace).missing == ()
    assert "Not passed" not in check_gradient(trace).table()


@pytest.mark.parametrize("entries", [0, -3])
def test_comparing_no_entries_is_refused(entries):
    _, trace = recorded()
    with pytest.raises(DomainError, match=f"`max_entries` is {entries}: at least 1"):
        check_gradient(trace, max_entries=entries)


def test_check_of_operations_without_a_trial_is_refused():
    with pytest.raises(DomainError, match="`trials` is 0: every gradient must be compared"):
        check_ops(trials=0)


def test_v_curve_of_no_entries_is_refused():
    _, trace = recorded()
    with pytest.raises(DomainError, match="`max_entries` is 0: at least 1"):
        step_size_curve(trace, "W", max_entries=0)


def test_parameter_without_entries_does_not_pass():
    trace = Trace()
    x, W = trace.input("x", np.zeros(0)), trace.parameter("W", np.zeros((2, 0)))
    trace.loss(Sum(Affine(x, W, trace.parameter("b", [1.0, 2.0])), name="L"))
    report = check_gradient(trace)
    assert report["W"].verdict == "blind"
    assert report["b"].agrees


def test_whole_numbers_have_no_gradient_to_be_checked():
    _, trace = recorded()
    with pytest.raises(DomainError, match=r"`x\[1\]` holds int64 numbers: only floating-point ones"):
        check_gradient(trace, {"x[1]": 0.0})


def test_shape_comes_before_numbers():
    _, trace = recorded()
    with pytest.raises(ShapeError):
        check_gradient(trace, {"b": np.full(3, np.nan)})


# Kinks -------------------------------------------------------------------------------------------


def at_a_kink():
    trace = Trace()
    x, W = trace.input("x", [1.0, 2.0]), trace.parameter("W", [[0.0, 0.0], [0.5, 0.5]])
    trace.loss(Sum(Relu(Affine(x, W, trace.parameter("b", [0.0, 0.1]), name="a")), name="L"))
    return trace


def test_kink_is_said_to_be_one_by_every_source(oracle):
    report = check_gradient(at_a_kink(), oracle=oracle)
    assert [c.verdict for c in report.checks] == ["not differentiable"] * 2, report
    assert report["W"].kinks == ((0, 0), (0, 1))
    assert not report.agrees
    assert "W is not differentiable here, at [0, 0], [0, 1]: the slopes" in report.table()
    assert json.loads(json.dumps(report.to_dict()))["checks"][1]["kinks"] == [[0]]


def test_mistake_beside_a_kink_is_found(oracle):
    trace = at_a_kink()
    wrong = Backprop(trace).gradients()
    wrong["W"][1, 0] += 0.5
    report = check_gradient(trace, wrong, oracle=oracle)
    assert report["W"].verdict == "differs"
    assert report["W"].worst == (1, 0)
    assert report["b"].verdict == "not differentiable"


def test_relu_away_from_its_kink_is_differentiable(oracle):
    trace = Trace()
    W = trace.parameter("W", [[0.3, 0.0], [0.5, -0.5]])
    trace.loss(
        Sum(Relu(Affine(trace.input("x", [1.0, 2.0]), W, trace.parameter("b", [0.0, 0.1])), name="L"))
    )
    assert check_gradient(trace, oracle=oracle).agrees


# What the table says -----------------------------------------------------------------------------


def test_numbers_at_the_worst_entry_stand_in_the_table():
    _, trace = recorded()
    wrong = Backprop(trace).gradients()
    wrong["W"] = wrong["W"].copy()
    right = wrong["W"][2, 1]
    wrong["W"][2, 1] = 7.25
    row = next(line for line in check_gradient(trace, wrong).table().splitlines() if line[:2] == "W ")
    assert "DIFFERS" in row
    assert "[2,1]" in row
    assert "7.25" in row
    assert f"{right:.6g}" in row


def test_source_that_could_not_see_better_is_said_to_be_so():
    allowed = np.array([1e-9, 1e-9, 1e-9, 3.0])
    check = ParameterCheck(
        name="W", shape=(2, 2), places=np.arange(4), analytic=np.array([1.0, 0.5, -0.2, 0.1]),
        reference=np.array([1.0, 0.5, -0.2, 2.1]), allowed=allowed, floor=1e-9,
    )  # fmt: skip
    assert check.verdict == "agrees"
    assert check.unseen == 1
    told = GradientReport("central difference", 1.0, (check,)).table()
    assert "W: at 1 of 4 entries the source itself could not see better than 1e+00" in told


def test_reference_that_is_no_number_is_not_an_accusation():
    class Lost(CentralDifference):
        name = "lost"

        def evaluate(self, trace, value, entries, progress):
            found = super().evaluate(trace, value, entries, progress)
            found.values[::2] = np.nan
            return found

    try:
        _, trace = recorded()
        report = check_gradient(trace, {"W": Backprop(trace).gradients()["W"]}, oracle=Lost())
        assert report["W"].unseen == 8
        assert report["W"].verdict in ("agrees", "blind")
        json.dumps(report.to_dict(), allow_nan=False)
    finally:
        del ORACLES["lost"]


def test_table_fits_a_terminal():
    _, trace = recorded(cell="lstm")
    assert max(map(len, check_gradient(trace).table().splitlines()[:20])) <= 90


# Which entries -----------------------------------------------------------------------------------


def test_entries_are_drawn_where_the_gradient_is_not_zero():
    _, trace = recorded(m=10, T=5, K=80, scale=0.1)
    report = check_gradient(trace, max_entries=20)
    assert report["U"].checked == 20
    assert report["U"].nonzero >= 18
    assert report["U"].zeros >= 1  # a few are drawn elsewhere
    row = report.table().splitlines()[2].split()
    assert row[2:4] == ["20/800", str(report["U"].nonzero)]


def test_number_where_there_should_be_none_is_found_in_a_draw_of_twenty():
    _, trace = recorded(m=10, T=5, K=80, scale=0.1)
    wrong = Backprop(trace).gradients()
    wrong["U"] = np.where(wrong["U"] == 0, 1e-3, wrong["U"])
    assert check_gradient(trace, wrong, max_entries=20)["U"].verdict == "differs"


def test_no_entry_is_drawn_twice_and_all_are_taken_where_there_are_few():
    d = np.zeros((3, 4))
    d[0] = 1.0
    drawn = drawn_entries(10, d, None, rng=np.random.default_rng(0))
    assert len(set(drawn.tolist())) == 10
    assert {0, 1, 2, 3} <= set(drawn.tolist())
    np.testing.assert_array_equal(drawn_entries(12, d, d, rng=np.random.default_rng(0)), np.arange(12))


# What the five reports got wrong -----------------------------------------------------------------


def test_claims_of_a_report_can_be_held_against_the_check():
    _, trace = recorded(m=10, T=5, K=80, scale=0.01)
    wrong = Backprop(trace).gradients()
    wrong["U"] = wrong["U"] + 1e-3 * (wrong["U"] > 0)
    check = check_gradient(trace, wrong)["U"]
    assert check.max_signed < 1e-12 < check.max_absolute  # all errors have one sign: it hides them
    assert check.zeros == 10 * (80 - len({int(trace[f"x[{t}]"].data) for t in range(1, 6)}))
    assert check.mean_relative() < check.max_relative / 10  # diluted by zeros
    assert check.mean_relative(first=20) != check.mean_relative()
    assert check.least_largest <= check.largest
    with pytest.raises(DomainError, match="a mean needs at least 1 entry, not 0"):
        check.mean_relative(first=0)


# Numbers taken out of the record -----------------------------------------------------------------


@pytest.fixture
def leaky():
    class LeakyCell(Cell):
        name = "leaky"

        @classmethod
        def step(cls, p, x, state):
            a = pre_activation(p, x, state["h"])
            kept = a.trace.constant(0.5 * np.tanh(state["h"].data))
            return {"h": Tanh(Add(a, kept, name="s"), name="h")}

    yield LeakyCell
    del CELLS["leaky"]


def test_number_taken_out_of_the_record_is_named_where_the_model_is_given(leaky):
    model, trace = recorded(cell="leaky")
    assert check_gradient(trace).agrees  # every oracle replays the leak
    report = check_gradient(trace, model=model)
    assert not report.agrees
    assert "`constant[1]`, used by `s[1]`, is a number taken out of the record" in report.leak
    assert report.leak in report.table()
    assert report.to_dict()["leak"] == report.leak


def test_cell_that_takes_a_number_out_of_the_record_breaks_one_law_of_cells(leaky):
    def broken(law):
        @settings(max_examples=10, **AT_SIGHT)
        @given(data=st.data())
        def holds(data):
            law(leaky, data.draw)

        try:
            holds()
        except AssertionError as error:
            return str(error)
        return None

    assert "is a number taken out of the record" in broken(recording_again_is_replaying)
    assert broken(gradient_is_the_complex_step) is None


def test_operations_that_depend_on_the_numbers_are_named():
    class ChoosingCell(VanillaCell):
        name = "choosing"

        @classmethod
        def step(cls, p, x, state):
            a = pre_activation(p, x, state["h"])
            return {"h": (Tanh if state["h"].data[0] > 0.1 else Relu)(a, name="h")}

    try:
        model = CharRNN(hidden=2, symbols=3, cell="choosing", scale=0.5, rng=np.random.default_rng(0))
        trace = model.record([0, 1], [1, 2], state={"h": [0.09, 0.2]})
        report = check_gradient(trace, model=model)
        assert "`h[1]` was Relu(a[1]); recorded again, with other numbers, `h[1]` is Tanh" in report.leak
    finally:
        del CELLS["choosing"]


@pytest.mark.parametrize("cell", sorted(CELLS))
def test_our_cells_keep_everything_in_the_record(cell):
    rng = np.random.default_rng(0)
    model = CharRNN(hidden=3, symbols=4, cell=cell, layers=2, inputs=2, scale=0.5, rng=rng)
    trace = model.record(rng.normal(size=(3, 2, 2)), rng.integers(0, 4, (3, 2)), fused=False)
    report = check_gradient(trace, model=model)
    assert report.leak is None
    assert report.agrees


def test_trace_of_another_model_is_refused():
    model, _ = recorded()
    _, other = recorded(cell="lstm")
    with pytest.raises(TeachrnnError, match="not a record of this model: it has no U, W, b"):
        check_gradient(other, model=model)
