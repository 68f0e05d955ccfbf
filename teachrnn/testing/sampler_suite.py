"""The laws that every sampling strategy obeys, as one pytest test for any of them, built in or not."""

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
"""How precisely SymPy evaluates a formula."""

NUDGE = 1e-13
"""Share by which a setting may be off before a strategy that follows it to the last bit is to blame."""

EDGES = (0.0, 5e-324, 0.5, float(np.nextafter(1, 0)))
"""Numbers at which a draw goes wrong first: both ends of [0, 1), the least above 0, a round one."""


@dataclass(frozen=True)
class SamplerLaw:
    """One law of one strategy: with settings of its own, or with any."""

    sampler: Sampler | type[Sampler]
    law: Callable[[Sampler, Draw], None]

    def __str__(self) -> str:
        strategy = self.sampler.__name__ if isinstance(self.sampler, type) else self.sampler
        return f"{strategy}.{self.law.__name__}"


def sampler_suite(*samplers: Sampler | type[Sampler]) -> Callable[..., None]:
    """Make a pytest test that holds sampling strategies to every law.

    Of a class, the settings are drawn, each from its range. Drawn are also the scores: one symbol
    or many, ties, numbers so low that their probability is 0, all of them shifted by a thousand, in
    single and double precision. The laws: the distribution is one, and is what SymPy makes of the
    formula ``probabilities``; a draw inverts it exactly, and never picks what has probability 0;
    adding a number to all scores changes nothing; scores are left alone; what is not finite, not one
    vector, or not in [0, 1) is refused; the settings remake the strategy; our docstrings cite and show::

        test_my_sampler = teachrnn.testing.sampler_suite(MySampler, MySampler(strength=1e-9))

    Parameters
    ----------
    *samplers : Sampler or type of Sampler
        The strategies: with settings of their own, or with any.

    Returns
    -------
    callable
        A test, for pytest to find under the name that it is given.

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
    """What a network might give before its softmax, (K,), with ties and with extremes."""
    dtype = draw(st.sampled_from([np.float32, np.float64]), label="dtype")
    tied = st.sampled_from([0.0, 1.0, -1.0, -1e9])
    width: Any = 8 * np.dtype(dtype).itemsize
    entry = tied | st.floats(-8, 8, width=width, allow_subnormal=False)
    o = draw(hnp.arrays(dtype, st.integers(1, max_size), elements=entry), label="scores")
    shift = draw(st.sampled_from([0, 1000, -1000]), label="shift")
    return (o + shift).astype(dtype)


def distribution_is_one(sampler: Sampler, draw: Draw) -> None:
    """K numbers in double precision, none negative, whose sum is 1."""
    o = draw(scores())
    p = sampler.distribution(o)
    assert p.dtype == np.float64
    assert p.shape == o.shape
    assert (p >= 0).all()
    assert p.sum() == pytest.approx(1, abs=ROUNDING)


def distribution_is_that_of_the_formula(sampler: Sampler, draw: Draw) -> None:
    """The probabilities are those that SymPy gets from the definition, ``probabilities``."""
    o = draw(scores())
    p, wanted = sampler.distribution(o), _by_formula(sampler, o)
    if not np.allclose(p, wanted, rtol=1e-9, atol=1e-300):
        # A threshold among the settings may be met to the last bit: there, rounding decides.
        assume(
            all(
                np.allclose(_by_formula(sampler, o, nudge=share), wanted, rtol=1e-9, atol=1e-12)
                for share in (-NUDGE, NUDGE)
            )
        )
    np.testing.assert_allclose(p, wanted, rtol=1e-9, atol=1e-300)


def _by_formula(sampler: Sampler, o: Array, *, nudge: float = 0.0) -> Array:
    """The formula's probabilities; the settings that are no whole numbers are larger by a share."""
    settings = {
        name: sympy.Float(value, DIGITS) * (1 + nudge) if isinstance(value, float) else value
        for name, value in sampler.settings().items()
    }
    exact = [sympy.Float(float(score), DIGITS) for score in o]
    found = type(sampler).probabilities(sympy, exact, **settings)
    assert len(found) == len(o), "the formula gives one probability for each symbol"
    return np.array([float(p_i) for p_i in found])


def draws_follow_the_distribution(sampler: Sampler, draw: Draw) -> None:
    """Of evenly spaced u, each symbol gets its share, to within the one at either end."""
    o = draw(scores())
    n = draw(st.integers(1, 400), label="points")
    p = sampler.distribution(o)
    drawn = [sampler.draw(o, (i + 0.5) / n) for i in range(n)]
    counts = np.bincount(drawn, minlength=len(o))
    assert len(counts) == len(o), "a symbol beyond the last was drawn"
    np.testing.assert_allclose(counts, n * p, atol=1 + n * ROUNDING, rtol=0)


def impossible_is_never_drawn(sampler: Sampler, draw: Draw) -> None:
    """Not at the ends of [0, 1), nor where one symbol's stretch gives way to the next."""
    o = draw(scores())
    p = sampler.distribution(o)
    cumulative = np.cumsum(p)
    borders = [*cumulative, *np.nextafter(cumulative, 0), *np.nextafter(cumulative, 1)]
    for u in [*EDGES, *(u for u in borders if 0 <= u < 1)]:
        k = sampler.draw(o, u)
        assert type(k) is int, f"a draw is a Python int, got {type(k)}"
        assert 0 <= k < len(o), f"symbol {k} of {len(o)} was drawn at u={u!r}"
        assert p[k] > 0, f"symbol {k}, which has probability 0, was drawn at u={u!r}"


def draws_rise_with_u(sampler: Sampler, draw: Draw) -> None:
    """The greater u, the later the symbol; also where rounding leaves the sum below 1."""
    tenths = np.zeros(10)  # ten times 0.1, added up, is less than 1
    points = draw(st.lists(st.floats(0, 1, exclude_max=True)), label="points")
    for o in (draw(scores()), tenths):
        drawn = [sampler.draw(o, u) for u in sorted([*EDGES, *points])]
        assert drawn == sorted(drawn)


def shift_changes_nothing(sampler: Sampler, draw: Draw) -> None:
    """Softmax does not know where the scores' zero lies, and neither does a draw."""
    eighths = st.integers(-64, 64)  # such sums are exact in both precisions
    dtype = draw(st.sampled_from([np.float32, np.float64]), label="dtype")
    o = draw(hnp.arrays(np.int64, st.integers(1, 12), elements=eighths), label="8 o") / 8
    shifted = (o + draw(st.integers(-8000, 8000), label="8 shift") / 8).astype(dtype)
    o = o.astype(dtype)
    p = sampler.distribution(o)
    np.testing.assert_allclose(sampler.distribution(shifted), p, rtol=ROUNDING)
    u = draw(st.floats(0, 1, exclude_max=True), label="u")
    assume((np.abs(np.cumsum(p) - u) > ROUNDING).all())  # at a border, rounding decides
    assert sampler.draw(o, u) == sampler.draw(shifted, u)


def scores_are_left_alone(sampler: Sampler, draw: Draw) -> None:
    """Nothing is written into the scores, and the same scores and u give the same again."""
    o = draw(scores())
    before = o.copy()
    o.flags.writeable = False
    u = draw(st.floats(0, 1, exclude_max=True), label="u")
    p, k = sampler.distribution(o), sampler.draw(o, u)
    np.testing.assert_array_equal(sampler.distribution(o), p)
    assert sampler.draw(o, u) == k
    np.testing.assert_array_equal(o, before)


def not_finite_is_refused(sampler: Sampler, draw: Draw) -> None:
    """A network that has diverged is said to have diverged, whichever score shows it."""
    o = draw(scores())
    o[draw(st.integers(0, len(o) - 1), label="place")] = draw(
        st.sampled_from([np.nan, np.inf, -np.inf]), label="bad number"
    )
    with pytest.raises(DomainError, match="diverged"):
        sampler.distribution(o)
    with pytest.raises(DomainError, match="diverged"):
        sampler.draw(o, 0.5)


def wrong_shape_is_refused(sampler: Sampler, draw: Draw) -> None:
    """A batch of scores, a single number, or none at all is not one vector."""
    o = draw(scores())
    for wrong in (o[None], o[0], o[:0]):
        with pytest.raises(ShapeError, match="scores"):
            sampler.distribution(wrong)
        with pytest.raises(ShapeError, match="scores"):
            sampler.draw(wrong, 0.5)


def u_outside_is_refused(sampler: Sampler, draw: Draw) -> None:
    """1 would lie beyond the last symbol."""
    o = draw(scores())
    for u in (1.0, -0.1, np.nan):
        with pytest.raises(DomainError, match=r"\[0, 1\)"):
            sampler.draw(o, u)


def settings_remake_it(sampler: Sampler, _: Draw) -> None:
    """A strategy is its class and its settings, is known by its name, and has defaults."""
    kind = type(sampler)
    assert kind(**sampler.settings()) == sampler
    assert set(kind().settings()) == set(sampler.settings())
    assert SAMPLERS[kind.name] is kind


def docstring_cites_and_shows(sampler: Sampler, _: Draw) -> None:
    """Our own say what to read and hold an example; yours may."""
    if type(sampler).__module__.startswith("teachrnn."):
        for section in ("References", "Examples"):
            assert f"\n{section}\n---" in (inspect.getdoc(type(sampler)) or ""), section


LAWS = [
    distribution_is_one,
    distribution_is_that_of_the_formula,
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
