"""Optimizers and ways to clip are told apart by what they leave behind, and so are slips in them."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

from teachrnn.diagnosis.instance import Instance
from teachrnn.diagnosis.updates import diagnose_training
from teachrnn.diagnosis.updates.clip import NORM, VALUE, WRONG_CLIPS
from teachrnn.diagnosis.updates.line_fit import LineFit
from teachrnn.diagnosis.updates.match_update import UpdateMatch
from teachrnn.diagnosis.updates.training_answer import TrainingAnswer
from teachrnn.diagnosis.updates.update_lines import GREEK, rules, slips_in
from teachrnn.errors import SubmissionError
from teachrnn.optimizers import OPTIMIZERS

SHAPES = {"W": (3, 3), "b": (3,), "V": (4, 3)}
HYPER = {"eta": 0.13, "beta1": 0.8, "beta2": 0.95, "mu": 0.7, "gamma": 0.85, "epsilon": 1e-8}
HYPER |= {"weight_decay": 0.01, "limit": 2.0}
T = 3


def drawn(rng, scale=1.0):
    return {name: scale * rng.normal(size=shape) for name, shape in SHAPES.items()}


def answers(step, sets=(), clips="", seed=0):
    """What a step leaves behind, from gradients that are small, usual and large."""
    found = []
    for i, scale in enumerate((0.1, 1.0, 20.0)):
        rng = np.random.default_rng(seed + i)
        own, before = drawn(rng, scale), drawn(rng)
        memory = {name: {n: np.abs(a) + 0.5 for n, a in drawn(rng).items()} for name in sets}
        after, kept = step(own, before, memory)
        found.append(TrainingAnswer(own, before, after, memory, kept, HYPER, (), T, clips))
    return found


def of_ours(kind, clip=None):
    """A step with an optimizer of the library."""
    names = [name for name in HYPER if name in kind.__dataclass_fields__]

    def step(own, before, memory):
        optimizer = kind(**{name: HYPER[name] for name in names})
        g = clip.of(own, HYPER["limit"]) if clip else own
        theta, flat = (np.concatenate([a.ravel() for a in one.values()]) for one in (before, g))
        vectors = {n: np.concatenate([a.ravel() for a in m.values()]) for n, m in memory.items()}
        optimizer.restore({"t": np.array(T - 1), **vectors})
        optimizer.update(theta, flat)
        state = optimizer.state_arrays()
        return cut(theta), {n: cut(state[n]) for n in memory}

    return step


def cut(flat):
    ends = np.cumsum([np.prod(shape) for shape in SHAPES.values()])[:-1]
    parts = np.split(flat, ends)
    return {n: part.reshape(shape) for (n, shape), part in zip(SHAPES.items(), parts, strict=True)}


@pytest.mark.parametrize("kind", OPTIMIZERS.values(), ids=lambda kind: kind.name)
@pytest.mark.parametrize("clip", [None, VALUE, NORM], ids=["not clipped", "value", "norm"])
def test_an_optimizer_of_ours_is_right_however_it_clips(kind, clip):
    given = answers(of_ours(kind, clip), kind.state, "somehow" if clip else "")
    (found,) = UpdateMatch(given, kind.name).explanations(1.0)
    assert (found.rule.optimizer, found.mistakes) == (kind.name, ())
    assert not clip or found.clip is clip
    assert UpdateMatch(given).explanations(1.0)[0].mistakes == ()  # without its name, too


@pytest.mark.parametrize("clip", WRONG_CLIPS, ids=lambda clip: clip.name)
def test_a_wrong_way_to_clip_is_named(clip):
    kind = OPTIMIZERS["adagrad"]
    given = answers(of_ours(kind, clip), kind.state, "somehow")
    found = UpdateMatch(given, "adagrad").explanations(1.0)
    assert [m.name for m in found[0].mistakes] == [clip.name]


def slipped(rule, line, wrong):
    """A step with a slip in one line: the formulas themselves are the code."""

    def step(own, before, memory):
        found = {}
        letters = {"g": own, "θ[t-1]": before}
        letters |= {f"{name}[t-1]": memory[name] for name in rule.state}
        for each in rule.lines:
            formula = wrong.formula if each is line else each.right
            names = {n: {k: np.asarray(v) for k, v in one.items()} for n, one in letters.items()}
            value = {k: evaluated(formula, {n: one[k] for n, one in names.items()}) for k in SHAPES}
            name = each.left.partition("[")[0]
            found[name] = {k: np.broadcast_to(v, SHAPES[k]).copy() for k, v in value.items()}
            letters[each.left] = found[name]
        return found.pop("θ"), found

    return step


def evaluated(formula, arrays):
    from teachrnn.diagnosis.formula_value import FormulaValue, LetterValues, value_of

    letters = {n: FormulaValue.of(a.ravel(), 0, shared=False) for n, a in arrays.items()}
    letters |= {
        GREEK[n]: FormulaValue.of(np.array(v), 0, shared=True) for n, v in HYPER.items() if n in GREEK
    }
    letters["t"] = FormulaValue.of(np.array(float(T)), 0, shared=True)
    like = next(iter(arrays.values()))
    data = value_of(formula, LetterValues(letters, {}, {})).data.ravel()
    return np.broadcast_to(data, (like.size,)).reshape(like.shape)


FIRST = {rule.optimizer: rule for rule in reversed(list(rules()))}
LINES = [
    pytest.param(rule, line, id=f"{rule.optimizer}: {line.left}")
    for rule in FIRST.values()
    if rule.optimizer != "adamw"
    for line in rule.lines
]


@pytest.mark.parametrize(("rule", "line"), LINES)
def test_a_slip_in_a_line_of_an_update_is_found_again(rule, line):
    shown = 0
    for wrong in slips_in(rule, line)[::3]:
        with np.errstate(all="ignore"):
            given = answers(slipped(rule, line, wrong), rule.state)
        finite = all(np.isfinite(a.flat(a.after)).all() for a in given)
        hyper = {name: [HYPER[name]] for name in GREEK}
        clean = [a.flat(a.own) for a in given]
        right = LineFit(given, rule, rule.state, clean, hyper, 1.0).of(line, line.right)
        if not finite or right is not None:
            continue  # it does not show in these numbers
        shown += 1
        found = UpdateMatch(given, rule.optimizer).explanations(0.0)
        titles = [m.title for one in found for m in one.mistakes]
        assert found, wrong.words
        named = any(wrong.words in title for title in titles)
        # Else it is something less far-fetched with the same numbers, or another convention.
        assert named or found[0].weight <= (1, wrong.weight), (wrong.words, titles)
    assert shown


def test_parameters_that_are_left_out_are_named():
    def step(own, before, memory):
        return {n: p - (0.13 * own[n] if n != "b" else 0) for n, p in before.items()}, {}

    (found,) = UpdateMatch(answers(step)).explanations(1.0)
    assert [m.title for m in found.mistakes] == ["b is not updated"]


def test_momentum_in_another_convention_is_right():
    def step(own, before, memory):
        v = {n: 0.7 * memory["v"][n] + own[n] for n in own}
        return {n: before[n] - 0.13 * v[n] for n in own}, {"v": v}

    (found,) = UpdateMatch(answers(step, ("v",))).explanations(1.0)
    assert (found.mistakes, found.rule.said) == ((), "the learning rate is outside the velocity")


def test_an_update_of_no_known_kind_is_not_explained():
    def step(own, before, memory):
        return {n: p - 0.13 * np.sin(own[n]) for n, p in before.items()}, {}

    assert UpdateMatch(answers(step)).explanations(0.2) == []


def test_a_size_at_which_a_step_fails_is_not_its_smallest_case():
    def needs_two_units(instance, *, seed, limit):
        if instance.model.hidden == 1:
            raise SubmissionError("np.squeeze took the only unit away")
        p, g = dict(instance.model.parameters), instance.gradients
        return TrainingAnswer(g, p, {n: p[n] + 0.1 * g[n] for n in g}, hyper={"eta": 0.1})

    found = diagnose_training(needs_two_units, draw=partial(Instance.draw, "vanilla"))
    assert found.smallest.sizes == "T = 2, m = 2, K = 3"
    theta = found.smallest.made_of["θ[t-1]"]
    assert theta == float(f"{theta:.2g}")  # short enough to be done by hand
