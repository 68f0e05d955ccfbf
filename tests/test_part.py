"""Parts of every kind are defined, found and made in one way."""

from __future__ import annotations

import json

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

from teachrnn import Cell, CharRNN, LSTMCell
from teachrnn.checking import check_gradient
from teachrnn.data import VOCABULARIES, Batching, Corpus, InOrder, Streams, Vocabulary, WordVocabulary
from teachrnn.errors import DomainError, NameLookupError
from teachrnn.initializers import Initializer, Orthogonal, Xavier
from teachrnn.optimizers import AdaGrad, Adam, Optimizer
from teachrnn.recipes import RECIPES, Recipe
from teachrnn.reference import ComplexStep, Oracle
from teachrnn.sampling import Greedy, Sampler, TopK
from teachrnn.testing.hyper_parameters import made
from teachrnn.training import ClipByNorm, Clipping, Schedule, StepDecay, Training
from teachrnn.widgets.app import App

KINDS = [
    App,
    Batching,
    Cell,
    Clipping,
    Corpus,
    Initializer,
    Optimizer,
    Oracle,
    Sampler,
    Schedule,
    Vocabulary,  # itself the vocabulary of characters, so subclasses inherit a name
]
every_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
TOKENS = np.array([0, 1, 2] * 20)


@pytest.mark.parametrize("kind", KINDS[:-1], ids=lambda kind: kind.__name__)
def test_part_without_a_name_is_refused_with_what_to_read(kind):
    with pytest.raises(
        TypeError, match=f"Mine must define `name`; see help\\(teachrnn.*{kind.__name__}"
    ):
        type("Mine", (kind,), {})


@every_kind
def test_part_that_is_not_registered_can_be_used_as_a_class_alone(kind):
    known = dict(kind.registry)
    parts = dict.fromkeys(kind.required, lambda: None) | {"name": "mine"}
    mine = type("Mine", (kind,), parts, register=False)
    assert kind.registry == known
    assert kind.find(mine) is mine
    with pytest.raises(NameLookupError, match="is named 'mine'; there are: "):
        kind.find("mine")


@every_kind
def test_the_base_and_parts_of_another_kind_are_not_found(kind):
    other = Adam if kind is not Optimizer else Greedy
    for wrong in (other, other(), 3, None, *([kind] if kind is not Vocabulary else [])):
        with pytest.raises(NameLookupError, match=f"no {kind.registry.what} is named .*; there are: "):
            kind.find(wrong)


def test_part_is_made_from_name_class_or_settings_or_returned_as_it_is():
    assert isinstance(Optimizer.make("adam"), Adam)
    assert isinstance(Optimizer.make(Adam), Adam)
    assert Optimizer.make({"name": "adam", "eta": 0.5}).eta == 0.5
    own = Adam()
    assert Optimizer.make(own) is own
    streams = Batching.make({"name": "streams", "batch": 2}, TOKENS, length=3, rng=None, end=None)
    assert (type(streams), streams.batch, streams.length) == (Streams, 2, 3)


@pytest.mark.parametrize(
    ("which", "message"),
    [
        ({"name": "adam", "lr": 1}, "the optimizer 'adam' has no setting 'lr'; it has: eta, beta1"),
        ({"eta": 1}, "do not name the optimizer"),
        ({"name": "adam", "eta": -1}, "Adam: `eta` is -1 but must be a number above 0"),
    ],
)
def test_settings_that_make_no_part_are_refused_by_name(which, message):
    with pytest.raises(DomainError, match=message):
        Optimizer.make(which)


@pytest.mark.parametrize("which", ["step", StepDecay, {"name": "step", "factor": 0.1}])
def test_setting_that_is_needed_and_missing_is_named(which):
    message = "the schedule 'step' cannot be made: missing a required argument: 'every'"
    with pytest.raises(DomainError, match=message):
        Schedule.make(which)


def test_keywords_of_the_caller_cannot_be_overridden_by_settings():
    with pytest.raises(DomainError, match="'in-order' has no setting 'length'; it has: none"):
        Batching.make({"name": "in-order", "length": 4}, TOKENS, length=3)


def test_class_and_instance_are_accepted_wherever_a_name_is():
    def parameters(initializer):
        rng = np.random.default_rng(0)
        return CharRNN(hidden=2, symbols=3, initializer=initializer, rng=rng).parameters.flat

    np.testing.assert_array_equal(parameters("xavier"), parameters(Xavier))
    np.testing.assert_array_equal(parameters("xavier"), parameters(Xavier()))

    model = CharRNN(hidden=2, symbols=3, cell="lstm", rng=np.random.default_rng(0))
    for optimizer, clipping, schedule in [
        ("adagrad", "norm", {"name": "step", "every": 2}),
        (AdaGrad, ClipByNorm, StepDecay(every=2)),
        (AdaGrad(), ClipByNorm(), StepDecay(every=2)),
    ]:
        training = Training(
            model, InOrder(TOKENS, length=3), optimizer, clipping=clipping, schedule=schedule
        )
        kinds = [type(part) for part in (training.optimizer, training.clipping, training.schedule)]
        assert kinds == [AdaGrad, ClipByNorm, StepDecay]

    trace = model.record([0, 1], targets=[1, 2])
    for oracle in ("complex", ComplexStep, ComplexStep()):
        assert check_gradient(trace, oracle=oracle).agrees


def test_recipe_takes_instances_of_parts_and_keeps_their_names():
    by_name = Recipe.find("adam").but(
        cell="lstm",
        initializer={"name": "orthogonal", "forget_bias": 1.0},
        batching={"name": "streams"},
        clipping={"name": "norm"},
        optimizer=Adam(eta=0.01).settings() | {"name": "adam"},
    )
    by_part = Recipe.find(RECIPES["adam"]).but(
        cell=LSTMCell,
        initializer=Orthogonal(forget_bias=1),
        batching=Streams,
        clipping="norm",
        optimizer=Adam(eta=0.01),
    )
    assert by_name == by_part
    with pytest.raises(NameLookupError, match="no optimizer is named Greedy"):
        Recipe.find("adam").but(optimizer=Greedy())


def test_every_hyper_parameter_has_a_range_and_is_refused_outside_it():
    for kind, name, value, needed in [
        (Sampler, "temperature", -1, "at least 0: 0 takes the likeliest symbol"),
        (Initializer, "forget_bias", float("nan"), "a finite number"),
        (Optimizer, "eta", float("inf"), "a number above 0"),
    ]:
        found = [part for part in kind.registry.values() if name in part.ranges()]
        assert found
        for part in found:
            with pytest.raises(
                DomainError, match=f"{part.__name__}: `{name}` is {value} but .*{needed}"
            ):
                part(**{name: value})
    assert TopK(k=np.int64(3)).settings() == {"k": 3, "temperature": 1.0}


RULES = [
    part
    for kind in (Clipping, Initializer, Optimizer, Sampler, Schedule)
    for part in kind.registry.values()
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
@settings(max_examples=10)
@given(data=st.data())
def test_any_rule_can_be_made_again_from_its_settings(rule, data):
    drawn = data.draw(made(rule))
    kept = json.loads(json.dumps(rule.settings_of(drawn)))
    again = next(kind for kind in rule.__mro__ if "registry" in vars(kind)).make(kept)
    assert type(again) is rule
    assert again.settings() == drawn.settings()


def test_vocabularies_are_found_by_the_name_in_files():
    assert {"characters": Vocabulary, "words": WordVocabulary} == VOCABULARIES
    assert Vocabulary.find("words") is WordVocabulary
