"""The laws that every sampling strategy obeys, as one pytest test for any one, built in or your own."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import hypothesis.extra.numpy as hnp
import hypothesis.strategies as st
import numpy as np
import pytest
import sympy
from hypothesis import assume, given, settings

from teachrnn.array import Array
from teachrnn.errors import DomainError, ShapeError
from teachrnn.sampling import SAMPLERS, Sampler
from teachrnn.testing.draw import Draw
from teachrnn.testing.hyper_parameters import made
from teachrnn.testing.profiles import ON_ANY_MACHINE

ROUNDING = 1e-12
DIGITS = 40
"""Number of digits with which SymPy evaluates a formula."""

NUDGE = 1e-13
"""Relative change of a setting within which a strategy's result is accepted, because of rounding."""

EDGES = (0.0, 5e-324, 0.5, float(np.nextafter(1, 0)))
"""Numbers at which draws are most likely wrong: the ends of [0, 1), the least above 0, a round one."""


@dataclass(frozen=True)
class SamplerLaw:
    """One law of one strategy, with given settings or with any."""

    sampler: Sampler | type[Sampler]
    law: Callable[[Sampler, Draw], None]

    def __str__(self) -> str:
        strategy = self.sampler.__name__ if isinstance(self.sampler, type) else self.sampler
        return f"{strategy}.{self.law.__name__}"


def sampler_suite(*samplers: Sampler | type[Sampler]) -> Callable[..., None]:
    """Make a pytest test that checks sampling strategies against every law.

    The settings of a class are drawn at random, each from its range, and so are the scores: one symbol
    or many, ties, scores so low that their probability is 0, all of them shifted by a thousand, in
    single and double precision. The laws: the distribution is valid, and is what SymPy computes from
    the formula ``probabilities``; draws follow it exactly, and never pick a symbol with probability 0;
    adding a number to all scores changes nothing; scores are not changed; scores that are not finite or
    not one vector, and numbers not in [0, 1), are refused; the settings make the same strategy again;
    docstrings of built-in strategies cite a source and show an example::

        test_my_sampler = teachrnn.testing.sampler_suite(MySampler, MySampler(strength=1e-9))

    Parameters
    ----------
    *samplers : Sampler or type of Sampler
        The strategies: instances to test with their own settings, or classes to test with any.

    Returns
    -------
    callable
        A test, which pytest finds under the name that you assign it to.

    Examples
    --------
    >>> from teachrnn import TopK
    >>> test_top_k = sampler_suite(TopK, TopK(k=5, temperature=0.7))
    """
    cases = [SamplerLaw(sampler, law) for sampler in samplers for law in LAWS]

    @pytest.mark.parametrize("case", cases, ids=str)
    @settings(**ON_ANY_MACHINE)
    @given(data=st.data())
    def test_law(case: SamplerLaw, data: st.DataObject) -> None:
        drawn = data.draw(made(case.sampler)) if isinstance(case.sampler, type) else case.sampler
        case.law(drawn, data.draw)

    return test_law


@st.composite
def scores(draw: st.DrawFn, *, max_size: int = 12) -> Array:
    """Scores before the softmax, (K,), with ties and extremes."""
    dtype = draw(st.sampled_from([np.float32, np.float64]), label="dtype")
    tied = st.sampled_from([0.0, 1.0, -1.0, -1e9])
    width: Any = 8 * np.dtype(dtype).itemsize
    entry = tied | st.floats(-8, 8, width=width, allow_subnormal=False)
    o = draw(hnp.arrays(dtype, st.integers(1, max_size), elements=entry), label="scores")
    shift = draw(st.sampled_from([0, 1000, -1000]), label="shift")
    return (o + shift).astype(dtype)


def distribution_is_valid(sampler: Sampler, draw: Draw) -> None:
    """The distribution is K numbers in double precision, none negative, whose sum is 1."""
    o = draw(scores())
    p = sampler.distribution(o)
    assert p.dtype == np.float64
    assert p.shape == o.shape
    assert (p >= 0).all()
    assert p.sum() == pytest.approx(1, abs=ROUNDING)


def distribution_equals_the_formula(sampler: Sampler, draw: Draw) -> None:
    """The probabilities are those that SymPy computes from the definition, ``probabilities``."""
    o = draw(scores())
    p, wanted = sampler.distribution(o), _by_formula(sampler, o)
    if not np.allclose(p, wanted, rtol=1e-9, atol=1e-300):
        # A probability may equal a threshold to the last bit; then rounding decides.
        assume(
            all(
                np.allclose(_by_formula(sampler, o, nudge=share), wanted, rtol=1e-9, atol=1e-12)
                for share in (-NUDGE, NUDGE)
            )
        )
    np.testing.assert_allclose(p, wanted, rtol=1e-9, atol=1e-300)


def _by_formula(sampler: Sampler, o: Array, *, nudge: float = 0.0) -> Array:
    """The formula's probabilities, with settings that are not whole numbers larger by a fraction."""
    settings = {
        name: sympy.Float(value, DIGITS) * (1 + nudge) if isinstance(value, float) else value
        for name, value in sampler.settings().items()
    }
    exact = [sympy.Float(float(score), DIGITS) for score in o]
    found = type(sampler).probabilities(sympy, exact, **settings)
    assert len(found) == len(o), "the formula gives one probability for each symbol"
    return np.array([float(p_i) for p_i in found])


def draws_follow_the_distribution(sampler: Sampler, draw: Draw) -> None:
    """Of evenly spaced u, each symbol gets its share, to within one at each end."""
    o = draw(scores())
    n = draw(st.integers(1, 400), label="points")
    p = sampler.distribution(o)
    drawn = [sampler.draw(o, (i + 0.5) / n) for i in range(n)]
    counts = np.bincount(drawn, minlength=len(o))
    assert len(counts) == len(o), "a symbol after the last one was drawn"
    np.testing.assert_allclose(counts, n * p, atol=1 + n * ROUNDING, rtol=0)


def impossible_is_never_drawn(sampler: Sampler, draw: Draw) -> None:
    """Neither at the ends of [0, 1), nor at the boundaries between symbols."""
    o = draw(scores())
    p = sampler.distribution(o)
    cumulative = np.cumsum(p)
    borders = [*cumulative, *np.nextafter(cumulative, 0), *np.nextafter(cumulative, 1)]
    for u in [*EDGES, *(u for u in borders if 0 <= u < 1)]:
        k = sampler.draw(o, u)
        assert type(k) is int, f"a draw must be a Python int, got {type(k)}"
        assert 0 <= k < len(o), f"symbol {k} of {len(o)} was drawn at u={u!r}"
        assert p[k] > 0, f"symbol {k}, which has probability 0, was drawn at u={u!r}"


def draws_rise_with_u(sampler: Sampler, draw: Draw) -> None:
    """The larger u, the later the symbol, even where rounding leaves the sum below 1."""
    tenths = np.zeros(10)  # ten times 0.1, added up, is less than 1
    points = draw(st.lists(st.floats(0, 1, exclude_max=True)), label="points")
    for o in (draw(scores()), tenths):
        drawn = [sampler.draw(o, u) for u in sorted([*EDGES, *points])]
        assert drawn == sorted(drawn)


def shift_changes_nothing(sampler: Sampler, draw: Draw) -> None:
    """Adding a number to all scores changes neither the softmax nor a draw."""
    eighths = st.integers(-64, 64)  # such sums are exact in both precisions
    dtype = draw(st.sampled_from([np.float32, np.float64]), label="dtype")
    o = draw(hnp.arrays(np.int64, st.integers(1, 12), elements=eighths), label="8 o") / 8
    shifted = (o + draw(st.integers(-8000, 8000), label="8 shift") / 8).astype(dtype)
    o = o.astype(dtype)
    p = sampler.distribution(o)
    np.testing.assert_allclose(sampler.distribution(shifted), p, rtol=ROUNDING)
    u = draw(st.floats(0, 1, exclude_max=True), label="u")
    assume((np.abs(np.cumsum(p) - u) > ROUNDING).all())  # at a boundary, rounding decides
    assert sampler.draw(o, u) == sampler.draw(shifted, u)


def scores_are_left_alone(sampler: Sampler, draw: Draw) -> None:
    """Nothing is written into the scores, and the same scores and u give the same symbol again."""
    o = draw(scores())
    before = o.copy()
    o.flags.writeable = False
    u = draw(st.floats(0, 1, exclude_max=True), label="u")
    p, k = sampler.distribution(o), sampler.draw(o, u)
    np.testing.assert_array_equal(sampler.distribution(o), p)
    assert sampler.draw(o, u) == k
    np.testing.assert_array_equal(o, before)


def not_finite_is_refused(sampler: Sampler, draw: Draw) -> None:
    """The error says that the network has diverged, whichever score is not finite."""
    o = draw(scores())
    o[draw(st.integers(0, len(o) - 1), label="place")] = draw(
        st.sampled_from([np.nan, np.inf, -np.inf]), label="bad number"
    )
    with pytest.raises(DomainError, match="diverged"):
        sampler.distribution(o)
    with pytest.raises(DomainError, match="diverged"):
        sampler.draw(o, 0.5)


def wrong_shape_is_refused(sampler: Sampler, draw: Draw) -> None:
    """A batch of scores, a single number, or no number at all is refused."""
    o = draw(scores())
    for wrong in (o[None], o[0], o[:0]):
        with pytest.raises(ShapeError, match="scores"):
            sampler.distribution(wrong)
        with pytest.raises(ShapeError, match="scores"):
            sampler.draw(wrong, 0.5)


def u_outside_is_refused(sampler: Sampler, draw: Draw) -> None:
    """A u outside [0, 1) is refused: 1 would be beyond the last symbol."""
    o = draw(scores())
    for u in (1.0, -0.1, np.nan):
        with pytest.raises(DomainError, match=r"\[0, 1\)"):
            sampler.draw(o, u)


def settings_remake_it(sampler: Sampler, _: Draw) -> None:
    """A strategy can be made again from class and settings, is found by its name, and has defaults."""
    kind = type(sampler)
    assert kind(**sampler.settings()) == sampler
    assert set(kind().settings()) == set(sampler.settings())
    assert SAMPLERS[kind.name] is kind


def docstring_cites_and_shows(sampler: Sampler, _: Draw) -> None:
    """Docstrings of built-in strategies have a reference and an example; others may."""
    if type(sampler).__module__.startswith("teachrnn."):
        for section in ("References", "Examples"):
            assert f"\n{section}\n---" in (inspect.getdoc(type(sampler)) or ""), section


LAWS = [
    distribution_is_valid,
    distribution_equals_the_formula,
    draws_follow_the_distribution,
    impossible_is_never_drawn,
    draws_rise_with_u,
    shift_changes_nothing,
    scores_are_left_alone,
    not_finite_is_refused,
    wrong_shape_is_refused,
    u_outside_is_refused,
    settings_remake_it,
    docstring_cites_and_shows,
]
