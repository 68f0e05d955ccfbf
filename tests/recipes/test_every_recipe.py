"""Every recipe in the registry: runs are reproducible, and can be saved and resumed at any time."""

from __future__ import annotations

import json
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from teachrnn.cli import app
from teachrnn.errors import DomainError, NameLookupError
from teachrnn.files import pack
from teachrnn.recipes import RECIPES, Recipe, all_measured
from teachrnn.runs import Run, Source, TrainedModel

UPDATES = 60
every_recipe = pytest.mark.parametrize("name", sorted(RECIPES))


@pytest.fixture(scope="module")
def text(tmp_path_factory):
    """A small file of lines: short texts of a few words, so that no recipe has nothing to learn."""
    rng = np.random.default_rng(0)
    words = ["the", "a", "cat", "dog", "sat", "ran", "on", "mat", "and", "then"]
    lines = [" ".join(rng.choice(words, rng.integers(1, 9))) for _ in range(120)]
    path = tmp_path_factory.mktemp("text") / "lines.txt"
    path.write_text("\n".join(lines))
    return str(path)


def a_run(name, text, *, seed=3):
    """A small run of a recipe: everything is as in the recipe, except the sizes."""
    recipe = RECIPES[name].but(hidden=6, updates=UPDATES, validate_every=7)
    return Run(recipe, Source.load(text, recipe), seed=seed)


def without_time(steps):
    return [step._replace(seconds=0.0) for step in steps]


def assert_same_run(a, b):
    """Assert that two runs have the same state, bit for bit, so whatever follows is the same."""
    (ours, our_arrays), (theirs, their_arrays) = (pack(run.training.state()) for run in (a, b))
    assert ours == theirs
    assert our_arrays.keys() == their_arrays.keys()
    for key, array in our_arrays.items():
        assert array.dtype == their_arrays[key].dtype
        assert array.tobytes() == their_arrays[key].tobytes(), key


@every_recipe
def test_same_recipe_text_and_seed_give_the_same_run_and_another_seed_another(name, text):
    a, b, other = a_run(name, text), a_run(name, text), a_run(name, text, seed=4)
    assert without_time(a.steps()) == without_time(b.steps())
    assert_same_run(a, b)
    assert a.sample(50) == b.sample(50)
    assert next(other.steps()).loss != next(a_run(name, text).steps()).loss


@every_recipe
def test_run_that_is_saved_and_resumed_at_any_moment_ends_like_an_uninterrupted_one(
    name, text, tmp_path
):
    whole = a_run(name, text)
    expected = without_time(whole.steps())

    @settings(max_examples=max(3, settings().max_examples // 4))
    @given(moments=st.lists(st.integers(0, UPDATES), min_size=1, max_size=3).map(sorted))
    def holds(moments):
        run, found = a_run(name, text), []
        for moment in moments:
            found += without_time(islice(run.steps(), moment - run.training.iteration))
            saved = run.save(tmp_path / "checkpoint.npz")
            run.sample(5)  # neither going on with it nor a sample leaves a mark
            next(run.training)
            run = Run.load(saved)
            assert run.training.iteration == moment
        found += without_time(run.steps())
        assert found == expected
        assert_same_run(run, whole)
        assert run.sample(20) == whole.sample(20)

    holds()


@every_recipe
def test_trained_model_is_read_back_without_the_text(name, text, tmp_path):
    run = a_run(name, text)
    list(run.steps())
    saved = run.save(tmp_path / "checkpoint.npz")
    training = run.training
    for which, theta in (
        ("last", training.model.parameters.flat),
        ("smooth", training.best_smooth.theta),
        ("validation", training.best_validation.theta),
    ):
        trained = TrainedModel.load(saved, which)
        assert trained.model.parameters.flat.tobytes() == theta.tobytes()
        assert trained.model.settings() == training.model.settings()
        assert trained.vocabulary.symbols == run.vocabulary.symbols
    assert len(trained.sample(30, rng=np.random.default_rng(0))) > 0


@every_recipe
def test_every_recipe_learns(name, text):
    steps = list(a_run(name, text).steps())
    first, last = (np.mean([s.nats_per_symbol for s in part]) for part in (steps[:10], steps[-10:]))
    assert last < first


@every_recipe
def test_recipe_survives_json_and_is_found_by_name(name):
    recipe = Recipe.find(name)
    assert recipe.name == name
    assert recipe.title
    assert recipe.source
    assert Recipe(**json.loads(json.dumps(recipe.settings()))) == recipe


def test_unknown_recipe_and_unknown_setting_are_named():
    with pytest.raises(NameLookupError, match=r"no recipe is named 'sgd'; there are: adagrad, adam, "):
        Recipe.find("sgd")
    with pytest.raises(NameLookupError, match=r"a recipe has no setting 'lr'; it has: name, title"):
        Recipe.find("adam").but(lr=1)
    tokens = np.arange(40) % 3
    with pytest.raises(DomainError, match=r"the optimizer 'adam' has no setting 'lr'; it has: eta, "):
        Recipe.find("adam").but(optimizer={"name": "adam", "lr": 1}).training(tokens, symbols=3)
    with pytest.raises(DomainError, match=r"do not name the way to clip: 'name'"):
        Recipe.find("adam").but(clipping={"limit": 5}).training(tokens, symbols=3)


def test_every_setting_of_a_recipe_takes_effect():
    recipe = Recipe.find("adagrad").but(
        hidden=7,
        layers=2,
        cell="lstm",
        dtype="float64",
        optimizer={"name": "adam", "eta": 0.25, "beta1": 0.5},
        clipping={"name": "norm", "limit": 2.0},
        schedule={"name": "step", "every": 9},
        batching={"name": "streams", "batch": 3},
        length=4,
        reduction="mean",
        validate_every=11,
    )
    training = recipe.training(np.arange(40) % 3, symbols=3, validation=np.arange(9) % 3)
    assert training.model.settings() == {
        "hidden": 7, "symbols": 3, "cell": "lstm", "layers": 2, "inputs": 3, "dtype": "float64",
    }  # fmt: skip
    assert training.optimizer.name == "adam"
    assert training.optimizer.settings()["eta"] == 0.25
    assert training.optimizer.settings()["beta1"] == 0.5
    assert training.clipping.settings() == {"limit": 2.0}
    assert training.schedule.settings()["every"] == 9
    assert training.batching.settings() == {"name": "streams", "length": 4, "batch": 3}
    assert training.reduction == "mean"
    assert training.validate_every == 11
    assert training.evaluation is not None


RESULTS = json.loads((Path(__file__).parents[2] / "benchmarks/results/recipe_losses.json").read_text())


@every_recipe
def test_the_losses_listed_for_a_recipe_were_measured_with_its_settings(name):
    runs = [r for r in RESULTS if r["recipe"] == name]
    for run in runs:
        measured = Recipe(**run["settings"])  # with the defaults of settings that are younger
        assert measured.decides() == RECIPES[name].but(dtype=measured.dtype).decides()
        assert (measured.name, measured.updates) == (name, run["updates"])
    for updates, losses in all_measured()[name].smooth_loss.items():
        measured = [r["smooth_loss"][str(updates)] for r in runs if str(updates) in r["smooth_loss"]]
        np.testing.assert_allclose(losses, sorted(measured), atol=0.005)
        assert len(losses) >= 3, "a spread is that of several runs"


def test_recipes_are_listed_with_the_spread_of_their_runs():
    done = CliRunner().invoke(app, ["list"], env={"COLUMNS": "200"})
    for name, measured in all_measured().items():
        (line,) = [line for line in done.stdout.splitlines() if f" {name} " in line[: len(name) + 4]]
        assert measured.spread(10_000) in line


def test_the_order_of_the_adagrad_seeds_does_not_change_after_the_thousandth_update():
    """As docs/explanation/chance.md says."""
    whole = [r["smooth_loss"] for r in RESULTS if r["recipe"] == "adagrad" and r["updates"] == 100_000]
    orders = [
        np.argsort([smooth[str(n)] for smooth in whole]).tolist() for n in (1_000, 10_000, 100_000)
    ]
    assert len(whole) == 3
    assert orders[0] == orders[1] == orders[2]


def test_the_spread_of_adagrad_is_far_wider_than_that_of_adam():
    lowest, *_, highest = all_measured()["adagrad"].smooth_loss[10_000]
    least, *_, most = all_measured()["adam"].smooth_loss[10_000]
    assert highest - lowest > 5
    assert most - least < 0.5
