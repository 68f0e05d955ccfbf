"""An option means one thing, in every command that takes it, and is never ignored."""

from __future__ import annotations

import json
import re
from dataclasses import fields
from typing import get_type_hints

import pytest
import typer
from typer.testing import CliRunner

from teachrnn.cli import app
from teachrnn.cli.options import RecipeOptions, RunOptions
from teachrnn.recipes import RECIPES

OF_A_RUN = ("text", "seed")
"""Fields of `RecipeOptions` that are not settings of a recipe."""


def parameters():
    """Every parameter of every command: its name on the command line, the command and itself."""
    commands = typer.main.get_command(app).commands
    return [(p.opts[0], name, p) for name, command in commands.items() for p in command.params]


def option_names(kind):
    """The fields of a class of options, as they are written on the command line."""
    return {f"--{f.name.replace('_', '-')}" for f in fields(kind)} - {"--text"}


def first_sentence(parameter):
    """What an option means; the other sentences are specific to a command."""
    return re.split(r"(?<=\.) (?=[A-Z\[])", parameter.help)[0]


@pytest.mark.parametrize("option", sorted({name for name, _, _ in parameters() if name != "--help"}))
def test_one_option_means_one_thing(option):
    meanings = {first_sentence(p) for name, _, p in parameters() if name == option}
    assert len(meanings) == 1


def test_train_report_and_sweep_take_the_same_text_recipe_and_sizes():
    takes = {
        command: {(name, p.help, str(p.default)) for name, of, p in parameters() if of == command}
        for command in ("train", "report", "sweep")
    }
    names = {command: {name for name, *_ in taken} for command, taken in takes.items()}
    assert names["train"] == names["report"]
    of_a_recipe, of_a_run = option_names(RecipeOptions), option_names(RunOptions)
    assert names["train"] - names["sweep"] == of_a_run - of_a_recipe - {"--out"}
    same = of_a_recipe - {"--updates"}  # trials are short
    assert same <= names["sweep"]
    assert {t for t in takes["train"] if t[0] in same} <= takes["report"] & takes["sweep"]


@pytest.mark.parametrize("option", [f.name for f in fields(RecipeOptions) if f.name not in OF_A_RUN])
def test_every_option_of_a_recipe_changes_it(option):
    """Including options added later: a whole number, a number, or a name that is listed here."""
    named = {"cell": "gru", "optimizer": "adam", "dtype": "float64"}
    number = 0.25 if "float" in str(get_type_hints(RecipeOptions)[option]) else 7
    value = named.get(option, number)
    assert RecipeOptions(**{option: value}).recipe("adagrad", eta_follows=True) != RECIPES["adagrad"]


@pytest.mark.parametrize(
    ("given", "ignored"),
    [
        ("sample x.npz --beam 4 --temperature 0.5", "--temperature"),
        ("sample x.npz --beam 4 --seed 1", "--seed"),
        ("step --trace x.npz --hidden 3", "--hidden"),
        ("step some words --trace x.npz", "words"),
        ("step --terminal --out page.html", "--out"),
        ("sweep --over eta=0.1,0.2 --eta 0.3", "--eta"),
        ("sweep --over optimizer.eta=0.1,0.2 --eta 0.3", "--eta"),
        ("sweep --over hidden=5,6 --hidden 7", "--hidden"),
        ("sweep --over eta=0.1,0.2 --backend dask --workers 3", "--workers"),
    ],
)
def test_option_that_another_makes_meaningless_is_refused_not_ignored(given, ignored):
    done = CliRunner().invoke(app, given.split())
    assert done.exit_code == 2
    assert re.search(rf"Invalid value for '?{ignored}.*does not use it", " ".join(done.output.split()))


def test_options_of_a_recipe_are_those_of_every_trial(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "fox.txt").write_text("the quick brown fox " * 20, "utf-8")
    given = ["fox.txt", "--cell", "gru", "--hidden", "3", "--length", "4", "--optimizer", "adam"]
    given += ["--over", "eta=0.01,0.02", "--trials", "1", "--stages", "1", "--updates", "2"]
    done = CliRunner().invoke(app, ["sweep", *given, "--no-figure"])
    assert done.exit_code == 0, done.output
    plan = json.loads((tmp_path / "sweeps" / "adagrad-fox-0" / "sweep.json").read_text("utf-8"))
    recipe = plan["recipe"]
    assert (recipe["cell"], recipe["hidden"], recipe["length"], plan["updates"]) == ("gru", 3, 4, 2)
    assert recipe["optimizer"] == {"name": "adam"}


def test_options_of_a_run_change_its_recipe_and_its_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "fox.txt").write_text("the quick brown fox " * 20, "utf-8")
    given = ["fox.txt", "--cell", "gru", "--layers", "2", "--hidden", "3", "--length", "4"]
    given += ["--optimizer", "adam", "--eta", "0.02", "--dtype", "float64", "--validation", "0.2"]
    done = CliRunner().invoke(
        app, ["train", *given, "--updates", "5", "--seed", "7", "--sample-every", "2"]
    )
    assert done.exit_code == 0, done.output
    from teachrnn.runs import Run

    run = Run.load(tmp_path / "runs" / "adagrad-fox-7" / "checkpoint.npz")
    recipe = run.recipe
    assert (recipe.cell, recipe.layers, recipe.hidden, recipe.length) == ("gru", 2, 3, 4)
    assert recipe.optimizer == {"name": "adam", "eta": 0.02}
    assert (recipe.dtype, recipe.validation, recipe.updates, run.seed) == ("float64", 0.2, 5, 7)
    assert len(run.held_out) == 80
    assert done.output.count("updates, smooth loss") == 2
