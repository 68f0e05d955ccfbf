"""Gradient clipping and learning-rate schedules."""

from __future__ import annotations

import dataclasses
import math
from itertools import pairwise

import hypothesis.extra.numpy as hnp
import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

from teachrnn.errors import DomainError, NameLookupError
from teachrnn.training.clipping import (
    CLIPPINGS,
    ClipByNorm,
    ClipByValue,
    Clipping,
    NoClipping,
    euclidean_norm,
)
from teachrnn.training.schedule import (
    SCHEDULES,
    ConstantRate,
    CosineDecay,
    ExponentialDecay,
    InverseDecay,
    Schedule,
    StepDecay,
)

precisions = pytest.mark.parametrize("dtype", [np.float32, np.float64], ids=["float32", "float64"])
every_clipping = pytest.mark.parametrize("clipping", CLIPPINGS.values(), ids=lambda c: c.name)


def sizes_up_to(largest):
    entries = st.floats(-largest, largest, width=32, allow_subnormal=False)
    return st.sampled_from([np.float32, np.float64]).flatmap(
        lambda dtype: hnp.arrays(dtype, st.integers(1, 8), elements=entries)
    )


def exact_norm(g):
    return math.hypot(*map(float, g))


# Clipping ----------------------------------------------------------------------------------------


@given(g=sizes_up_to(2.0**120))
def test_the_norm_is_right_where_squares_overflow_or_vanish(g):
    assert euclidean_norm(g) == pytest.approx(exact_norm(g), rel=1e-5, abs=0)


@precisions
@pytest.mark.parametrize("exponent", [-30, -16, 0, 16, 30])
def test_the_norm_is_right_at_every_size(dtype, exponent):
    g = np.array([3.0, -4.0]).astype(dtype) * dtype(10.0**exponent)
    assert euclidean_norm(g) == pytest.approx(5.0 * 10.0**exponent, rel=1e-6, abs=0)


def test_the_norm_of_an_empty_gradient_is_0():
    assert euclidean_norm(np.zeros(3)) == euclidean_norm(np.zeros(0)) == 0


@given(g=sizes_up_to(16), limit=st.floats(0.25, 16))
def test_clipping_by_value_limits_every_entry(g, limit):
    clipped = g.copy()
    norms = ClipByValue(limit=limit)(clipped)
    expected = np.minimum(np.maximum(g, g.dtype.type(-limit)), g.dtype.type(limit))
    np.testing.assert_array_equal(clipped, expected)
    assert clipped.dtype == g.dtype
    assert norms == pytest.approx((exact_norm(g), exact_norm(clipped)), rel=1e-5)


@pytest.mark.parametrize("place", range(4))
@pytest.mark.parametrize("sign", [-1, 1])
def test_clipping_by_value_finds_one_entry_barely_above_the_limit(place, sign):
    g = np.zeros(4, np.float32)
    g[place] = sign * np.nextafter(np.float32(5), np.float32(6))
    ClipByValue(limit=5)(g)
    assert abs(g[place]) == 5


@given(g=sizes_up_to(16), limit=st.floats(0.25, 16))
def test_clipping_by_norm_shortens_a_long_gradient_and_keeps_its_direction(g, limit):
    clipped = g.copy()
    norms = ClipByNorm(limit=limit)(clipped)
    long = exact_norm(g)
    np.testing.assert_allclose(clipped, g * min(1, limit / max(long, limit)), rtol=1e-5)
    assert norms == pytest.approx((long, min(long, limit)), rel=1e-5)
    assert exact_norm(clipped) == pytest.approx(norms.after, rel=1e-5)


@every_clipping
@precisions
def test_a_gradient_within_the_limit_keeps_every_bit(clipping, dtype):
    g = np.array([3.0, -0.1], dtype)
    before, after = clipping()(g)
    np.testing.assert_array_equal(g, np.array([3.0, -0.1], dtype))
    assert before == after == pytest.approx(exact_norm(g))


@precisions
def test_without_clipping_the_largest_gradient_stays(dtype):
    g = np.array([30.0, -40.0], dtype)
    assert NoClipping()(g) == (50.0, 50.0)
    np.testing.assert_array_equal(g, [30, -40])


@every_clipping
@precisions
@pytest.mark.parametrize("bad", [math.inf, -math.inf, math.nan])
def test_a_gradient_that_is_not_finite_is_left_alone_and_reported(clipping, dtype, bad):
    g = np.array([100.0, bad, -100.0], dtype)
    norms = clipping()(g)
    np.testing.assert_array_equal(g, np.array([100.0, bad, -100.0], dtype))
    wanted = abs(bad)
    assert all(n == wanted or (math.isnan(n) and math.isnan(wanted)) for n in norms)


@every_clipping
def test_inf_and_nan_together_are_reported_as_nan(clipping):
    assert all(map(math.isnan, clipping()(np.array([math.inf, math.nan, -math.inf]))))


@precisions
@pytest.mark.parametrize("clipping", [ClipByValue, ClipByNorm], ids=lambda c: c.name)
def test_a_large_but_finite_gradient_is_clipped_though_its_squares_overflow(clipping, dtype):
    g = np.array([np.finfo(dtype).max / 1e10, 0], dtype)
    norms = clipping(limit=5)(g)
    np.testing.assert_allclose(g, [5, 0], rtol=1e-6)
    assert math.isfinite(norms.before)
    assert norms.after == pytest.approx(5)


@pytest.mark.parametrize("clipping", [ClipByValue, ClipByNorm], ids=lambda c: c.name)
@pytest.mark.parametrize("limit", [0, -1, math.nan, math.inf])
def test_a_limit_that_is_not_positive_is_refused(clipping, limit):
    with pytest.raises(DomainError, match=f"{clipping.__name__}: `limit` is {limit} but must be"):
        clipping(limit=limit)


@every_clipping
def test_settings_make_the_same_clipping(clipping):
    assert Clipping.find(clipping.name) is clipping
    made = clipping(**dict.fromkeys(clipping.ranges(), 2.5))
    assert clipping(**made.settings()) == made


def test_an_unknown_way_to_clip_is_refused_with_the_names_that_exist():
    with pytest.raises(NameLookupError, match="'size'; there are: none, norm, value"):
        Clipping.find("size")


# Schedules ---------------------------------------------------------------------------------------

EXAMPLES = {
    "constant": ConstantRate(),
    "step": StepDecay(every=100),
    "exponential": ExponentialDecay(every=100),
    "inverse": InverseDecay(every=100),
    "cosine": CosineDecay(updates=1000),
}
every_schedule = pytest.mark.parametrize("name", SCHEDULES)


def test_every_schedule_has_an_example():
    assert set(EXAMPLES) == set(SCHEDULES)


@every_schedule
def test_a_factor_starts_at_1_and_never_rises(name):
    factors = [EXAMPLES[name](t) for t in range(1, 2000)]
    assert factors[0] == 1
    assert all(0 <= b <= a for a, b in pairwise(factors))
    assert name == "constant" or factors[-1] < 0.5


@every_schedule
@given(warmup=st.integers(0, 50), t=st.integers(1, 300))
def test_warm_up_rises_in_a_line_and_then_the_schedule_begins(name, warmup, t):
    warmed = dataclasses.replace(EXAMPLES[name], warmup=warmup)
    expected = t / warmup if t <= warmup else EXAMPLES[name](t - warmup)
    assert warmed(t) == expected


@pytest.mark.parametrize(
    ("schedule", "t", "factor"),
    [
        (StepDecay(every=10, factor=0.1), 10, 1.0),
        (StepDecay(every=10, factor=0.1), 11, 0.1),
        (StepDecay(every=10, factor=0.1), 21, 0.01),
        (ExponentialDecay(every=10, factor=0.01), 6, 0.1),
        (ExponentialDecay(every=10, factor=0.01), 11, 0.01),
        (InverseDecay(every=10), 31, 0.5),
        (InverseDecay(every=10, power=1), 91, 0.1),
        (CosineDecay(updates=100), 51, 0.5),
        (CosineDecay(updates=300), 101, 0.75),
        (CosineDecay(updates=100, least=0.2), 51, 0.6),
        (CosineDecay(updates=100, least=0.2), 101, 0.2),
        (CosineDecay(updates=100, least=0.2), 10**9, 0.2),
    ],
    ids=repr,
)
def test_a_factor_is_that_of_the_formula(schedule, t, factor):
    assert schedule(t) == pytest.approx(factor)


@every_schedule
def test_a_factor_is_a_plain_number(name):
    warmed = dataclasses.replace(EXAMPLES[name], warmup=10)
    assert {type(s(t)) for s in (EXAMPLES[name], warmed) for t in (1, 5, 10, 11, 5000)} == {float}


@every_schedule
@pytest.mark.parametrize("t", [0, -3])
def test_updates_are_counted_from_1(name, t):
    with pytest.raises(DomainError, match=f"`t` is {t}, but updates are counted from 1"):
        EXAMPLES[name](t)


@every_schedule
def test_settings_make_the_same_schedule(name):
    schedule = dataclasses.replace(EXAMPLES[name], warmup=7)
    assert schedule.settings()["warmup"] == 7
    assert Schedule.find(name)(**schedule.settings()) == schedule


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda: StepDecay(every=0), "`every` is 0 but must be a whole number at least 1"),
        (lambda: ExponentialDecay(every=1.5), "`every` is 1.5 but must be a whole number at least 1"),
        (lambda: StepDecay(every=5, factor=1), "`factor` is 1 but must be a number at least 0"),
        (lambda: InverseDecay(every=5, power=0), "`power` is 0 but must be a number above 0"),
        (lambda: CosineDecay(updates=-1), "`updates` is -1 but must be a whole number at least 1"),
        (lambda: ConstantRate(warmup=-1), "`warmup` is -1 but must be a whole number at least 0"),
    ],
)
def test_a_setting_out_of_range_is_refused(wrong, message):
    with pytest.raises(DomainError, match=message):
        wrong()


def test_an_unknown_schedule_is_refused_with_the_names_that_exist():
    with pytest.raises(NameLookupError, match="'linear'; there are: constant, cosine, exponential"):
        Schedule.find("linear")


def test_a_user_defined_schedule_is_found_by_name():
    try:

        @dataclasses.dataclass(frozen=True, kw_only=True)
        class Halved(Schedule):
            name = "halved"

            def decay(self, s):
                return 1.0 if s == 1 else 0.5

        assert Schedule.find("halved")(warmup=2)(4) == 0.5
    finally:
        SCHEDULES.pop("halved", None)
