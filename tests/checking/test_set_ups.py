"""A check is checked: what it cannot see, how often it is wrong, and what would mend it."""

from __future__ import annotations

import json
from functools import partial
from types import SimpleNamespace

import numpy as np
import pytest

from teachrnn import backpropagate
from teachrnn.checking import (
    SET_UPS,
    Allclose,
    CheckSetUp,
    Circumstances,
    InRounding,
    RelativeError,
    could_have_seen,
    mutation_score,
)
from teachrnn.checking.set_ups import try_out
from teachrnn.diagnosis.answer import Answer
from teachrnn.diagnosis.diagnose import catalogue_of
from teachrnn.diagnosis.distinct import distinct_mistakes
from teachrnn.diagnosis.every_mistaken import every_mistaken
from teachrnn.diagnosis.instance import Instance
from teachrnn.diagnosis.mistaken import mistaken_gradients
from teachrnn.errors import DomainError, NameLookupError

NO_CARRY = "the gradient carried back from r[t] to h[t-1] is left out"
NO_TRANSPOSE = "the gradient carried back from r[t] to h[t-1] goes through W, not through its transpose"
SQUASHED_AGAIN = (
    "the gradient that goes back from h[t] to a[t] has the derivative taken at the result squashed a"
    " second time"
)
NO_H0 = "dW lacks the term of t = 1"
CLIPPED = "every entry of the gradients is clipped to [-5, 5]"
EXACT = CheckSetUp(at=(Circumstances(start=0.8),), against="exact", step=None)


def accepted(set_up, *titles, draws=4):
    """The share of draws in which each mistake passes."""
    every = {m.title: m for m in (*catalogue_of("vanilla").sweep, *catalogue_of("vanilla").parameter)}
    return list(try_out(set_up, [every[t] for t in titles], "vanilla", draws=draws).accepted)


@pytest.mark.parametrize("cell", ["vanilla", "gru"])
def test_a_catalogue_at_once_is_one_mistake_after_the_other(cell):
    instance = Instance.draw(cell, T=3, hidden=2, symbols=4, batch=2)
    every = [*catalogue_of(cell).sweep, *catalogue_of(cell).parameter]
    mistakes = [
        m for i, m in enumerate(every) if i % 9 == 0 or m.title == "every gradient is transposed"
    ]
    found = every_mistaken(mistakes, instance)
    for row, mistake in enumerate(mistakes):
        one = mistaken_gradients([mistake], instance)
        for name, d in (instance.gradients if one is None else one).items():
            np.testing.assert_allclose(
                found[name][row], d.ravel(), rtol=1e-9, atol=1e-12 * instance.units[name]
            )


def test_code_without_batches_makes_no_mistakes_with_their_size():
    titles = {m.title for m in distinct_mistakes("vanilla", batches=False)}
    assert "dW is divided by T" in titles
    assert not any("batch size" in title for title in titles)
    assert any("batch size" in m.title for m in distinct_mistakes("vanilla"))


@pytest.mark.parametrize("cell", ["vanilla", "gru"])
def test_our_own_check_sees_every_mistake_that_exists_in_the_numbers(cell):
    report = mutation_score("ours", cell=cell, draws=2)
    assert report.known > 150
    assert (report.score, report.false_alarms, report.unseen) == (1.0, 0, [])


def test_at_one_step_nothing_is_carried_and_at_one_unit_nothing_is_transposed():
    assert accepted(EXACT, NO_CARRY, NO_TRANSPOSE) == [0, 0]
    assert accepted(EXACT.changed(T=1), NO_CARRY, NO_TRANSPOSE) == [1, 1]
    assert accepted(EXACT.changed(m=1), NO_CARRY, NO_TRANSPOSE) == [0, 1]


def test_zeros_at_the_start_hide_the_first_term_of_dW_and_drawing_them_is_what_is_suggested():
    report = mutation_score(EXACT.changed(start=0.0, scale=2.0, T=12), draws=4)
    assert [u.mistake.title for u in report.unseen] == [NO_H0]
    assert report.unseen[0].accepted == 1
    assert [c.words for c in report.changes] == ["draw h0 at random, in place of h0 = 0"]
    assert mutation_score(report.changes[0].set_up, draws=4).score == 1


def test_small_weights_and_the_tolerances_of_gradcheck_hide_the_wrong_derivative():
    small = EXACT.changed(start=0.0, scale=0.01, rule=Allclose(rtol=1e-3, atol=1e-5))
    assert accepted(small, SQUASHED_AGAIN, NO_CARRY) == [1, 0]
    assert accepted(small.changed(scale=0.5, start=0.8), SQUASHED_AGAIN) == [0]


def test_rounding_of_a_difference_hides_what_a_complex_step_sees():
    small = CheckSetUp(
        at=(Circumstances(T=25, scale=0.01, biases=False),), step=1e-4, rule=RelativeError("norm", 1e-5)
    )
    assert accepted(small, SQUASHED_AGAIN) == [1]
    finer = small.changed(against="complex", step=None, rule=RelativeError("norm", 1e-9))
    assert accepted(finer, SQUASHED_AGAIN) == [0]
    noise = try_out(small.changed(rule=RelativeError("norm", 1e-9)), [], "vanilla", draws=4)
    assert noise.false_alarms == 4


def test_one_entry_sees_less_than_all_and_the_first_are_not_the_random_ones():
    all_of_them = EXACT.changed(K=20, parameters=("U",))
    assert accepted(all_of_them, "dU is zero") == [0]
    assert 0 < accepted(all_of_them.changed(entries=1), "dU is zero", draws=20)[0] < 1
    row = all_of_them.changed(T=1, entries=20)  # U has 5 rows and 20 columns, of which one is used
    assert accepted(row.changed(choice="first"), "dU is zero") == [0]
    assert accepted(row, "dU is zero", draws=20)[0] > 0


def test_only_the_parameters_that_are_compared_can_be_seen_to_be_wrong():
    assert accepted(EXACT.changed(parameters=("W",)), "dU is zero", NO_H0) == [1, 0]


def test_biases_can_be_zeros_as_they_are_where_training_begins():
    parameters = (
        Circumstances(biases=False).draw(partial(Instance.draw, "vanilla"), seed=0).model.parameters
    )
    assert {name for name, array in parameters.items() if not array.any()} == {"b", "c"}


def test_what_would_refuse_right_code_is_not_suggested():
    """Clipping would show at large weights; there, this difference is too coarse for this threshold."""
    coarse = CheckSetUp(at=(Circumstances(start=0.8),), step=1e-4, rule=RelativeError("sum", below=1e-5))
    report = mutation_score(coarse, draws=3)
    assert CLIPPED in [u.mistake.title for u in report.unseen]
    assert not [c for c in report.changes if c.words.startswith("check a second time")]
    assert "which would need gradients beyond the limit" in str(report)


def test_a_check_that_refuses_right_code_says_nothing():
    report = mutation_score(EXACT.changed(dtype="float32", rule=InRounding(1e-12)), draws=2, changes=0)
    assert (report.false_alarms, report.seen) == (2, 0)
    assert "It refuses right code in 2 of 2 draws" in str(report)
    json.dumps(report.to_dict(), allow_nan=False)


def test_float32_is_fine_with_its_own_tolerance():
    single = EXACT.changed(dtype="float32", rule=InRounding(1e-4))
    assert accepted(single, NO_CARRY, NO_TRANSPOSE, NO_H0) == [0, 0, 0]


def test_what_is_checked_in_float32_is_what_backpropagation_in_float32_gives():
    drawn, given = [], []

    class Kept(Circumstances):
        def draw(self, *args):
            drawn.append(super().draw(*args))
            return drawn[-1]

    class Noted(InRounding):
        def accepts(self, a, n, unit):
            given.append(a)
            return True

    try_out(CheckSetUp(at=(Kept(T=20),), dtype="float32", rule=Noted()), [], "vanilla", draws=1)
    backpropagated = backpropagate(drawn[0].trace)
    for name, a in zip(drawn[0].gradients, given, strict=True):
        d = backpropagated.gradient(name)
        assert d.dtype == np.float32
        np.testing.assert_array_equal(a, d.ravel())


def test_a_loose_tolerance_is_named_as_what_to_change():
    report = mutation_score(EXACT.changed(rule=Allclose(10.0, 10.0)), draws=2, changes=1)
    assert report.score < 0.2
    assert report.changes[0].words.startswith("divide the tolerance by")


@pytest.mark.parametrize("name", [name for name in SET_UPS if name != "dd2424"])
def test_every_known_check_is_reported_within_80_columns_with_its_source(name):
    report = mutation_score(name, draws=2, changes=1)
    assert 0.5 < report.score <= 1
    assert max(map(len, str(report).splitlines())) <= 80
    assert len(report.set_up.source) > 50
    assert json.loads(json.dumps(report.to_dict(), allow_nan=False))["known"] == report.known


def test_clipping_at_5_shows_where_gradients_are_large():
    report = mutation_score(EXACT.changed(rule=Allclose()), draws=2)
    assert CLIPPED in [u.mistake.title for u in report.unseen]
    assert report.changes[-1].words.startswith("check a second time")
    assert not [u for u in report.unseen if not u.shown_by]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({}, "sees it in each of 6 draws."),
        ({"T": 1}, "does not see it in any of 6 draws."),
        ({"parameters": ("V",)}, "does not see it in any of 6 draws."),
        ({"entries": 1, "parameters": ("U",)}, "of 6 draws: with other numbers it passes."),
        ({"dtype": "float32"}, "refuses right code too, in each of 6 draws: it says nothing."),
    ],
)
def test_a_check_is_made_of_the_very_code_that_is_wrong(change, says):
    no_carry = [m for m in catalogue_of("vanilla").sweep if m.title == NO_CARRY]
    code = SimpleNamespace(
        draw=partial(Instance.draw, "vanilla"),
        answer=lambda instance: Answer(mistaken_gradients(no_carry, instance)),
    )
    set_up = EXACT.changed(**change, name="mine", rule=InRounding())
    assert could_have_seen(set_up, code, draws=6).endswith(says)


@pytest.mark.parametrize(
    ("make", "error", "says"),
    [
        (lambda: mutation_score("cs231"), NameLookupError, "Did you mean cs231n"),
        (lambda: mutation_score("ours", draws=0), DomainError, "at least once"),
        (lambda: EXACT.changed(colour=1), DomainError, "no colour"),
        (lambda: EXACT.changed(T=0), DomainError, "`T` is 0"),
        (lambda: EXACT.changed(scale=-1.0), DomainError, "`scale`"),
        (lambda: EXACT.changed(against="central"), DomainError, "`step` is None"),
        (lambda: EXACT.changed(against="god"), DomainError, "'god'"),
        (lambda: EXACT.changed(dtype="float16"), DomainError, "float16"),
        (lambda: EXACT.changed(entries=0), DomainError, "`entries` is 0"),
        (lambda: EXACT.changed(at=()), DomainError, "`at` is empty"),
        (lambda: RelativeError("median", 1e-5), DomainError, "'median'"),
        (lambda: RelativeError("max", 1e-5, floor=1e-8), DomainError, "'sum' alone"),
    ],
)
def test_a_set_up_that_makes_no_sense_is_refused_in_words(make, error, says):
    with pytest.raises(error, match=says):
        make()
