"""Particular operations, beyond the common laws: extreme scores, ties, complex steps, ends."""

from __future__ import annotations

import numpy as np
import pytest

from teachrnn import (
    OPS,
    Add,
    Affine,
    Concatenate,
    CrossEntropy,
    Dropout,
    Embedding,
    Interpolate,
    Multiply,
    Relu,
    Sigmoid,
    Slice,
    Softmax,
    SoftmaxCrossEntropy,
    Sum,
    Tanh,
    Trace,
    backpropagate,
)
from teachrnn.domain import Choice, Index, Reals
from teachrnn.errors import DomainError
from teachrnn.reference import ComplexStep

H = 1e-30
"""A complex step so small that it changes no real part."""


def gradients(op, *arrays, dy=1.0):
    """All gradients of an operation at these inputs, by name."""
    arrays = [np.asarray(a) for a in arrays]
    y = np.asarray(op.forward(*arrays))
    above = np.broadcast_to(dy, y.shape).copy()
    return {name: d(above, *arrays, y) for name, d in op.gradient_methods.items() if d is not None}


# Extreme scores. Warnings are errors here: nothing may overflow on the way. ----------------------


@pytest.mark.parametrize("scale", [1000.0, 1e6, 1e300])
def test_softmax_of_enormous_scores_is_certain_and_never_overflows(scale):
    scores = np.array([scale, -scale, 0.0])
    with np.errstate(all="raise", under="ignore"):
        p = Softmax.forward(scores)
        dx = gradients(Softmax, scores, dy=np.array([1.0, 2.0, 3.0]))["x"]
    np.testing.assert_array_equal(p, [1.0, 0.0, 0.0])
    np.testing.assert_array_equal(dx, 0.0)


@pytest.mark.parametrize("shift", [1000.0, -1000.0])
def test_adding_a_number_to_all_scores_does_not_change_the_softmax(shift):
    scores = np.array([[0.5, -1.25, 2.0], [0.0, 0.0, 1.0]])  # exact in binary, and so is their shift
    np.testing.assert_array_equal(Softmax.forward(scores + shift), Softmax.forward(scores))
    dy = np.array([[1.0, -2.0, 0.5], [0.25, 3.0, 1.0]])
    np.testing.assert_array_equal(
        gradients(Softmax, scores + shift, dy=dy)["x"], gradients(Softmax, scores, dy=dy)["x"]
    )


def test_every_row_of_a_softmax_is_shifted_by_its_own_largest_score():
    scores = np.array([[1000.0, 1001.0], [-1000.0, -1001.0], [0.0, 1.0]])
    with np.errstate(all="raise"):
        p = Softmax.forward(scores)
    low = 1 / (1 + np.exp(1.0))
    np.testing.assert_allclose(p, [[low, 1 - low], [1 - low, low], [low, 1 - low]], rtol=1e-15)
    np.testing.assert_allclose(p.sum(axis=-1), 1.0, rtol=1e-15)


def test_the_fused_loss_of_a_very_unlikely_target_is_the_difference_of_scores():
    scores = np.array([1000.0, -1000.0, 0.0])
    with np.errstate(all="raise", under="ignore"):
        assert SoftmaxCrossEntropy.forward(scores, np.array(1)) == 2000.0
        assert SoftmaxCrossEntropy.forward(scores, np.array(2)) == 1000.0
        assert SoftmaxCrossEntropy.forward(scores, np.array(0)) == 0.0
        do = gradients(SoftmaxCrossEntropy, scores, np.array(1))["o"]
    np.testing.assert_array_equal(do, [1.0, -1.0, 0.0])


@pytest.mark.parametrize("shift", [1000.0, -1000.0])
def test_adding_a_number_to_all_scores_does_not_change_the_fused_loss(shift):
    scores, y = np.array([[0.5, -1.25, 2.0], [0.0, 0.0, 1.0]]), np.array([1, 2])
    with np.errstate(all="raise"):
        moved = SoftmaxCrossEntropy.forward(scores + shift, y)
        d_moved = gradients(SoftmaxCrossEntropy, scores + shift, y)["o"]
    np.testing.assert_array_equal(moved, SoftmaxCrossEntropy.forward(scores, y))
    np.testing.assert_allclose(
        d_moved,
        gradients(SoftmaxCrossEntropy, scores, y)["o"],
        rtol=1e-12,  # L + o_y is rounded at 1000
    )


def test_in_a_batch_the_fused_loss_shifts_every_row_by_its_own_largest_score():
    scores = np.array([[1000.0, 1001.0], [-1000.0, -1001.0]])
    with np.errstate(all="raise"):
        losses = SoftmaxCrossEntropy.forward(scores, np.array([1, 0]))
    np.testing.assert_allclose(losses, np.log1p(np.exp(-1.0)), rtol=1e-15)


def test_the_fused_gradient_sums_to_zero_over_the_scores():
    rng = np.random.default_rng(0)
    do = gradients(SoftmaxCrossEntropy, rng.normal(0, 3, (4, 5)), rng.integers(0, 5, 4))["o"]
    np.testing.assert_allclose(do.sum(axis=-1), 0.0, atol=1e-14)


def test_the_sigmoid_of_enormous_numbers_is_zero_or_one_without_a_warning():
    x = np.array([-1000.0, 1000.0, -745.0, 0.0])
    y = Sigmoid.forward(x)
    assert y[0] == 0.0
    assert y[1] == 1.0
    assert 0.0 <= y[2] < 1e-300
    assert y[3] == 0.5
    np.testing.assert_array_equal(gradients(Sigmoid, x)["x"][[0, 1, 3]], [0.0, 0.0, 0.25])


def test_only_the_overflow_of_the_sigmoid_is_silenced_and_only_inside():
    before = np.geterr()
    Sigmoid.forward(np.array([-1000.0]))
    assert np.geterr() == before
    with pytest.warns(RuntimeWarning, match="overflow"):
        np.exp(np.array([1000.0]))
    with np.errstate(invalid="raise"), pytest.raises(FloatingPointError):
        Sigmoid.forward(np.array([complex(-np.inf, 1.0)]))


def test_the_hyperbolic_tangent_saturates():
    x = np.array([-1000.0, 1000.0])
    np.testing.assert_array_equal(Tanh.forward(x), [-1.0, 1.0])
    np.testing.assert_array_equal(gradients(Tanh, x)["x"], 0.0)


# Complex steps through the places where a real part decides --------------------------------------


@pytest.mark.parametrize("k", [0, 1, 2, 3])
def test_a_complex_step_passes_through_the_largest_score_of_a_softmax(k):
    scores = np.array([0.25, 1.5, 1.5, -2.0])  # the largest twice: a tie
    stepped = scores.astype(complex)
    stepped[k] += 1j * H
    for dy in np.eye(4):
        slope = (dy * Softmax.forward(stepped).imag).sum() / H
        np.testing.assert_allclose(gradients(Softmax, scores, dy=dy)["x"][k], slope, rtol=1e-13)


@pytest.mark.parametrize("k", [0, 1, 2, 3])
@pytest.mark.parametrize("target", [0, 1, 3])
def test_a_complex_step_passes_through_the_largest_score_of_the_fused_loss(k, target):
    scores = np.array([0.25, 1.5, 1.5, -2.0])
    stepped = scores.astype(complex)
    stepped[k] += 1j * H
    slope = SoftmaxCrossEntropy.forward(stepped, np.array(target)).imag / H
    do = gradients(SoftmaxCrossEntropy, scores, np.array(target))["o"]
    np.testing.assert_allclose(do[k], slope, rtol=1e-13, atol=1e-16)


def test_a_complex_step_passes_through_the_largest_score_of_every_row():
    scores, y = np.array([[3.0, 1.0], [-5.0, 2.0]]), np.array([0, 0])
    trace = Trace()
    o = trace.parameter("o", scores)
    trace.loss(SoftmaxCrossEntropy(o, trace.input("y", y)))
    found = ComplexStep().estimate(trace, "o", np.arange(4)).values.reshape(2, 2)
    np.testing.assert_allclose(backpropagate(trace).gradient("o"), found, rtol=1e-13)


def test_a_complex_step_passes_a_rectifier_where_it_is_open_and_only_there():
    x = np.array([-1.5, 2.0]) + 1j * H
    np.testing.assert_array_equal(Relu.forward(x).imag, [0.0, H])
    np.testing.assert_array_equal(Relu.forward(x).real, [0.0, 2.0])
    assert Relu.forward(np.array([1j * H])).imag == 0.0  # shut at 0, as its gradient says


# Single operations -------------------------------------------------------------------------------


def test_a_rectifier_has_slope_zero_at_zero():
    x = np.array([-2.0, -0.0, 0.0, 3.0])
    np.testing.assert_array_equal(Relu.forward(x), [0.0, 0.0, 0.0, 3.0])
    np.testing.assert_array_equal(gradients(Relu, x, dy=7.0)["x"], [0.0, 0.0, 0.0, 7.0])


def test_a_rectifier_keeps_arbitrarily_small_numbers():
    tiny = np.nextafter(0.0, 1.0)
    assert Relu.forward(np.array([tiny]))[0] == tiny
    assert gradients(Relu, np.array([tiny, -tiny]))["x"].tolist() == [1.0, 0.0]


def test_cross_entropy_of_probability_zero_is_infinite_with_a_warning():
    with pytest.warns(RuntimeWarning, match="divide by zero"):
        assert CrossEntropy.forward(np.array([0.0, 1.0]), np.array(0)) == np.inf
    assert CrossEntropy.forward(np.array([0.0, 1.0]), np.array(1)) == 0.0


def test_the_gradient_of_a_cross_entropy_falls_on_the_target_alone():
    p = np.array([[0.25, 0.75], [0.5, 0.5]])
    dp = gradients(CrossEntropy, p, np.array([0, 1]), dy=np.array([3.0, 5.0]))["p"]
    np.testing.assert_array_equal(dp, [[-12.0, 0.0], [0.0, -10.0]])


def test_dropout_switches_off_and_scales_up():
    x, mask, keep = (
        np.array([[1.0, 2.0], [3.0, 4.0]]),
        np.array([[0.0, 1.0], [1.0, 0.0]]),
        np.array(0.25),
    )
    np.testing.assert_array_equal(Dropout.forward(x, mask, keep), [[0.0, 8.0], [12.0, 0.0]])
    np.testing.assert_array_equal(gradients(Dropout, x, mask, keep)["x"], [[0.0, 4.0], [4.0, 0.0]])


def test_dropout_that_keeps_all_changes_nothing():
    x = np.array([1.0, -2.0])
    np.testing.assert_array_equal(Dropout.forward(x, np.ones(2), np.array(1.0)), x)
    Dropout.check(x, np.ones(2), np.array(1.0))


@pytest.mark.parametrize("keep", [0.0, -0.5, 1.0000001, 2.0])
def test_a_share_kept_outside_0_and_1_is_refused(keep):
    with pytest.raises(DomainError) as caught:
        Dropout.check(np.ones(2), np.ones(2), np.array(keep))
    assert str(caught.value) == f"Dropout: `keep` is {keep}: the share of units kept must be in (0, 1]."


def test_the_smallest_share_kept_is_accepted():
    Dropout.check(np.ones(2), np.ones(2), np.array(1e-9))


@pytest.mark.parametrize(("start", "stop"), [(0, 1), (0, 3), (2, 3), (1, 2)])
def test_a_slice_and_its_gradient_have_the_given_bounds(start, stop):
    x = np.array([5.0, 6.0, 7.0])
    np.testing.assert_array_equal(Slice.forward(x, np.array(start), np.array(stop)), x[start:stop])
    expected = np.zeros(3)
    expected[start:stop] = 1.0
    np.testing.assert_array_equal(gradients(Slice, x, np.array(start), np.array(stop))["x"], expected)
    Slice.check(x, np.array(start), np.array(stop))


@pytest.mark.parametrize(("start", "stop"), [(1, 1), (2, 1), (0, 0)])
def test_an_empty_slice_is_refused(start, stop):
    with pytest.raises(DomainError) as caught:
        Slice.check(np.zeros(3), np.array(start), np.array(stop))
    assert (
        str(caught.value) == f"Slice: `start` is {start} and `stop` is {stop}: the slice would be empty."
    )


def test_a_slice_of_a_batch_is_cut_from_every_member():
    x = np.arange(6.0).reshape(2, 3)
    np.testing.assert_array_equal(Slice.forward(x, np.array(1), np.array(3)), [[1.0, 2.0], [4.0, 5.0]])
    dx = gradients(Slice, x, np.array(1), np.array(3), dy=np.array([[1.0, 2.0], [3.0, 4.0]]))["x"]
    np.testing.assert_array_equal(dx, [[0.0, 1.0, 2.0], [0.0, 3.0, 4.0]])


def test_slices_of_a_concatenation_are_its_parts():
    u, v = np.array([1.0, 2.0]), np.array([3.0, 4.0, 5.0])
    y = Concatenate.forward(u, v)
    np.testing.assert_array_equal(Slice.forward(y, np.array(0), np.array(2)), u)
    np.testing.assert_array_equal(Slice.forward(y, np.array(2), np.array(5)), v)


@pytest.mark.parametrize("first", [True, False])
def test_a_vector_that_all_positions_share_is_put_beside_each(first):
    shared, own = np.array([9.0]), np.array([[1.0, 2.0], [3.0, 4.0]])
    pair = (shared, own) if first else (own, shared)
    expected = [[9.0, 1.0, 2.0], [9.0, 3.0, 4.0]] if first else [[1.0, 2.0, 9.0], [3.0, 4.0, 9.0]]
    np.testing.assert_array_equal(Concatenate.forward(*pair), expected)
    dy = np.array([[1.0, 2.0, 3.0], [10.0, 20.0, 30.0]])
    du, dv = gradients(Concatenate, *pair, dy=dy).values()
    np.testing.assert_array_equal(du, [11.0] if first else dy[:, :2])
    np.testing.assert_array_equal(dv, dy[:, 1:] if first else [33.0])


def test_an_interpolation_is_the_new_value_at_zero_and_the_old_one_at_one():
    z, u, v = np.array([0.0, 1.0, 0.25]), np.array([5.0, 5.0, 4.0]), np.array([9.0, 9.0, 8.0])
    np.testing.assert_array_equal(Interpolate.forward(z, u, v), [5.0, 9.0, 5.0])
    found = gradients(Interpolate, z, u, v)
    np.testing.assert_array_equal(found["z"], v - u)
    np.testing.assert_array_equal(found["u"], [1.0, 0.0, 0.75])
    np.testing.assert_array_equal(found["v"], z)


def test_an_embedding_is_the_product_with_a_one_hot_vector():
    U = np.arange(6.0).reshape(2, 3)
    for x in range(3):
        np.testing.assert_array_equal(Embedding.forward(np.array(x), U), U @ np.eye(3)[x])
    np.testing.assert_array_equal(Embedding.forward(np.array([[2, 0]]), U), [[[2.0, 5.0], [0.0, 3.0]]])


def test_the_gradient_of_a_sum_is_a_fresh_array():
    dx = gradients(Sum, np.zeros((2, 3)), dy=np.array([5.0, 7.0]))["x"]
    np.testing.assert_array_equal(dx, [[5.0] * 3, [7.0] * 3])
    dx[0, 0] = 1.0  # it is writable, and its entries share no memory
    assert dx[0, 1] == 5.0


def test_a_slice_of_whole_numbers_has_no_gradient():
    assert Slice.forward(np.array([1, 2, 3]), np.array(1), np.array(2)).tolist() == [2]


def test_the_bias_gradient_of_an_affine_map_sums_over_positions():
    x, W, b = np.ones((5, 4, 2)), np.ones((3, 2)), np.zeros(3)
    found = gradients(Affine, x, W, b)
    np.testing.assert_array_equal(found["b"], np.full(3, 20.0))
    np.testing.assert_array_equal(found["W"], np.full((3, 2), 20.0))
    np.testing.assert_array_equal(found["x"], np.full((5, 4, 2), 3.0))


@pytest.mark.parametrize("op", [Add, Multiply])
def test_two_vectors_are_joined_whichever_of_them_is_shared(op):
    u, v = np.array([2.0, 3.0]), np.array([[5.0, 7.0], [11.0, 13.0]])
    np.testing.assert_array_equal(op.forward(u, v), op.forward(v, u))
    one, other = gradients(op, u, v), gradients(op, v, u)
    np.testing.assert_array_equal(one["u"], other["v"])
    np.testing.assert_array_equal(one["v"], other["u"])
    assert (one["u"].shape, one["v"].shape) == ((2,), (2, 2))


# Class attributes are part of the mathematics ----------------------------------------------------


def test_signatures_shared_inputs_and_domains_are_as_listed():
    expected = {
        "Add": ("(n),(n)->(n)", (), {}),
        "Affine": ("(d),(h,d),(h)->(h)", ("W", "b"), {}),
        "Concatenate": ("(n),(m)->(k)", (), {}),
        "CrossEntropy": ("(K),()->()", (), {"p": Reals(0.05, 1.0), "y": Index("K")}),
        "Dropout": ("(n),(n),()->(n)", ("keep",), {"mask": Choice((0.0, 1.0)), "keep": Reals(0.1, 1.0)}),
        "Embedding": ("(),(h,K)->(h)", ("U",), {"x": Index("K")}),
        "Interpolate": ("(n),(n),(n)->(n)", (), {}),
        "Linear": ("(d),(h,d)->(h)", ("W",), {}),
        "Multiply": ("(n),(n)->(n)", (), {}),
        "Relu": ("(n)->(n)", (), {"x": Reals(avoid=(0.0,))}),
        "Sigmoid": ("(n)->(n)", (), {}),
        "Slice": (
            "(n),(),()->(k)",
            ("start", "stop"),
            {"start": Index("n"), "stop": Index("n", end=True)},
        ),
        "Softmax": ("(K)->(K)", (), {}),
        "SoftmaxCrossEntropy": ("(K),()->()", (), {"y": Index("K")}),
        "Sum": ("(n)->()", (), {}),
        "Tanh": ("(n)->(n)", (), {}),
    }
    stated = {name: (OPS[name].signature, OPS[name].shared, OPS[name].domain) for name in expected}
    assert stated == expected
    assert SoftmaxCrossEntropy.fuses == (Softmax, CrossEntropy)
