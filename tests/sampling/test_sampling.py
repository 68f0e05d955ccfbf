"""What is specific to each strategy, to drawing, to writing a passage, and to beam search."""

from dataclasses import dataclass
from itertools import combinations, product
from typing import ClassVar

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from spoilt import AT_SIGHT

from teachrnn import CELLS, CharRNN
from teachrnn.errors import DomainError, NameLookupError, TeachrnnError
from teachrnn.sampling import SAMPLERS, Greedy, Nucleus, Sampler, Temperature, TopK, beam, write
from teachrnn.sampling.cumulative import invert
from teachrnn.testing.sampler_suite import (
    distribution_equals_the_formula,
    distribution_is_valid,
    draws_follow_the_distribution,
    draws_rise_with_u,
    impossible_is_never_drawn,
    not_finite_is_refused,
    scores,
    shift_changes_nothing,
)

LAST_BEFORE_ONE = float(np.nextafter(1, 0))
UNIFORMS = st.floats(0, 1, exclude_max=True)


# Drawing -----------------------------------------------------------------------------------------


def test_if_rounding_leaves_the_sum_below_1_the_last_symbol_is_drawn_not_the_first():
    p = np.full(10, 0.1)
    assert np.cumsum(p)[-1] == LAST_BEFORE_ONE
    assert np.argmax(np.cumsum(p) - LAST_BEFORE_ONE > 0) == 0  # the trap
    assert invert(p, LAST_BEFORE_ONE) == 9


@given(st.integers(1, 200), st.integers(0, 2**32 - 1))
def test_the_largest_u_draws_the_last_symbol_whatever_the_sum(size, seed):
    weights = np.random.default_rng(seed).random(size) + 1e-3
    assert invert(weights, LAST_BEFORE_ONE) == size - 1


def test_u_0_draws_the_first_symbol_with_positive_probability():
    assert invert(np.array([0.0, 0.0, 0.5, 0.5]), 0.0) == 2


def test_a_boundary_belongs_to_the_symbol_after_it():
    assert [invert(np.array([1.0, 0.0, 1.0, 2.0]), u) for u in (0.0, 0.25, 0.5)] == [0, 2, 3]


def test_a_draw_agrees_with_numpy_for_the_same_uniform_number():
    rng = np.random.default_rng(0)
    o = rng.normal(0, 2, 80)
    p = Temperature().distribution(o)
    one, other = np.random.default_rng(1), np.random.default_rng(1)
    for _ in range(500):
        assert Temperature().draw(o, one.random()) == other.choice(80, p=p)


# Strategies --------------------------------------------------------------------------------------


def test_scores_of_a_thousand_do_not_overflow():
    p = Temperature().distribution(np.array([1000.0, 1000.0, -1e9]))
    np.testing.assert_array_equal(p, [0.5, 0.5, 0])


@given(scores())
def test_temperature_is_the_softmax_of_the_scores_over_it(o):
    o = o.astype(float)
    top = o.max()
    for tau in (0.5, 1.0, 3.0):
        expected = np.exp(o / tau - top / tau) / np.exp(o / tau - top / tau).sum()
        np.testing.assert_allclose(
            Temperature(temperature=tau).distribution(o), expected, rtol=1e-9, atol=1e-300
        )


def test_temperature_sharpens_the_distribution_below_1_and_flattens_it_above():
    o = np.array([0.0, 1.0, 2.0])
    tops = [Temperature(temperature=t).distribution(o)[2] for t in (0, 0.5, 1, 2, 1e6)]
    assert tops == sorted(tops, reverse=True)
    assert tops[0] == 1
    assert tops[-1] == pytest.approx(1 / 3, rel=1e-5)


@given(scores(), UNIFORMS)
def test_greedy_equals_temperature_0_top_1_and_the_smallest_nucleus(o, u):
    first_of_the_largest = int(np.argmax(o))
    one_hot = np.eye(len(o))[first_of_the_largest]
    for sampler in (Greedy(), Temperature(temperature=0), TopK(k=1), Nucleus(theta=1e-300)):
        np.testing.assert_array_equal(sampler.distribution(o), one_hot)
        assert sampler.draw(o, u) == first_of_the_largest


@given(scores(), st.sampled_from([0, 0.5, 1, 2]), UNIFORMS)
def test_top_k_and_nucleus_that_keep_everything_equal_temperature(o, tau, u):
    plain = Temperature(temperature=tau)
    for sampler in (
        TopK(k=len(o), temperature=tau),
        TopK(k=10**9, temperature=tau),
        Nucleus(theta=1, temperature=tau),
    ):
        np.testing.assert_allclose(sampler.distribution(o), plain.distribution(o), rtol=1e-14)


def test_nucleus_with_theta_1_keeps_symbols_too_unlikely_to_change_the_sum():
    p = Nucleus(theta=1).distribution(np.array([0.0, -60.0, -80.0]))
    assert (p > 0).all()


@pytest.mark.parametrize(
    ("theta", "kept"),
    [(0.3, 1), (0.4, 1), (0.41, 2), (0.7, 2), (0.71, 3), (0.9, 3), (0.91, 4), (1, 4)],
)
def test_nucleus_keeps_the_fewest_that_reach_theta(theta, kept):
    p = np.array([0.2, 0.4, 0.1, 0.3])
    new = Nucleus(theta=theta).distribution(np.log(p))
    stay = np.argsort(-p)[:kept]
    np.testing.assert_allclose(new[stay], p[stay] / p[stay].sum())
    assert np.count_nonzero(new) == kept


def test_nucleus_keeps_only_as_many_equally_likely_symbols_as_it_needs():
    np.testing.assert_allclose(Nucleus(theta=0.5).distribution(np.zeros(4)), [0.5, 0.5, 0, 0])
    p = Nucleus(theta=0.6).distribution(np.log([0.2, 0.4, 0.2, 0.2]))
    np.testing.assert_allclose(p, [1 / 3, 2 / 3, 0, 0])


@given(scores(max_size=6), st.sampled_from([0.123, 0.5, 0.77, 0.95]))
def test_no_smaller_set_than_the_nucleus_reaches_theta(o, theta):
    p = Temperature().distribution(o)
    kept = np.count_nonzero(Nucleus(theta=theta).distribution(o))
    reach = [
        n
        for n in range(1, len(o) + 1)
        if max(sum(p[list(some)]) for some in combinations(range(len(o)), n)) >= theta - 1e-9
    ]
    assert kept == min(reach)


@given(scores(), st.integers(1, 14))
def test_top_k_keeps_exactly_k_the_likeliest_and_the_first_of_equals(o, k):
    p = Temperature(temperature=1e10).distribution(o)  # so hot that nothing is impossible
    new = TopK(k=k, temperature=1e10).distribution(o)
    ranked = sorted(range(len(o)), key=lambda i: (-o[i], i))[:k]
    assert set(np.flatnonzero(new)) == set(ranked)
    np.testing.assert_allclose(new[ranked], p[ranked] / p[ranked].sum())


def test_temperature_is_applied_before_symbols_are_left_out():
    o = np.log([0.5, 0.3, 0.2])
    hot = Temperature(temperature=2).distribution(o)
    assert 0.5 > 0.45 > hot[0]
    assert np.count_nonzero(Nucleus(theta=0.45).distribution(o)) == 1
    assert np.count_nonzero(Nucleus(theta=0.45, temperature=2).distribution(o)) == 2
    np.testing.assert_allclose(TopK(k=2, temperature=2).distribution(o)[0], hot[0] / (hot[0] + hot[1]))


@pytest.mark.parametrize(
    ("kind", "settings", "said"),
    [
        (Temperature, {"temperature": -1}, "`temperature` is -1"),
        (Temperature, {"temperature": float("nan")}, "`temperature` is nan"),
        (TopK, {"temperature": float("inf")}, "`temperature` is inf"),
        (Nucleus, {"temperature": -0.5}, "`temperature` is -0.5"),
        (TopK, {"k": 0}, "`k` is 0"),
        (TopK, {"k": 2.5}, "`k` is 2.5"),
        (Nucleus, {"theta": 0}, "`theta` is 0"),
        (Nucleus, {"theta": 1.01}, "`theta` is 1.01"),
        (Nucleus, {"theta": float("nan")}, "`theta` is nan"),
    ],
)
def test_an_invalid_setting_is_refused(kind, settings, said):
    with pytest.raises(DomainError, match=said):
        kind(**settings)


@pytest.mark.parametrize("part", ["name", "probabilities"])
def test_an_incomplete_strategy_is_refused_when_it_is_defined(part):
    body = {"name": "half", "probabilities": staticmethod(lambda sp, o: o)}
    del body[part]
    with pytest.raises(TypeError, match=f"Half must define `{part}`"):
        type("Half", (Sampler,), body)
    assert "half" not in SAMPLERS


def test_strategies_are_found_by_name():
    assert Sampler.find("top-k") is TopK
    with pytest.raises(NameLookupError, match=r"'topk'.*greedy, nucleus, temperature, top-k"):
        Sampler.find("topk")


# The laws themselves -----------------------------------------------------------------------------


def softmax(o):
    weights = np.exp(o.astype(float) - o.max())
    return weights / weights.sum()


TRAPS = {
    "not renormalised": (
        distribution_is_valid,
        {"distribution": lambda o: softmax(o) * (softmax(o) > softmax(o).mean())},
    ),
    "maximum not subtracted": (
        distribution_is_valid,
        {"distribution": lambda o: np.exp(o.astype(float)) / np.exp(o.astype(float)).sum()},
    ),
    "single precision": (
        distribution_is_valid,
        {"distribution": lambda o: softmax(o).astype(np.float32)},
    ),
    "another than it says": (
        draws_follow_the_distribution,
        {"draw": lambda p, u: int(np.argmax(p))},
    ),
    "the first where none exceeds": (
        draws_rise_with_u,
        {"draw": lambda p, u: int(np.argmax(np.cumsum(p) > u))},
    ),
    "reach, not exceed": (
        impossible_is_never_drawn,
        {"draw": lambda p, u: int(np.searchsorted(np.cumsum(p), u))},
    ),
    "beyond the end": (
        impossible_is_never_drawn,
        {"draw": lambda p, u: int(np.searchsorted(np.cumsum(p), u, side="right"))},
    ),
    "a symbol that is no int": (
        impossible_is_never_drawn,
        {"draw": lambda p, u: np.int64(invert(p, u))},
    ),
    "the zero of the scores matters": (
        shift_changes_nothing,
        {"distribution": lambda o: softmax(np.abs(o))},
    ),
    "infinity has probability 0": (
        not_finite_is_refused,
        {"distribution": lambda o: np.nan_to_num(softmax(np.nan_to_num(o)))},
    ),
}


def renormalised(p, kept):
    return np.where(kept, p, 0) / p[kept].sum()


def likeliest(o, k):
    """Whether each symbol is among the first k in a stable order."""
    return np.isin(np.arange(len(o)), np.argsort(-o, kind="stable")[:k])


def nucleus(p, o, theta, more=0):
    """A nucleus, or one with ``more`` additional symbols."""
    mass = np.cumsum(p[np.argsort(-o, kind="stable")])
    return renormalised(p, likeliest(o, max(1, int(np.searchsorted(mass, theta - 1e-9)) + 1 + more)))


WRONG_RULES = {
    "times the temperature": (Temperature(temperature=0.5), lambda o: softmax(o * 0.5)),
    "no temperature": (Temperature(temperature=0.5), softmax),
    "a little off": (Temperature(temperature=0.5), lambda o: softmax(o / 0.5001)),
    "equals share temperature 0": (
        Temperature(temperature=0),
        lambda o: renormalised(softmax(o), o == o.max()),
    ),
    "the last of equals": (Greedy(), lambda o: likeliest(o[::-1], 1)[::-1].astype(float)),
    "the second": (Greedy(), lambda o: likeliest(o, 2).astype(float) - likeliest(o, 1) * (len(o) > 1)),
    "all equals of the third": (
        TopK(k=3),
        lambda o: renormalised(softmax(o), o >= o[likeliest(o, 3)].min()),
    ),
    "the last of equals at the edge": (
        TopK(k=3),
        lambda o: renormalised(softmax(o), likeliest(o[::-1], 3)[::-1]),
    ),
    "one too many": (TopK(k=3), lambda o: renormalised(softmax(o), likeliest(o, 4))),
    "k at their old odds": (
        TopK(k=3, temperature=2),
        lambda o: renormalised(softmax(o), likeliest(o, 3)),
    ),
    "a nucleus one short": (Nucleus(theta=0.8), lambda o: nucleus(softmax(o), o, 0.8, more=-1)),
    "a nucleus one over": (Nucleus(theta=0.8), lambda o: nucleus(softmax(o), o, 0.8, more=1)),
    "all that are likely enough": (
        Nucleus(theta=0.8),
        lambda o: renormalised(softmax(o), softmax(o) >= min(0.2, softmax(o).max())),
    ),
    "the nucleus before the temperature": (
        Nucleus(theta=0.8, temperature=2),
        lambda o: renormalised(softmax(o / 2), nucleus(softmax(o), o, 0.8) > 0),
    ),
}


@pytest.mark.parametrize("rule", WRONG_RULES)
def test_a_wrong_but_valid_distribution_breaks_the_law_about_the_formula(rule):
    right, wrong = WRONG_RULES[rule]

    class Wrong(type(right), register=False):
        def distribution(self, scores):
            return wrong(np.asarray(scores, float))

        draw = Sampler.draw

    @settings(max_examples=300, **AT_SIGHT)
    @given(st.data())
    def check(data):
        draws_follow_the_distribution(Wrong(**right.settings()), data.draw)
        distribution_equals_the_formula(Wrong(**right.settings()), data.draw)

    with pytest.raises(AssertionError, match="rtol=1e-09, atol=1e-300"):  # the second law, not the first
        check()


def test_a_probability_that_equals_a_threshold_to_the_last_bit_may_go_either_way():
    @dataclass(frozen=True, kw_only=True)
    class Above(Sampler, register=False):
        """Every symbol that has a tenth at least."""

        name: ClassVar[str] = "above"
        least: float = 0.1

        def distribution(self, scores):
            return renormalised(softmax(scores), softmax(scores) >= self.least)

        @staticmethod
        def probabilities(sp, o, *, least):
            p = Temperature.probabilities(sp, o, temperature=1)
            kept = [p_i if p_i >= least else 0 for p_i in p]
            return [p_i / max(sum(kept), least) for p_i in kept]

    @settings(database=None)
    @given(st.none())
    def check(_):
        distribution_equals_the_formula(Above(), lambda strategy: np.zeros(10))

    with pytest.raises(Unsatisfiable):  # every example is given back: draw another
        check()


@pytest.mark.filterwarnings("ignore:.*encountered:RuntimeWarning")
@pytest.mark.parametrize("trap", TRAPS)
def test_the_laws_find_every_typical_mistake(trap):
    law, wrong = TRAPS[trap]

    @dataclass(frozen=True, kw_only=True)
    class Trapped(Sampler, register=False):
        name: ClassVar[str] = "trapped"
        probabilities = staticmethod(Temperature(temperature=1).probabilities)

        def distribution(self, scores):
            return wrong.get("distribution", softmax)(scores)

        def draw(self, scores, u):
            return wrong.get("draw", invert)(self.distribution(scores), u)

    @settings(max_examples=300, **AT_SIGHT)
    @given(st.data())
    def check(data):
        law(Trapped(), data.draw)

    with pytest.raises((AssertionError, pytest.fail.Exception)):
        check()


# Writing -----------------------------------------------------------------------------------------


class Network:
    """A minimal recurrent network that reads one text or several, and keeps what it has read."""

    def __init__(self, seed, symbols, hidden=3):
        rng = np.random.default_rng(seed)
        self.symbols, self.hidden = symbols, hidden
        self.W, self.U = rng.normal(size=(hidden, hidden)), rng.normal(size=(symbols, hidden))
        self.V = rng.normal(0, 2, (hidden, symbols))
        self.h, self.has_read = np.zeros((1, hidden)), []
        self.buffer = np.empty(symbols)

    def read(self, symbol):
        self.has_read.append(symbol)
        self.h = np.tanh(self.h @ self.W + self.U[symbol])
        self.buffer[:] = (self.h @ self.V)[0]
        return self.buffer

    def read_many(self, tokens, state):
        assert tokens.ndim == 1
        h = np.zeros((len(tokens), self.hidden)) if state is None else state["h"]
        h = np.tanh(h @ self.W + self.U[tokens])
        return h @ self.V, {"h": h}


SAMPLER = Temperature(temperature=0.8)


def text(count, *, seed=0, reader=None, rng=None, prime=(0, 1), **options):
    return write(
        reader or Network(5, 6),
        options.pop("sampler", SAMPLER),
        prime=prime,
        count=count,
        rng=rng or np.random.default_rng(seed),
        **options,
    )


def test_the_same_seed_gives_the_same_text_and_another_seed_another():
    np.testing.assert_array_equal(text(50).tokens, text(50).tokens)
    assert (text(50).tokens != text(50, seed=1).tokens).any()


def test_a_hundred_symbols_and_a_hundred_more_equal_two_hundred():
    reader, rng = Network(5, 6), np.random.default_rng(0)
    first = text(100, reader=reader, rng=rng).tokens
    more = text(100, reader=reader, rng=rng, prime=first[-1:]).tokens
    np.testing.assert_array_equal([*first, *more], text(200).tokens)


def test_every_symbol_except_the_last_is_read_once_in_order():
    reader = Network(5, 6)
    written = text(20, reader=reader, prime=[3, 1, 4]).tokens
    assert reader.has_read == [3, 1, 4, *written[:-1]]
    assert all(type(symbol) is int for symbol in reader.has_read)


def test_writing_nothing_reads_all_of_the_prime_except_its_last_symbol():
    reader = Network(5, 6)
    assert text(0, reader=reader, prime=[3, 1]).tokens.shape == (0,)
    assert reader.has_read == [3]


def test_recording_changes_nothing_and_holds_what_each_symbol_was_drawn_from():
    passage = text(60, record=True)
    np.testing.assert_array_equal(passage.tokens, text(60).tokens)
    reader = Network(5, 6)
    reader.read(0)
    for t, symbol in enumerate([1, *passage.tokens[:-1]]):
        np.testing.assert_array_equal(passage.distribution[t], SAMPLER.distribution(reader.read(symbol)))


def test_entropy_and_surprise_are_those_of_the_distribution_in_nats():
    passage = text(2000, record=True, sampler=Nucleus(theta=0.9))
    p = passage.distribution
    assert (p == 0).any()
    for t in range(20):
        possible = p[t][p[t] > 0]
        assert passage.entropy[t] == pytest.approx(-np.sum(possible * np.log(possible)))
        assert passage.surprise[t] == pytest.approx(-np.log(p[t, passage.tokens[t]]))
    # Drawn from p, the surprise is the entropy on average.
    spread = passage.surprise - passage.entropy
    assert abs(spread.mean()) < 4 * spread.std() / np.sqrt(len(spread))


def test_a_certain_draw_has_zero_entropy_and_surprise_without_a_minus_sign():
    passage = text(3, record=True, sampler=Greedy())
    assert str(passage.entropy) == str(passage.surprise) == "[0. 0. 0.]"


def test_asking_for_what_was_not_recorded_is_an_error_with_advice():
    for question in ("entropy", "surprise"):
        with pytest.raises(TeachrnnError, match=f"{question}.*record=True"):
            getattr(text(3), question)


def test_a_text_ends_with_its_stop_symbol_and_is_the_beginning_of_the_unstopped_one():
    whole = text(200).tokens
    stop = int(whole[30])
    first = int(np.flatnonzero(whole == stop)[0])
    passage = text(200, stop=stop, record=True)
    np.testing.assert_array_equal(passage.tokens, whole[: first + 1])
    assert passage.distribution.shape == (first + 1, 6)
    assert passage.surprise.shape == (first + 1,)


def test_how_many_random_numbers_are_used_does_not_depend_on_the_text():
    rng, other = np.random.default_rng(0), np.random.default_rng(0)
    stop = int(text(1).tokens[0])
    assert len(text(50, rng=rng, stop=stop).tokens) == 1
    other.random(50)
    assert rng.random() == other.random()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"prime": []}, "prime must be a sequence of at least one"),
        ({"prime": 3}, "prime must be a sequence"),
        ({"prime": "ab"}, "prime must be a sequence"),
        ({"prime": list("ab")}, "Vocabulary.encode"),
        ({"prime": [0.5]}, "must hold the numbers of symbols"),
        ({"prime": [0, 6]}, r"symbol 6; the network knows 0\.\.5"),
        ({"prime": [-1, 0]}, "symbol -1"),
        ({"stop": 6}, "stop holds symbol 6"),
        ({"count": -1}, "count is -1"),
    ],
)
def test_an_invalid_request_is_refused(wrong, said):
    request = {"prime": [0], "count": 3, **wrong}
    with pytest.raises(DomainError, match=said):
        text(request.pop("count"), **request)
    with pytest.raises(DomainError, match=said):
        beam(Network(5, 6), width=2, **{"count": 3, "prime": [0], **wrong})


def test_sampling_from_a_network_that_has_diverged_is_refused():
    reader = Network(5, 6)
    reader.V[0, 0] = np.nan
    with pytest.raises(DomainError, match="diverged"):
        text(3, reader=reader)
    with pytest.raises(DomainError, match="diverged"):
        beam(reader, prime=[0], count=3, width=2)


@pytest.mark.parametrize("cell", CELLS)
def test_a_model_writes_from_the_probabilities_that_its_record_shows(cell):
    model = CharRNN(hidden=3, symbols=5, cell=cell, scale=0.8, rng=np.random.default_rng(0))
    passage = text(12, reader=model.reader(), prime=[4, 2], sampler=Temperature(), record=True)
    trace = model.record([4, 2, *passage.tokens[:-1]])
    for t, p in enumerate(passage.distribution, start=2):
        np.testing.assert_allclose(p, Temperature().distribution(trace[f"o[{t}]"].data), rtol=1e-12)


@pytest.mark.parametrize("cell", CELLS)
def test_beam_search_of_width_1_in_a_model_equals_greedy_sampling(cell):
    model = CharRNN(hidden=3, symbols=5, cell=cell, scale=0.8, rng=np.random.default_rng(0))
    written = text(12, reader=model.reader(), prime=[4, 2], sampler=Greedy()).tokens
    [narrow] = beam(model.reader(), prime=[4, 2], count=12, width=1)
    wide = beam(model.reader(), prime=[4, 2], count=12, width=9, stop=1)
    np.testing.assert_array_equal(narrow.tokens, written)
    assert len(wide) == 9


# Beam search -------------------------------------------------------------------------------------


def log_probability(reader, prime, symbols):
    """The log-probability of a text, by reading it."""
    reader.h = np.zeros((1, reader.hidden))
    total = 0.0
    for t, symbol in enumerate([*prime, *symbols[:-1]]):
        p = Temperature().distribution(reader.read(symbol))
        if t >= len(prime) - 1:
            total += np.log(p[symbols[t - len(prime) + 1]])
    return total


def every_text(symbols, count, stop=None):
    """Every text of a length, or shorter if it ends with the stop symbol."""
    for length in range(1, count + 1):
        for some in product(range(symbols), repeat=length):
            if stop not in some[:-1] and (length == count or some[-1] == stop):
                yield some


@given(st.integers(0, 10**6), st.integers(2, 3), st.integers(1, 4), st.booleans())
def test_a_beam_that_keeps_everything_ranks_every_text(seed, K, count, stops):
    reader, prime, stop = Network(seed, K), [0, 1], 1 if stops else None
    found = beam(reader, prime=prime, count=count, width=10**6, stop=stop)
    texts = {some: log_probability(reader, prime, some) for some in every_text(K, count, stop)}
    assert {tuple(t.tokens.tolist()) for t in found} == set(texts)
    for t in found:
        assert t.log_probability == pytest.approx(texts[tuple(t.tokens.tolist())])
    ranked = [t.log_probability for t in found]
    assert ranked == sorted(ranked, reverse=True)
    assert np.exp(ranked).sum() == pytest.approx(1)


@given(st.integers(0, 10**6), st.integers(2, 3), st.integers(1, 4), st.booleans())
def test_a_beam_of_width_k_to_the_n_minus_1_finds_the_likeliest_text(seed, K, count, stops):
    reader, stop = Network(seed, K), 1 if stops else None
    width = K ** (count - 1)
    found = beam(reader, prime=[0], count=count, width=width, stop=stop)
    best = max(log_probability(reader, [0], some) for some in every_text(K, count, stop))
    assert found[0].log_probability == pytest.approx(best)
    assert len(found) <= width


@given(st.integers(0, 10**6), st.integers(1, 8))
def test_a_beam_of_width_1_is_greedy(seed, K):
    [found] = beam(Network(seed, K), prime=[0], count=12, width=1)
    passage = write(
        Network(seed, K), Greedy(), prime=[0], count=12, rng=np.random.default_rng(0), record=True
    )
    np.testing.assert_array_equal(found.tokens, passage.tokens)


@given(st.integers(0, 10**6), st.lists(st.integers(0, 3), min_size=1, max_size=3))
def test_a_beam_starts_from_the_state_that_it_is_given(seed, prime):
    h = np.random.default_rng(seed).normal(size=3)
    reader = Network(seed, 4)
    reader.h = h[None]
    written = text(12, reader=reader, prime=prime, sampler=Greedy()).tokens
    [found] = beam(Network(seed, 4), prime=prime, count=12, width=1, state={"h": h})
    np.testing.assert_array_equal(found.tokens, written)
    ranked = beam(Network(seed, 4), prime=prime, count=2, width=16, state={"h": h})
    assert np.exp([t.log_probability for t in ranked]).sum() == pytest.approx(1)


def test_a_beam_keeps_the_first_of_equally_likely_texts():
    class Ties:
        symbols = 300

        def read_many(self, tokens, state):
            return np.tile(np.arange(300.0) % 3, (len(tokens), 1)), {}

    found = beam(Ties(), prime=[0], count=2, width=3)
    assert [t.tokens.tolist() for t in found] == [[2, 2], [2, 5], [2, 8]]


def test_a_wider_beam_finds_what_greedy_misses():
    found = [beam(Network(s, 4), prime=[0], count=5, width=w)[0] for s in range(20) for w in (1, 8)]
    gains = [
        wide.log_probability - narrow.log_probability
        for narrow, wide in zip(found[::2], found[1::2], strict=True)
    ]
    assert max(gains) > 0.1


def test_a_beam_does_not_extend_a_text_that_has_ended():
    reader = Network(3, 4)
    for t in beam(reader, prime=[0], count=6, width=8, stop=2):
        assert 2 not in t.tokens[:-1]
        assert len(t.tokens) == 6 or t.tokens[-1] == 2
        assert t.log_probability == pytest.approx(log_probability(reader, [0], t.tokens))


def test_a_beam_stops_when_every_text_has_ended():
    class Ends:
        symbols, reads = 2, 0

        def read_many(self, tokens, state):
            self.reads += 1
            return np.tile([0.0, 800.0], (len(tokens), 1)), {}

    reader = Ends()
    [found] = beam(reader, prime=[0], count=100, width=1, stop=1)
    assert (found.tokens.tolist(), found.log_probability, reader.reads) == ([1], 0.0, 1)


def test_a_beam_of_length_0_gives_the_empty_text():
    [found] = beam(Network(3, 4), prime=[0], count=0, width=3)
    assert found.tokens.shape == (0,)
    assert found.log_probability == 0


def test_a_beam_without_width_is_refused():
    with pytest.raises(DomainError, match="width is 0"):
        beam(Network(3, 4), prime=[0], count=3, width=0)
