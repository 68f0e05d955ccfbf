"""What is said of a run is said in the same words to every command that makes one."""

from __future__ import annotations

from inspect import signature

import pytest
from typer.models import ArgumentInfo
from typer.testing import CliRunner

from teachrnn.cli import app
from teachrnn.cli.report import report
from teachrnn.cli.sweep import sweep
from teachrnn.cli.train import train


def asked(command):
    """Everything that a command takes, by name: its type, its default and what is said of it."""
    return {
        p.name: (p.annotation, p.default) for p in signature(command, eval_str=True).parameters.values()
    }


def test_report_takes_the_text_and_every_option_that_train_takes():
    ours, theirs = asked(report), asked(train)
    assert len(theirs) > 12
    for name, told in theirs.items():
        assert name == "recipe" or ours[name] == told, name


@pytest.mark.parametrize("command", [train, report, sweep])
def test_text_is_said_in_the_same_place(command):
    kind, default = asked(command)["text"]
    assert isinstance(kind.__metadata__[0], ArgumentInfo)
    assert default == "help"


@pytest.mark.parametrize("command", ["report", "sweep"])
def test_commands_written_when_the_text_was_an_option_still_go_on(command, tmp_path):
    given = [command, "--corpus", "nowhere.txt", "--out", str(tmp_path / "out")]
    done = CliRunner().invoke(app, given + ["--over", "eta=0.1,0.2"] * (command == "sweep"))
    assert "nowhere.txt" in str(done.exception)
    assert "--corpus" not in CliRunner().invoke(app, [command, "--help"]).output


def test_options_of_a_run_change_its_recipe_and_its_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "fox.txt").write_text("the quick brown fox " * 20, "utf-8")
    given = ["fox.txt", "--cell", "gru", "--layers", "2", "--hidden", "3", "--length", "4"]
    given += ["--optimizer", "adam", "--eta", "0.02", "--dtype", "float64", "--validation", "0.2"]
    done = CliRunner().invoke(app, ["train", *given, "--updates", "5", "--seed", "7", "--every", "2"])
    assert done.exit_code == 0, done.output
    from teachrnn.runs import Run

    run = Run.load(tmp_path / "runs" / "adagrad-fox-7" / "checkpoint.npz")
    recipe = run.recipe
    assert (recipe.cell, recipe.layers, recipe.hidden, recipe.length) == ("gru", 2, 3, 4)
    assert recipe.optimizer == {"name": "adam", "eta": 0.02}
    assert (recipe.dtype, recipe.validation, recipe.updates, run.seed) == ("float64", 0.2, 5, 7)
    assert len(run.held_out) == 80
    assert done.output.count("updates, smooth loss") == 2
