"""The trace: names, read-only numbers, what it refuses, and replaying it."""

from __future__ import annotations

import numpy as np
import pytest
from records import small_record
from refusal import refusal

from teachrnn import (
    Add,
    Affine,
    CharRNN,
    Embedding,
    Multiply,
    Op,
    Relu,
    Sigmoid,
    Sum,
    Tanh,
    Trace,
    backpropagate,
)
from teachrnn.errors import DomainError, NameLookupError, ReplayError, TeachrnnError


@pytest.fixture
def trace():
    return Trace()


@pytest.fixture
def recorded():
    return small_record()


# Names -------------------------------------------------------------------------------------------


def test_a_leaf_is_named_by_its_name_alone(trace):
    assert trace.parameter("W", [[1.0]]).name == "W"
    assert trace.input("x", [1.0]).name == "x"
    assert (trace["W"].role, trace["x"].role, trace["W"].t, trace["x"].t) == (
        "parameter",
        "input",
        None,
        None,
    )


def test_inputs_carry_the_time_step_and_the_scope_and_parameters_carry_neither(trace):
    with trace.at(2, scope="layer1."):
        assert trace.input("x", [1.0]).name == "layer1.x[2]"
        assert trace.parameter("W", [1.0]).name == "W"
    assert (trace["layer1.x[2]"].t, trace["W"].t) == (2, None)


def test_time_step_and_scope_end_with_the_block_even_where_it_fails(trace):
    trace.t = 7
    with trace.at(1, scope="a."):
        with trace.at(2):
            assert (trace.t, trace.scope) == (2, "")
        assert (trace.t, trace.scope) == (1, "a.")
        with pytest.raises(ZeroDivisionError), trace.at(3):
            _ = 1 / 0
        assert (trace.t, trace.scope) == (1, "a.")
    assert (trace.t, trace.scope) == (7, "")


def test_step_zero_is_a_time_step(trace):
    with trace.at(0):
        assert trace.input("h", [1.0]).name == "h[0]"


def test_a_number_in_a_name_counts_from_two_within_scope_and_step(trace):
    x = trace.input("x", [1.0])
    for scope, t, expected in [
        ("", None, ["tanh", "tanh2", "tanh3"]),
        ("", 1, ["tanh[1]", "tanh2[1]", "tanh3[1]"]),
        ("", 2, ["tanh[2]", "tanh2[2]", "tanh3[2]"]),
        ("layer1.", 2, ["layer1.tanh[2]", "layer1.tanh2[2]", "layer1.tanh3[2]"]),
    ]:
        with trace.at(t, scope=scope):
            assert [Tanh(x).name for _ in range(3)] == expected


def test_values_are_found_by_name_and_index_and_iterated_in_order(trace):
    x, y = trace.input("x", [1.0]), trace.input("y", [2.0])
    assert trace["x"] is x is trace[0] is trace[-2]
    assert trace["y"] is y is trace[1] is trace[-1]
    assert list(trace) == [x, y]
    assert len(trace) == 2
    assert "x" in trace
    assert "z" not in trace
    assert 0 not in trace  # names are asked for, not places
    assert [v.index for v in trace] == [0, 1]


def test_an_unknown_name_is_refused_with_the_nearest_ones(recorded):
    assert refusal(NameLookupError, lambda: recorded["h[4]"]) == (
        "no value is named 'h[4]'; did you mean h[3], h[2], h[1]?"
    )
    assert "did you mean" in refusal(NameLookupError, lambda: recorded["hh[1]"])
    assert "h[1]" in refusal(NameLookupError, lambda: recorded["hh[1]"])


def test_where_no_name_is_near_the_first_few_are_listed(recorded):
    assert refusal(NameLookupError, lambda: recorded["zzzzzz"]) == (
        "no value is named 'zzzzzz'; did you mean U, W, b, V, c?"
    )


def test_an_empty_trace_has_nothing_to_suggest(trace):
    assert (
        refusal(NameLookupError, lambda: trace["x"])
        == "no value is named 'x'; did you mean another trace?"
    )


@pytest.mark.parametrize("place", [2, -3])
def test_an_index_outside_is_refused(trace, place):
    trace.input("x", [1.0])
    trace.input("y", [1.0])
    assert refusal(NameLookupError, lambda: trace[place]) == (
        f"value {place} does not exist: the trace has 2 values."
    )


def test_a_name_is_given_once(trace):
    trace.input("x", [1.0])
    message = (
        "the trace has a value named 'x' already: give this one another name, "
        "or record it at another time step (trace.at)."
    )
    assert refusal(TeachrnnError, lambda: trace.input("x", [2.0])) == message
    assert refusal(TeachrnnError, lambda: trace.parameter("x", [2.0])) == message
    assert len(trace) == 1
    np.testing.assert_array_equal(trace["x"].data, [1.0])
    with trace.at(1):
        assert trace.input("x", [2.0]).name == "x[1]"


def test_the_number_of_steps_is_the_last_one_recorded(trace):
    assert trace.T == 0
    trace.parameter("W", [1.0])
    assert trace.T == 0
    for t in (0, 3, 2):
        with trace.at(t):
            trace.input("x", [1.0])
    assert trace.T == 3
    assert repr(trace) == "<Trace: 4 values, 0 operations, T=3>"


def test_parameters_are_listed_by_name(recorded):
    assert list(recorded.parameters) == ["U", "W", "b", "V", "c"]
    assert recorded.parameters["V"] is recorded["V"]


# Numbers -----------------------------------------------------------------------------------------


def test_recorded_arrays_are_read_only(trace):
    x, W = trace.input("x", [1.0, 2.0]), trace.parameter("W", [[3.0, 4.0]])
    for value in (x, W, Multiply(x, [1.0, 1.0]), trace["constant"], Sum(x)):
        with pytest.raises(ValueError, match="read-only"):
            value.data[...] = 0.0


def test_a_recorded_array_is_a_copy_that_later_changes_do_not_affect(trace):
    mine = np.array([1.0, 2.0])
    for value in (trace.input("x", mine), trace.parameter("W", mine), trace.constant(mine)):
        assert not np.shares_memory(value.data, mine)
    mine[0] = 99.0  # and it is still mine to change
    assert trace["x"].data[0] == trace["W"].data[0] == trace["constant"].data[0] == 1.0


def test_whole_numbers_become_floats_in_parameters_and_stay_whole_in_inputs(trace):
    assert trace.parameter("W", [[1, 2]]).data.dtype == np.float64
    assert trace.parameter("mask", [True, False]).data.dtype == np.float64
    assert trace.parameter("W32", np.ones(2, dtype=np.float32)).data.dtype == np.float32
    assert trace.input("x", [1, 2]).data.dtype.kind == "i"
    assert trace.input("z", [1.0 + 2j]).data.dtype.kind == "c"


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_numbers_that_are_not_finite_are_refused_by_name_and_index(trace, bad):
    data = np.ones((2, 3))
    data[1, 2] = bad
    for record in (trace.input, trace.parameter):
        assert refusal(DomainError, lambda f=record: f("x", data)) == (
            f"`x` holds {bad} at index (1, 2): a recorded input must be finite. "
            "Clean the data (np.nan_to_num), or find where the number came from."
        )
    assert len(trace) == 0


def test_of_several_numbers_that_are_not_finite_the_first_is_named(trace):
    assert refusal(DomainError, lambda: trace.input("x", [1.0, np.inf, np.nan])).startswith(
        "`x` holds inf at index (1,):"
    )


def test_a_single_number_and_a_constant_must_be_finite_too(trace):
    assert refusal(DomainError, lambda: trace.input("x", np.nan)).startswith(
        "`x` holds nan at index ():"
    )
    x = trace.input("x", [1.0])
    assert refusal(DomainError, lambda: Add(x, [np.nan])).startswith(
        "`constant` holds nan at index (0,):"
    )
    assert refusal(DomainError, lambda: trace.input("z", [1j * np.inf])).startswith("`z` holds ")


@pytest.mark.parametrize(("data", "kind"), [(["a", "b"], "<U1"), ([None], "object"), ([True], "bool")])
def test_what_is_not_a_number_is_refused(trace, data, kind):
    assert refusal(DomainError, lambda: trace.input("x", data)) == (
        f"`x` must hold numbers, got an array of {kind}."
    )


def test_values_show_their_name_and_shape(trace):
    assert repr(trace.input("x", [[1.0, 2.0]])) == "<input x (1, 2)>"
    assert repr(trace.parameter("W", 1.0)) == "<parameter W ()>"
    assert trace["x"].shape == (1, 2)


def test_the_loss_is_the_sum_over_everything_declared(trace):
    assert trace.total_loss == 0.0
    x = trace.input("x", [[1.0, 2.0], [3.0, 4.0]])
    assert trace.loss(x) is x
    assert trace.total_loss == 10.0
    trace.loss(Sum(x))
    assert trace.total_loss == 20.0


def test_the_summary_is_one_line_a_value():
    model = CharRNN(hidden=2, symbols=4, rng=np.random.default_rng(0))
    assert model.record([0], [3]).summary().splitlines() == [
        "#   name  t  made by                          shape",
        "0   U     -  parameter                        (2, 4)",
        "1   W     -  parameter                        (2, 2)",
        "2   b     -  parameter                        (2,)",
        "3   V     -  parameter                        (4, 2)",
        "4   c     -  parameter                        (4,)",
        "5   h[0]  0  input                            (2,)",
        "6   x[1]  1  input                            ()",
        "7   r[1]  1  Affine(h[0], W, b)               (2,)",
        "8   u[1]  1  Embedding(x[1], U)               (2,)",
        "9   a[1]  1  Add(r[1], u[1])                  (2,)",
        "10  h[1]  1  Tanh(a[1])                       (2,)",
        "11  o[1]  1  Affine(h[1], V, c)               (4,)",
        "12  y[1]  1  input                            ()",
        "13  L[1]  1  SoftmaxCrossEntropy(o[1], y[1])  ()",
    ]


def test_a_summary_of_nothing_is_its_heading(trace):
    assert trace.summary() == "#  name  t  made by  shape"


# Recomputing -------------------------------------------------------------------------------------


def test_only_what_depends_on_a_change_is_recomputed(recorded):
    new = recorded.recompute({"h[0]": np.array([0.5, -0.5])})
    changed = [f"{name}[{t}]" for t in (1, 2, 3) for name in "rahoL"]
    assert sorted(recorded[i].name for i in new) == sorted(["h[0]", *changed])  # no u[t]: x is as it was
    np.testing.assert_array_equal(new[recorded["h[0]"].index], [0.5, -0.5])


def test_recomputing_gives_what_recording_would_have_given(recorded):
    model = CharRNN(hidden=2, symbols=4, scale=0.5, rng=np.random.default_rng(0))
    W = model.parameters["W"] + 0.25
    model.set_parameters(W=W)
    fresh = model.record([0, 3, 1], [3, 1, 2])
    new = recorded.recompute({"W": W})
    for value in recorded:
        np.testing.assert_array_equal(new.get(value.index, value.data), fresh[value.name].data)
    assert recorded.loss_after({"W": W}) == fresh.total_loss


def test_a_change_without_effect_is_not_propagated_further(recorded):
    U = recorded["U"].data.copy()
    U[:, 2] += 1.0  # symbol 2 is never read
    assert list(recorded.recompute({"U": U})) == [recorded["U"].index]
    U[:, 1] += 1.0  # symbol 1 is read last
    changed = {recorded[i].name for i in recorded.recompute({"U": U})}
    assert changed == {"U", "u[3]", "a[3]", "h[3]", "o[3]", "L[3]"}


def test_a_change_is_propagated_if_the_other_operand_has_changed(trace):
    x, z = trace.input("x", [2.0]), trace.input("z", [3.0])
    trace.loss(Multiply(x, z, name="y"))
    new = trace.recompute({"x": [3.0], "z": [2.0]})  # the product stays 6, by chance
    assert trace["y"].index not in new
    assert trace.loss_after({"x": [3.0], "z": [2.0]}) == 6.0


def test_recomputing_takes_complex_numbers(recorded):
    c = recorded["c"].data.astype(complex)
    c[1] += 1e-30j
    slope = recorded.loss_after({"c": c}).imag / 1e-30
    np.testing.assert_allclose(slope, backpropagate(recorded).gradient("c")[1], rtol=1e-14)


def test_complex_numbers_with_other_real_parts_are_recomputed(recorded):
    c = recorded["c"].data + 0.5
    c[1] += 1.0
    step = np.array([0, 1e-30j, 0, 0])
    real, both = recorded.loss_after({"c": c}), recorded.loss_after({"c": c + step})
    assert both.real == pytest.approx(real, rel=1e-15)
    assert real != pytest.approx(recorded.total_loss, rel=1e-3)
    assert both.imag != 0


def test_the_record_itself_stays_as_it_is(recorded):
    before = [v.data.copy() for v in recorded]
    recorded.recompute({"W": recorded["W"].data + 1.0})
    recorded.loss_after({"W": recorded["W"].data + 1.0})
    recorded.replay({"W": recorded["W"].data + 1.0})
    for value, kept in zip(recorded, before, strict=True):
        np.testing.assert_array_equal(value.data, kept)


def test_no_change_gives_the_recorded_loss(recorded):
    assert recorded.recompute({}) == {}
    assert recorded.loss_after({}) == recorded.total_loss


def test_a_changed_result_is_kept_and_what_follows_from_it_is_recomputed(recorded):
    h = np.array([0.5, -0.5])
    new = recorded.recompute({"h[2]": h})
    changed = ["h[2]", "o[2]", "L[2]", *(f"{name}[3]" for name in "rahoL")]
    assert sorted(recorded[i].name for i in new) == sorted(changed)
    np.testing.assert_array_equal(new[recorded["h[2]"].index], h)
    np.testing.assert_array_equal(
        new[recorded["r[3]"].index], Affine.forward(h, recorded["W"].data, recorded["b"].data)
    )


def test_a_fixed_result_is_independent_of_its_operands(recorded):
    h = recorded["h[2]"].data
    b = recorded["b"].data + 1.0
    new = recorded.recompute({"b": b, "h[2]": h})
    assert recorded["a[2]"].index in new  # up to it everything moves
    np.testing.assert_array_equal(new[recorded["h[2]"].index], h)
    r = Affine.forward(h, recorded["W"].data, b)
    np.testing.assert_array_equal(new[recorded["r[3]"].index], r)
    assert recorded["L[2]"].index not in new  # h[2], V and c are as recorded


def test_a_loss_itself_can_be_changed(recorded):
    assert recorded.loss_after({"L[2]": 0.0}) == pytest.approx(
        recorded.total_loss - recorded["L[2]"].data, rel=1e-15
    )


def test_recomputing_takes_complex_results_and_keeps_the_recorded_real_parts(recorded):
    h = recorded["h[2]"].data.astype(complex)
    h[1] += 1e-30j
    new = recorded.recompute({"h[2]": h})
    for index, array in new.items():
        np.testing.assert_array_equal(array.real, recorded[index].data)
    slope = recorded.loss_after({"h[2]": h}).imag / 1e-30
    np.testing.assert_allclose(slope, backpropagate(recorded).gradient("h[2]")[1], rtol=1e-14)


def test_no_value_can_change_its_shape(recorded):
    assert refusal(DomainError, lambda: recorded.recompute({"h[1]": 0.0})) == (
        "`h[1]` has shape (2,); it cannot become ()."
    )
    assert refusal(DomainError, lambda: recorded.recompute({"b": np.zeros(3)})) == (
        "`b` has shape (2,); it cannot become (3,)."
    )


def test_an_unknown_leaf_cannot_be_changed(recorded):
    assert refusal(NameLookupError, lambda: recorded.loss_after({"w": np.zeros(2)})).startswith(
        "no value is named 'w'; did you mean "
    )


# Replaying ---------------------------------------------------------------------------------------


def test_a_replay_is_a_record_of_the_same_values(recorded):
    again = recorded.replay()
    assert again is not recorded
    assert again.summary() == recorded.summary()
    for value, twin in zip(recorded, again, strict=True):
        assert twin is not value
        assert twin.trace is again
        assert (twin.name, twin.t, twin.role, twin.index) == (
            value.name,
            value.t,
            value.role,
            value.index,
        )
        np.testing.assert_array_equal(twin.data, value.data)
    assert [v.name for v in again.losses] == ["L[1]", "L[2]", "L[3]"]
    assert all(v.trace is again for v in again.losses)
    assert again.total_loss == recorded.total_loss
    assert [(op.code, op.line) for op in again.ops] == [(op.code, op.line) for op in recorded.ops]
    assert [[v.name for v in op.operands] for op in again.ops] == [
        [v.name for v in op.operands] for op in recorded.ops
    ]
    assert (again.t, again.scope, again.T) == (None, "", 3)


def test_a_replay_with_changes_is_the_record_of_a_changed_network(recorded):
    W = recorded["W"].data + 0.25
    again = recorded.replay({"W": W})
    assert again.total_loss == recorded.loss_after({"W": W}) != recorded.total_loss
    np.testing.assert_array_equal(again["W"].data, W)
    np.testing.assert_array_equal(again["U"].data, recorded["U"].data)
    d, expected = backpropagate(again).gradient("W"), backpropagate(recorded).gradient("W")
    assert not np.allclose(d, expected)


def test_a_replay_has_no_gradients_yet(recorded):
    backpropagate(recorded)
    again = recorded.replay()
    assert again["W"].grad is None
    assert recorded["W"].grad is not None


def test_a_record_that_was_altered_does_not_reproduce_itself(recorded):
    h = recorded["h[2]"]
    altered = h.data.copy()
    altered[0] = np.nextafter(altered[0], 1.0)  # a single bit
    h.data = altered
    assert refusal(ReplayError, recorded.replay) == (
        "`h[2]` was recorded as another value than Tanh gives now: the record does not reproduce itself."
    )


def test_an_altered_leaf_shows_where_it_is_first_used(recorded):
    recorded["b"].data = recorded["b"].data + 1.0
    assert refusal(ReplayError, recorded.replay).startswith(
        "`r[1]` was recorded as another value than Affine"
    )


def test_a_replay_with_changes_does_not_verify_the_record(recorded):
    recorded["h[2]"].data = recorded["h[2]"].data + 1.0
    assert recorded.replay({}).total_loss != 0.0  # changes were given, if none: nothing is compared
    with pytest.raises(ReplayError):
        recorded.replay()


def test_a_replay_checks_shapes_and_values_again(recorded):
    assert refusal(DomainError, lambda: recorded.replay({"x[1]": np.array(4)})) == (
        "Embedding `u[1]`: `x` holds 4 but must lie in 0..3 (axis K has size 4)."
    )
    assert refusal(DomainError, lambda: recorded.replay({"b": np.array([np.nan, 0.0])})).startswith(
        "`b` holds nan at index (0,)"
    )


def test_a_replay_finds_names_that_do_not_exist(recorded):
    with pytest.raises(NameLookupError, match="no value is named 'w'"):
        recorded.replay({"w": 1.0})


def test_a_result_that_is_not_a_number_reproduces_itself(trace):
    class Undefined(Op, register=False):
        signature = "(n)->(n)"
        formula = staticmethod(lambda sp, x: x * float("nan"))
        forward = staticmethod(lambda x: x * np.nan)
        dx = None

    y = Undefined(trace.input("x", [1.0]), name="y")
    assert np.isnan(y.data).all()
    assert np.isnan(trace.replay()["y"].data).all()


def test_a_trace_of_any_operations_replays(trace):
    x, W, b = (
        trace.input("x", [1.0, -2.0]),
        trace.parameter("W", np.eye(2)),
        trace.parameter("b", [0.0, 1.0]),
    )
    U = trace.parameter("U", np.eye(2))
    token = trace.input("token", 1)
    a = Affine(x, W, b, name="a")
    y = Add(Relu(a), Sigmoid(Embedding(token, U)), name="y")
    trace.loss(Sum(Multiply(y, [2.0, 3.0])))
    assert trace.replay().summary() == trace.summary()
