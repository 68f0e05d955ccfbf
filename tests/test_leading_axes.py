"""Sums over leading axes, and the related look-ups, compared with explicit loops."""

from __future__ import annotations

import hypothesis.extra.numpy as hnp
import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

from teachrnn.leading_axes import minus_one_hot, one_hot, outer_sum, pick, sum_leading

leading_axes = st.lists(st.integers(1, 3), max_size=3).map(tuple)
entries = st.integers(-9, 9).map(float)  # sums of whole numbers are exact in any order


def arrays(shape):
    return hnp.arrays(np.float64, shape, elements=entries)


# sum_leading -------------------------------------------------------------------------------------


@given(data=st.data(), extra=leading_axes, core=st.lists(st.integers(1, 3), max_size=2).map(tuple))
def test_missing_axes_are_summed_over(data, extra, core):
    d = data.draw(arrays(extra + core))
    expected = np.zeros(core)
    for place in np.ndindex(extra):
        expected = expected + d[place]
    found = sum_leading(d, like=np.zeros(core))
    assert found.shape == core
    np.testing.assert_array_equal(found, expected)


def test_nothing_is_summed_if_no_axis_is_missing():
    d = np.arange(6.0).reshape(2, 3)
    assert sum_leading(d, like=np.zeros((5, 7))) is d  # only their number counts


def test_the_leading_axes_are_the_first_ones():
    d = np.arange(6.0).reshape(2, 3)
    np.testing.assert_array_equal(sum_leading(d, like=np.zeros(3)), [3.0, 5.0, 7.0])
    np.testing.assert_array_equal(sum_leading(d, like=np.array(0.0)), 15.0)


# outer_sum ---------------------------------------------------------------------------------------


@given(data=st.data(), leading=leading_axes, h=st.integers(1, 3), d=st.integers(1, 3))
def test_outer_products_are_summed_over_all_positions(data, leading, h, d):
    dy, x = data.draw(arrays((*leading, h))), data.draw(arrays((*leading, d)))
    expected = np.zeros((h, d))
    for place in np.ndindex(leading):
        expected += np.outer(dy[place], x[place])
    found = outer_sum(dy, x)
    assert found.shape == (h, d)
    np.testing.assert_array_equal(found, expected)


@given(data=st.data(), leading=leading_axes)
def test_outer_sum_with_an_input_shared_by_all_positions_uses_the_sum_of_their_gradients(data, leading):
    dy, x = data.draw(arrays((*leading, 2))), data.draw(arrays((3,)))
    expected = np.outer(dy.reshape(-1, 2).sum(axis=0), x)
    np.testing.assert_array_equal(outer_sum(dy, x), expected)


def test_neither_factor_of_an_outer_sum_is_written_to():
    dy, x = np.ones((2, 3)), np.ones((2, 4))
    dy.flags.writeable = x.flags.writeable = False
    assert outer_sum(dy, x).flags.writeable


def test_a_batch_of_one_is_a_batch():
    np.testing.assert_array_equal(outer_sum(np.array([[2.0, 3.0]]), np.array([[5.0]])), [[10.0], [15.0]])


# one_hot -----------------------------------------------------------------------------------------


@given(data=st.data(), leading=leading_axes, size=st.integers(1, 5))
def test_a_one_hot_vector_is_one_at_its_index_and_zero_elsewhere(data, leading, size):
    index = data.draw(hnp.arrays(np.int64, leading, elements=st.integers(0, size - 1)))
    vectors = one_hot(index, size)
    assert vectors.shape == (*leading, size)
    assert vectors.dtype == np.float64
    for place in np.ndindex(leading):
        expected = [float(k == index[place]) for k in range(size)]
        assert vectors[place].tolist() == expected


def test_a_plain_number_has_a_one_hot_vector_too():
    assert one_hot(1, 3).tolist() == [0.0, 1.0, 0.0]


# minus_one_hot -----------------------------------------------------------------------------------


@given(data=st.data(), leading=leading_axes, n=st.integers(1, 4))
def test_one_is_taken_from_the_entry_at_the_index_and_nothing_from_the_others(data, leading, n):
    x = data.draw(arrays((*leading, n)))
    index = data.draw(hnp.arrays(np.int64, leading, elements=st.integers(0, n - 1)))
    less = minus_one_hot(x, index)
    assert less.shape == x.shape
    for place in np.ndindex(leading):
        expected = [x[place][k] - (k == index[place]) for k in range(n)]
        assert less[place].tolist() == expected


def test_one_index_may_serve_all_positions_and_one_vector_all_indices():
    x = np.arange(6.0).reshape(2, 3)
    np.testing.assert_array_equal(minus_one_hot(x, np.array(1)), [[0.0, 0.0, 2.0], [3.0, 3.0, 5.0]])
    np.testing.assert_array_equal(
        minus_one_hot(x[0], np.array([0, 2])), [[-1.0, 1.0, 2.0], [0.0, 1.0, 1.0]]
    )


def test_minus_one_hot_does_not_change_its_argument():
    x = np.ones(3)
    x.flags.writeable = False
    assert minus_one_hot(x, np.array(1)).tolist() == [1.0, 0.0, 1.0]
    assert x.tolist() == [1.0, 1.0, 1.0]


# pick --------------------------------------------------------------------------------------------


@given(data=st.data(), leading=leading_axes, n=st.integers(1, 4))
def test_every_position_picks_from_its_own_vector(data, leading, n):
    x = data.draw(arrays((*leading, n)))
    index = data.draw(hnp.arrays(np.int64, leading, elements=st.integers(0, n - 1)))
    picked = pick(x, index)
    assert picked.shape == leading
    for place in np.ndindex(leading):
        assert picked[place] == x[place][index[place]]


@given(data=st.data(), leading=leading_axes)
def test_positions_may_pick_from_one_vector_and_one_index_may_serve_all(data, leading):
    x = data.draw(arrays((4,)))
    index = data.draw(hnp.arrays(np.int64, leading, elements=st.integers(0, 3)))
    picked = pick(x, index)
    assert picked.shape == leading
    assert all(picked[place] == x[index[place]] for place in np.ndindex(leading))
    many = data.draw(arrays((*leading, 4)))
    np.testing.assert_array_equal(pick(many, np.array(2)), many[..., 2])


def test_pick_returns_an_array_even_for_one_number():
    picked = pick(np.array([5.0, 6.0]), np.array(1))
    assert isinstance(picked, np.ndarray)
    assert (picked.shape, picked.item()) == ((), 6.0)


@pytest.mark.parametrize(
    "function", [lambda x: pick(x, np.array([1, 0])), lambda x: pick(x, np.array(1))]
)
def test_complex_numbers_are_supported(function):
    assert function(np.array([[1.0, 2.0 + 1j], [3.0 + 2j, 4.0]])).dtype == complex


def test_outer_sum_takes_axes_of_size_0():
    assert outer_sum(np.ones((4, 2)), np.ones((4, 0))).shape == (2, 0)
    np.testing.assert_array_equal(outer_sum(np.ones((0, 2)), np.ones((0, 3))), np.zeros((2, 3)))
