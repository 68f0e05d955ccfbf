"""The library's own mistakes are named by their numbers, alone and in pairs; what coincides is a tie."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from teachrnn import CELLS, backpropagate
from teachrnn.diagnosis.catalogue import Catalogue
from teachrnn.diagnosis.instance import Instance
from teachrnn.diagnosis.joined_sweeps import JoinedSweeps
from teachrnn.diagnosis.match import Match
from teachrnn.diagnosis.mistake import ParameterMistake, SweepMistake
from teachrnn.diagnosis.sweeps import Sweeps


@cache
def instances(cell):
    sizes = [
        {"T": 2, "hidden": 3, "symbols": 7, "distinct": True},
        {"T": 4, "hidden": 3, "symbols": 7, "distinct": True},
        {"T": 5, "hidden": 3, "symbols": 4, "batch": 2},
        {"T": 4, "hidden": 2, "symbols": 5, "batch": 3},
    ]
    return [Instance.draw(cell, seed=seed, **size) for seed, size in enumerate(sizes)]


@cache
def catalogue(cell):
    return Catalogue.of(instances(cell)[1].tape)


def gradients_of(mistakes, drawn):
    """What a program with these mistakes gives on every instance; None if one cannot be made there."""
    answers = []
    for instance in drawn:
        edges, seeds, specs = {}, None, {}
        for mistake in mistakes:
            if isinstance(mistake, SweepMistake):
                edges |= mistake.edges
                seeds = mistake.seeds(instance.T) or seeds
            else:
                specs |= dict(mistake.specs)
        sweeps = Sweeps(instance.tape, [edges], seeds=[seeds])
        readings = {name: instance.reading(name, specs.get(name)) for name in instance.tape.uses}
        if sweeps.impossible.any() or None in readings.values():
            return None
        own = {n: r.of(sweeps)[0].reshape(instance.trace[n].shape) for n, r in readings.items()}
        if not all(np.isfinite(d).all() for d in own.values()):
            return None
        answers.append(own)
    return answers


def match(cell, answers):
    return Match(catalogue(cell), instances(cell), answers, 1e-12)


def drawn(cell, count, seed=0):
    every = [*catalogue(cell).sweep, *catalogue(cell).parameter]
    return [every[i] for i in np.random.default_rng(seed).permutation(len(every))[:count]]


@pytest.mark.parametrize("cell", CELLS)
def test_sweeps_without_a_mistake_are_backpropagation(cell):
    for instance in instances(cell):
        sweep = backpropagate(instance.trace)
        for name, d in instance.gradients.items():
            np.testing.assert_allclose(
                d, sweep.gradient(name), rtol=0, atol=1e-14 * instance.units[name]
            )


@pytest.mark.parametrize("cell", CELLS)
def test_every_mistake_is_named_or_tied_by_its_numbers(cell):
    named = 0
    for mistake in drawn(cell, 12):
        answers = gradients_of([mistake], instances(cell))
        if answers is None or match(cell, answers).right:
            continue
        found = match(cell, answers).explanations()
        assert (mistake,) in [e.mistakes for e in found], mistake.title
        named += 1
    assert named >= 6


def test_right_code_is_not_accused():
    answers = [dict(i.gradients) for i in instances("vanilla")]
    assert match("vanilla", answers).right
    answers[2]["W"] = answers[2]["W"] * (1 + 1e-9)
    assert not match("vanilla", answers).right


def titled(cell, words):
    every = [*catalogue(cell).sweep, *catalogue(cell).parameter]
    (found,) = [m for m in every if m.title == words]
    return found


@pytest.mark.parametrize(
    "words",
    [
        "the gradient carried back from r[t] to h[t-1] is left out",
        "the gradient carried back from r[t] to h[t-1] goes through W, not through its transpose",
        "the gradient that goes back from h[t] to a[t] lacks the derivative",
        (
            "the gradient that goes back from h[t] to a[t] has the derivative taken at the result"
            " squashed a second time"
        ),
        "dW holds the term of t = 1 alone, the last that the loop comes to",
        "every gradient is divided by T",
    ],
)
def test_well_known_mistakes_are_named_first(words):
    answers = gradients_of([titled("vanilla", words)], instances("vanilla"))
    assert match("vanilla", answers).explanations()[0].mistakes[0].title == words


def test_two_mistakes_are_named_together():
    first = titled("vanilla", "the gradient that goes back from h[t] to a[t] lacks the derivative")
    second = titled("vanilla", "dW is transposed")
    both = match("vanilla", gradients_of([first, second], instances("vanilla"))).explanations()
    assert {first, second} in [set(e.mistakes) for e in both]


def test_two_mistakes_of_the_sweep_are_named_together():
    first = titled("lstm", "the gradient that goes back from squash[t] to s[t] lacks the derivative")
    second = titled("lstm", "the gradient carried back from r_f[t] to h[t-1] is left out")
    found = match("lstm", gradients_of([first, second], instances("lstm")))
    assert found.explanations() == []
    pairs = found.pairs_of_sweep_mistakes(seconds=600)
    assert {first, second} in [set(e.mistakes) for e in pairs]


def test_two_mistakes_of_which_one_shows_in_several_units_only_are_named_together():
    one_unit = Instance.draw("vanilla", T=3, hidden=1, symbols=4)
    drawn = [one_unit, *instances("vanilla")]
    first = titled("vanilla", "the gradient that goes back from h[t] to a[t] lacks the derivative")
    second = titled(
        "vanilla",
        "the gradient carried back from r[t] to h[t-1] goes through W, not through its transpose",
    )
    found = Match(catalogue("vanilla"), drawn, gradients_of([first, second], drawn), 1e-12)
    assert {first, second} in [set(e.mistakes) for e in found.pairs_of_sweep_mistakes(seconds=600)]


@pytest.mark.parametrize("cell", ["vanilla", "lstm"])
def test_two_mistakes_as_matrices_are_the_sweeps_that_are_made_one_by_one(cell):
    (_, instance, *_), rows = instances(cell), catalogue(cell).sweep
    joined = JoinedSweeps(instance.tape, rows, {})
    first, second = np.nonzero(np.triu(joined.apart, 1))
    some = np.random.default_rng(0).permutation(len(first))[:300]
    found = joined.run(first[some], second[some])
    pairs = [(rows[i], rows[j]) for i, j in zip(first[some], second[some], strict=True)]
    one_by_one = Sweeps(
        instance.tape,
        [{**a.edges, **b.edges} for a, b in pairs],
        seeds=[a.seeds(instance.T) or b.seeds(instance.T) for a, b in pairs],
    )
    kept = np.flatnonzero(~one_by_one.impossible)
    assert 100 < len(kept) == found.count
    for op, _ in instance.tape.steps:
        wanted = one_by_one.arrived(op)[kept].reshape(len(kept), -1)
        np.testing.assert_allclose(found.arrived(op), wanted, rtol=1e-12, atol=1e-12)


def test_mistakes_that_undo_one_another_are_no_explanation():
    drawn = instances("vanilla")
    answers = []
    for instance in drawn:  # dW with h[t] for h[t-1], and without t = 1: W alone is wrong
        sweep, T = backpropagate(instance.trace), instance.T
        d = np.zeros_like(instance.gradients["W"])
        for t in range(2, T + 1):
            da, h = sweep.gradient(f"a[{t}]"), instance.trace[f"h[{t}]"].data
            d += da.reshape(instance.B, -1).T @ h.reshape(instance.B, -1)
        answers.append({**instance.gradients, "W": d})
    assert match("vanilla", answers).explanations() == []


def test_a_search_that_was_given_up_says_so():
    answers = [
        {
            name: d + 0.1 * np.random.default_rng(0).normal(size=d.shape)
            for name, d in i.gradients.items()
        }
        for i in instances("lstm")
    ]
    found = match("lstm", answers)
    assert (found.pairs_of_sweep_mistakes(seconds=0), found.every_pair) == ([], False)


def test_what_no_mistake_gives_is_not_explained():
    rng = np.random.default_rng(0)
    answers = [
        {name: d + rng.normal(size=d.shape) for name, d in i.gradients.items()}
        for i in instances("vanilla")
    ]
    assert match("vanilla", answers).explanations() == []
    assert match("vanilla", answers).pairs_of_sweep_mistakes(seconds=600) == []


def test_parameter_mistakes_say_whose_gradients_are_wrong():
    assert all(m.parameters for m in catalogue("lstm").parameter if isinstance(m, ParameterMistake))
