"""Sweeps: what is drawn, what is kept, and what survives the death of a worker."""

from __future__ import annotations

import csv
import json
import logging
import os
import pickle
import signal
import subprocess
import sys
import warnings
from dataclasses import replace
from functools import partial
from math import inf, isfinite, log
from pathlib import Path

import command_line
import dask
import distributed
import numpy as np
import pytest
from trials import by_eta, dies, dies_once, meets, noted_in, until, waits_to_be_killed
from typer.testing import CliRunner
from usual import usual

from teachrnn.cli import app, main
from teachrnn.errors import (
    DomainError,
    FileFormatError,
    FolderInUseError,
    MissingExtraError,
    NameLookupError,
    TeachrnnError,
)
from teachrnn.files import pack, unpack
from teachrnn.recipes import Recipe
from teachrnn.runs import Source
from teachrnn.sweep import (
    ChoiceAxis,
    DaskEngine,
    LocalEngine,
    RangeAxis,
    Space,
    Sweep,
    TrialResult,
    parse_axis,
    train,
)
from teachrnn.sweep.dask_backend import DaskBackend

pytestmark = pytest.mark.long

RECIPE = Recipe.find("adagrad")
LOCAL = {"threads_per_worker": 1, "processes": True, "dashboard_address": ":0"}
OVER = ["eta=0.01:1:log", "hidden=4,8", "length=5:9"]


@pytest.fixture
def text(tmp_path):
    path = tmp_path / "text.txt"
    path.write_text("the cat sat on the mat, and the dog ate the hat. " * 40, "utf-8")
    return str(path)


@pytest.fixture(scope="module")
def cluster():
    # A local cluster gives up a worker that is not back within 15 s: too soon for a busy machine.
    patient = dask.config.set({"distributed.deploy.lost-worker-timeout": "10 minutes"})
    with patient, distributed.LocalCluster(n_workers=2, **LOCAL) as started:
        yield started.scheduler_address


def a_sweep(text, folder, *, over=OVER, trials=4, stages=2, updates=30, **more):
    return Sweep(
        RECIPE,
        text,
        Space.parse(over),
        folder=folder,
        trials=trials,
        stages=stages,
        updates=updates,
        **more,
    )


class InThisProcess:
    """An engine without workers, for tests that are not about engines."""

    def run(self, function, trials):
        return map(function, trials)


# What is drawn ---------------------------------------------------------------------------------


def test_logarithmic_range_gives_every_decade_the_same_share():
    rng = np.random.default_rng(0)
    axis = RangeAxis("eta", 0.001, 1.0, log=True)
    drawn = np.array([axis.draw(rng) for _ in range(3000)])
    assert drawn.min() >= 0.001
    assert drawn.max() <= 1
    for low in (0.001, 0.01, 0.1):
        assert np.mean((drawn >= low) & (drawn < 10 * low)) == pytest.approx(1 / 3, abs=0.03)


@pytest.mark.parametrize("scale", ["", ":log"])
def test_whole_numbers_stay_whole_and_reach_both_ends(scale):
    rng = np.random.default_rng(0)
    axis = parse_axis(f"length=10:13{scale}")
    drawn = [axis.draw(rng) for _ in range(2000)]
    assert all(type(v) is int for v in drawn)
    assert set(drawn) == {10, 11, 12, 13}
    if not scale:
        assert min(drawn.count(v) for v in set(drawn)) > 440


def test_narrowed_range_holds_the_best_and_stays_within_the_old():
    axis = RangeAxis("eta", 0.001, 1.0, log=True)
    finer = axis.narrow([0.05, 0.1])
    assert finer.low < 0.05 < 0.1 < finer.high
    assert np.log(finer.high / finer.low) < 0.6 * np.log(axis.high / axis.low)
    assert axis.narrow([0.001, 1.0]) == axis
    assert RangeAxis("length", 10, 12).narrow([11, 11]) == RangeAxis("length", 11, 11)


def test_choices_narrow_to_those_of_the_best():
    assert ChoiceAxis("cell", ("vanilla", "lstm", "gru")).narrow(["gru", "vanilla"]).values == (
        "vanilla",
        "gru",
    )


@pytest.mark.parametrize("written", [*OVER, "cell=lstm,gru", "optimizer.epsilon_inside=true,false"])
def test_axis_is_printed_as_it_is_parsed(written):
    assert str(parse_axis(written)) == written


BAD_SPACES = {
    "nothing": ([], DomainError, "no hyper-parameter to search over"),
    "no equals sign": (["eta"], DomainError, "'eta' is neither a range nor a list"),
    "no value": (["eta="], DomainError, "'eta=' is neither"),
    "empty range": (["eta=1:0.1"], DomainError, "is empty: 1 is above 0.1. Did you mean 0.1:1?"),
    "no number": (["eta=low:high"], DomainError, "has an end that is not a number"),
    "scale": (["eta=0.1:1:linear"], DomainError, "is not a range"),
    "log of zero": (["eta=0:1:log"], DomainError, "must be above 0"),
    "infinite": (["eta=1:inf"], DomainError, "finite ends"),
    "empty choice": (["hidden=50,,100"], DomainError, "has an empty choice"),
    "choice twice": (["hidden=50,50"], DomainError, "has the same choice twice"),
    "unknown": (
        ["gamma=0:1.0"],
        NameLookupError,
        "`gamma` cannot be searched over; there are: cell, hidden",
    ),
    "unit of the loss": (["vocabulary=characters,words"], NameLookupError, "cannot be searched over"),
    "unknown rule": (["sampler.temperature=0:1.0"], NameLookupError, "cannot be searched over"),
    "twice": (["eta=0.1,0.2", "optimizer.eta=0.1:1"], DomainError, "is given twice"),
}


@pytest.mark.parametrize("case", BAD_SPACES)
def test_invalid_search_space_is_refused(case):
    texts, kind, words = BAD_SPACES[case]
    with pytest.raises(kind) as caught:
        Space.parse(texts)
    assert words in str(caught.value)


BAD_VALUES = {
    "of the rule": ("optimizer.gamma=0.8,0.9", "'adagrad' has no setting 'gamma'; it has: eta"),
    "eta of zero": ("eta=0:1.0", "`eta` is 0 but must be a number above 0"),
    "not whole": ("hidden=5.5:10", "`hidden` is 5.5 but must be a whole number"),
    "no units": ("hidden=0:10", "`hidden` is 0 but must be a whole number at least 1"),
    "word": ("eta=fast,slow", "`eta` is fast but must be a number"),
    "cell": ("cell=vanilla,elman", "no cell is named 'elman'"),
    "longer than the text": ("length=5:5000", "need a text of at least 5001"),
}


@pytest.mark.parametrize("case", BAD_VALUES)
def test_value_that_the_recipe_or_text_refuses_is_refused_before_anything_starts(case, text, tmp_path):
    over, words = BAD_VALUES[case]
    with pytest.raises(TeachrnnError) as caught:
        a_sweep(text, tmp_path / "sweep", over=[over])
    assert words in str(caught.value)
    assert over.partition("=")[0] in str(caught.value)
    assert not (tmp_path / "sweep").exists()


def test_whole_number_is_accepted_for_a_setting_that_is_a_number(text, monkeypatch):
    monkeypatch.setattr("teachrnn.sweep.space.SETTINGS", ("validation",))
    read = Source.load(text, RECIPE)
    Space.parse(["validation=0,0.5"]).check(RECIPE, read)
    with pytest.raises(DomainError, match="`validation` is half but must be a number"):
        Space.parse(["validation=half"]).check(RECIPE, read)


@pytest.mark.parametrize("name", ["trials", "updates", "growth", "stages"])
def test_numbers_below_one_are_refused(name, text, tmp_path):
    with pytest.raises(DomainError, match=f"`{name}` is 0 but must be a whole number at least 1"):
        a_sweep(text, tmp_path / "sweep", **{name: 0})


# One trial -------------------------------------------------------------------------------------


def test_trial_is_judged_by_the_best_validation_loss(text, tmp_path):
    from teachrnn.runs import Run, Source

    recipe = RECIPE.but(validate_every=40)
    sweep = Sweep(
        recipe, text, Space.parse(["eta=0.1:0.5"]), folder=tmp_path / "s", trials=1, updates=100
    )
    (trial,) = sweep.drawn(sweep.space, 1)
    result = train(trial)
    run = Run(
        recipe.but(optimizer={**recipe.optimizer, **trial.values}, updates=100),
        Source.load(text, recipe),
    )
    for _ in run.steps():
        pass
    run.training.validate()
    losses = run.training.curve.validation
    assert [at for at, _ in losses] == [40, 80, 100]
    assert (result.loss, result.best_update) == min((loss, at) for at, loss in losses)
    assert result.bits == pytest.approx(result.loss / log(2))
    assert result.updates == 100
    assert result.error == ""


def test_diverged_trial_is_a_result_with_the_reason(text, tmp_path):
    recipe = RECIPE.but(optimizer={"name": "sgd", "eta": 0.1}, clipping={"name": "none"})
    sweep = Sweep(
        recipe, text, Space.parse(["eta=1e38,1e37"]), folder=tmp_path / "s", trials=1, updates=50
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        result = train(sweep.drawn(sweep.space, 1)[0])
    assert result.loss == inf
    assert result.error.startswith("training has diverged: at update")
    assert result.updates < 50
    assert pack(result)[0]["loss"] is None
    assert unpack(TrialResult, json.loads(json.dumps(pack(result)[0]))) == result


def test_worker_with_another_text_says_so(text, tmp_path):
    sweep = a_sweep(text, tmp_path / "s")
    trial = replace(sweep.drawn(sweep.space, 1)[0], fingerprint="0" * 64)
    result = train(trial)
    assert result.loss == inf
    assert "is another text on this machine" in result.error


def test_text_is_read_by_the_worker_and_only_once(text, tmp_path, monkeypatch):
    from teachrnn.runs import Source

    short = pickle.dumps(a_sweep(text, tmp_path / "short").drawn(Space.parse(OVER), 1)[0])
    Path(text).write_text(Path(text).read_text("utf-8") * 20, "utf-8")
    trials = a_sweep(text, tmp_path / "long").drawn(Space.parse(OVER), 1)
    assert len(pickle.dumps(trials[0])) == len(short)
    reads = []
    read = Source.load
    monkeypatch.setattr(Source, "load", lambda *given: reads.append(given) or read(*given))
    assert all(isfinite(train(trial).loss) for trial in trials)
    assert len(reads) == 1


# Stages and the folder -------------------------------------------------------------------------


def test_second_stage_searches_around_the_best_of_the_first(text, tmp_path):
    sweep = a_sweep(text, tmp_path / "s", over=["eta=0.0001:10:log"], trials=16)
    list(sweep.run(InThisProcess(), by_eta))
    first, second = ([r for r in sweep.results if r.stage == stage] for stage in (1, 2))
    assert len(first) == len(second) == 16
    best = sorted(first, key=lambda r: r.loss)[:4]
    finer = sweep.space.narrow([r.values for r in best]).axes[0]
    assert all(finer.low <= r.values["eta"] <= finer.high for r in second)
    assert np.mean([r.loss for r in second]) < 0.6 * np.mean([r.loss for r in first])
    assert sweep.ranked[0].loss == min(r.loss for r in sweep.results)


def test_later_stages_may_train_longer(text, tmp_path):
    sweep = a_sweep(text, tmp_path / "s", updates=30, growth=3)
    assert sweep.drawn(sweep.space, 1)[0].recipe["updates"] == 30
    assert sweep.drawn(sweep.space, 2)[0].recipe["updates"] == 90


def test_stage_in_which_every_trial_fails_is_the_last(text, tmp_path):
    sweep = a_sweep(text, tmp_path / "s")
    results = list(sweep.run(InThisProcess(), lambda trial: TrialResult.failed(trial, "no luck")))
    assert [r.stage for r in results] == [1] * 4


def test_stopped_sweep_resumes_where_it_was(text, tmp_path):
    whole = a_sweep(text, tmp_path / "whole")
    list(whole.run(InThisProcess()))
    stopped = a_sweep(text, tmp_path / "stopped")
    running = stopped.run(InThisProcess())
    before = [next(running) for _ in range(6)]  # in the second stage
    running.close()
    again = a_sweep(text, tmp_path / "stopped")
    assert again.results == before
    after = list(again.run(InThisProcess()))
    assert len(after) == 2
    assert [(r.key, r.values, r.loss) for r in again.results] == [
        (r.key, r.values, r.loss) for r in whole.results
    ]
    assert list(again.run(InThisProcess())) == []


def test_folder_in_which_a_sweep_is_under_way_is_refused_by_name(text, tmp_path):
    other = a_sweep(text, tmp_path / "s")
    running = a_sweep(text, tmp_path / "s").run(InThisProcess(), by_eta)
    next(running)
    for begin in (lambda: a_sweep(text, tmp_path / "s"), lambda: next(other.run(InThisProcess()))):
        with pytest.raises(FolderInUseError, match="is in use by this process"):
            begin()
    list(running)
    assert list(other.run(InThisProcess(), by_eta)) == []  # what is done meanwhile is not done again
    assert len(other.results) == 8


@pytest.mark.skipif(sys.platform == "win32", reason="no named pipes")
def test_text_from_a_pipe_is_refused_because_workers_could_not_read_it(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(FileFormatError, match="every worker reads the text for itself: write it to a"):
        a_sweep(str(tmp_path / "pipe"), tmp_path / "s")


def test_sweep_can_be_given_more_stages(text, tmp_path):
    list(a_sweep(text, tmp_path / "s", stages=1).run(InThisProcess(), by_eta))
    assert len(list(a_sweep(text, tmp_path / "s", stages=2).run(InThisProcess(), by_eta))) == 4


def test_folder_of_another_sweep_is_refused(text, tmp_path):
    a_sweep(text, tmp_path / "s")
    with pytest.raises(FileFormatError, match="another sweep: it differs in trials, seed"):
        a_sweep(text, tmp_path / "s", trials=5, seed=1)
    with pytest.raises(FileFormatError, match="it differs in over"):
        a_sweep(text, tmp_path / "s", over=["eta=0.01:2:log"])
    Path(text).write_text("something else, of sufficient length. " * 40, "utf-8")
    with pytest.raises(FileFormatError, match="it differs in fingerprint"):
        a_sweep(text, tmp_path / "s")


def test_sweep_from_before_recipes_had_a_setting_is_resumed(text, tmp_path):
    a_sweep(text, tmp_path / "sweep")
    plan = tmp_path / "sweep" / "sweep.json"
    held = json.loads(plan.read_text("utf-8"))
    del held["recipe"]["items"]
    plan.write_text(json.dumps(held), "utf-8")
    assert a_sweep(text, tmp_path / "sweep").results == []


@pytest.mark.parametrize("damage", ["{", "[1]", '{"stage": 1}', "null"])
@pytest.mark.parametrize("name", ["sweep.json", "trials.jsonl"])
def test_damaged_folder_is_refused(name, damage, text, tmp_path):
    list(a_sweep(text, tmp_path / "s").run(InThisProcess(), by_eta))
    (tmp_path / "s" / name).write_text(damage, "utf-8")
    with pytest.raises(FileFormatError, match=rf"{name} is damaged|holds another sweep"):
        a_sweep(text, tmp_path / "s")


def test_changed_values_are_noticed(text, tmp_path):
    list(a_sweep(text, tmp_path / "s").run(InThisProcess(), by_eta))
    path = tmp_path / "s" / "trials.jsonl"
    path.write_text(path.read_text("utf-8").replace('"length": ', '"length": 1'), "utf-8")
    with pytest.raises(FileFormatError, match="other values for trial 1 of stage 1"):
        list(a_sweep(text, tmp_path / "s").run(InThisProcess(), by_eta))


def test_results_are_in_the_folder_as_soon_as_they_arrive(text, tmp_path):
    sweep = a_sweep(text, tmp_path / "s")
    for n, result in enumerate(sweep.run(InThisProcess(), by_eta), start=1):
        lines = (tmp_path / "s" / "trials.jsonl").read_text("utf-8").splitlines()
        assert len(lines) == n
        assert unpack(TrialResult, json.loads(lines[-1])) == result
    with (tmp_path / "s" / "trials.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    losses = [float(row["validation_nats_per_symbol"]) for row in rows]
    assert losses == sorted(r.loss for r in sweep.results)
    assert float(rows[0]["eta"]) == sweep.ranked[0].values["eta"]
    names = {p.name for p in (tmp_path / "s").iterdir()}
    assert names == {".lock", "sweep.json", "trials.jsonl", "trials.csv"}


# Engines ---------------------------------------------------------------------------------------


@pytest.mark.ci
def test_one_worker_two_workers_and_a_cluster_find_the_same(text, tmp_path, cluster):
    found = {}
    for name, engine in (
        ("one", LocalEngine(workers=1)),
        ("two", LocalEngine(workers=2)),
        ("dask", DaskEngine(cluster)),
    ):
        sweep = a_sweep(text, tmp_path / name)
        with engine:
            list(sweep.run(engine))
        found[name] = [(r.key, r.values, r.loss, r.best_update) for r in sweep.ranked]
        assert str(os.getpid()) not in {r.worker.rpartition(":")[2] for r in sweep.results}
    assert len(found["one"]) == 8
    assert all(isfinite(loss) for _, _, loss, _ in found["one"])
    assert found["one"] == found["two"] == found["dask"]


def test_trial_that_kills_its_process_fails_and_the_others_continue(text, tmp_path):
    sweep = a_sweep(text, tmp_path / "s", trials=4, stages=1)
    folder = tmp_path / "starts"
    folder.mkdir()
    function = partial(dies, number=2, folder=folder, beside=1)
    results = list(sweep.run(LocalEngine(workers=2), function))
    assert sorted(r.number for r in results) == [1, 2, 3, 4]
    (failed,) = [r for r in results if not isfinite(r.loss)]
    assert failed.number == 2
    assert "died twice" in failed.error
    started = [number for _, number, _ in noted_in(folder)]
    assert started.count(2) == 2  # once beside another, once alone, and no more
    assert started.count(1) == 2


@pytest.mark.parametrize("workers", [1, 2])
def test_trial_whose_process_dies_once_is_tried_again(workers, text, tmp_path):
    sweep = a_sweep(text, tmp_path / "s", trials=4, stages=1)
    results = list(sweep.run(LocalEngine(workers=workers), partial(dies_once, folder=tmp_path)))
    assert sorted(r.number for r in results) == [1, 2, 3, 4]
    assert all(isfinite(r.loss) for r in results)
    assert (tmp_path / "died").exists()


@pytest.mark.parametrize("workers", [1, 2])
def test_the_chosen_number_of_trials_runs_at_a_time(workers, text, tmp_path):
    sweep = a_sweep(text, tmp_path / "s", trials=6, stages=1)
    folder = tmp_path / "starts"
    folder.mkdir()
    function = partial(meets, folder=folder, workers=workers)
    spans = [json.loads(r.worker) for r in sweep.run(LocalEngine(workers=workers), function)]
    at_a_time = [sum(began <= start < ended for began, ended in spans) for start, _ in spans]
    assert max(at_a_time) == workers


def test_cluster_survives_a_worker_that_is_killed(text, tmp_path, cluster):
    sweep = a_sweep(text, tmp_path / "s", trials=4)
    folder, key, killed = tmp_path / "starts", (1, 3), None
    folder.mkdir()

    def begun():
        return [process for *which, process in noted_in(folder) if tuple(which) == key]

    with DaskEngine(cluster) as engine:
        for _ in sweep.run(engine, partial(waits_to_be_killed, key=key, folder=folder)):
            if killed is None:  # in the middle: the other trials are under way or to come
                until(begun)
                (killed,) = begun()
                os.kill(killed, signal.SIGKILL)
    assert sorted(r.key for r in sweep.results) == [(s, n) for s in (1, 2) for n in range(1, 5)]
    assert all(isfinite(r.loss) for r in sweep.results)
    assert len(begun()) == 2  # by the one that was killed, and by another


@pytest.mark.ci
def test_cluster_gives_up_a_trial_that_kills_its_workers(text, tmp_path, cluster):
    sweep = a_sweep(text, tmp_path / "s", trials=4, stages=1)
    folder = tmp_path / "starts"
    folder.mkdir()
    with DaskEngine(cluster) as engine:
        results = list(sweep.run(engine, partial(dies, number=3, folder=folder)))
    assert sorted(r.number for r in results) == [1, 2, 3, 4]
    assert [r.number for r in results if not isfinite(r.loss)] == [3]
    assert "every worker that began it died" in next(r.error for r in results if r.number == 3)


def test_cluster_cancels_running_trials_silently(text, tmp_path, cluster, monkeypatch):
    def level():
        return logging.getLogger("distributed.client").getEffectiveLevel()

    def noted(self, **options):
        levels.append(level())
        abort(self, **options)

    levels, before, abort = [], level(), DaskBackend.abort_everything
    monkeypatch.setattr(DaskBackend, "abort_everything", noted)
    with DaskEngine(cluster) as engine:
        results = a_sweep(text, tmp_path / "s").run(engine, by_eta)
        next(results)
        results.close()
    assert levels == [logging.CRITICAL]
    assert level() == before < logging.CRITICAL


def test_cluster_of_one_worker_runs_every_trial_there_and_none_here(text, tmp_path):
    sweep = a_sweep(text, tmp_path / "s", trials=3, stages=1)
    with (
        distributed.LocalCluster(n_workers=1, **LOCAL) as one,
        DaskEngine(one.scheduler_address) as engine,
    ):
        (process,) = {result.worker for result in sweep.run(engine, by_eta)}
    assert process != str(os.getpid())


def test_unreachable_cluster_is_reported(monkeypatch):
    monkeypatch.setattr("teachrnn.sweep.dask_engine.PATIENCE", 1)
    with pytest.raises(TeachrnnError, match=r"no Dask scheduler answers at 'tcp://127\.0\.0\.1:9'"):
        DaskEngine("tcp://127.0.0.1:9")


@pytest.mark.parametrize(
    ("missing", "make", "extra"),
    [
        ("joblib", LocalEngine, "sweep"),
        ("distributed", partial(DaskEngine, "tcp://127.0.0.1:9"), "cluster"),
    ],
)
def test_missing_package_names_the_install_line(missing, make, extra, monkeypatch):
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(MissingExtraError, match=rf"python -m pip install 'teachrnn\[{extra}\]'"):
        make()


# The figure ------------------------------------------------------------------------------------


def test_figure_marks_failed_trials_and_losses_off_the_scale(text, tmp_path):
    from teachrnn.views.figures.sweep import sweep as draw

    def some_fail(trial):
        if trial.number == 2:
            return TrialResult.failed(trial, "no luck")
        return replace(by_eta(trial), loss=99.0) if trial.number == 3 else by_eta(trial)

    sweep = a_sweep(text, tmp_path / "s")
    list(sweep.run(InThisProcess(), some_fail))
    figure = draw(sweep)
    assert [panel.get_xlabel() for panel in figure.axes] == ["eta", "hidden", "length"]
    assert [panel.get_xscale() for panel in figure.axes] == ["log", "linear", "linear"]
    ticks = [[label.get_text() for label in panel.get_xticklabels()] for panel in figure.axes]
    assert ticks[:2] == [["0.01", "0.1", "1"], ["4", "8"]]
    drawn = {line.get_label(): line for line in figure.axes[0].lines}
    assert list(drawn) == ["stage 1", "stage 2", "worse than guessing", "failed", "best"]
    assert len({line.get_marker() for name, line in drawn.items() if name != "best"}) == 4
    assert [len(drawn[name].get_xdata()) for name in ("worse than guessing", "failed")] == [2, 2]
    low = {r.values["eta"]: r.loss for r in sweep.results if r.stage == 1 and r.loss < 99}
    assert dict(zip(*drawn["stage 1"].get_data(), strict=True)) == low
    assert drawn["best"].get_ydata()[0] == sweep.ranked[0].loss
    assert figure.axes[0].get_ylim()[1] < 99
    assert "8 trials, 2 failed" in figure.get_suptitle()


# The command -----------------------------------------------------------------------------------


def words(text, folder, *more):
    """The arguments after ``teachrnn``."""
    given = [text, "--out", str(folder), "--trials", "3", "--updates", "40", *more]
    return ["sweep", *given, *(word for axis in OVER for word in ("--over", axis))]


run = partial(command_line.run, COLUMNS="150")


def run_here(*given):
    """Run the command in this process, with the workers that already exist."""
    return CliRunner().invoke(app, given, env={"COLUMNS": "150"})


def test_command_prints_a_table_and_fills_the_folder(text, tmp_path):
    folder = tmp_path / "s"
    done = run(*words(text, folder, "--workers", "2"))
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert done.stdout.count(" nats per symbol  (") == 6
    assert "loss in nats and in bits per symbol" in done.stdout
    names = {p.name for p in folder.iterdir()}
    assert names == {".lock", "sweep.json", "trials.jsonl", "trials.csv", "sweep.png"}
    again = run_here(*words(text, folder))
    assert again.exit_code == 0, again.stderr
    assert "6 are done already" in again.stdout
    assert " nats per symbol  (" not in again.stdout


def test_command_says_why_every_trial_failed(text, tmp_path):
    diverges = ["--recipe", "rmsprop", "--over", "eta=1e37:1e38", "--over", "clipping.name=none"]
    given = [text, "--out", str(tmp_path / "s"), "--trials", "2", "--updates", "40"]
    done = run_here("sweep", *given, *diverges)
    assert done.exit_code == 1
    assert done.stderr == ""
    assert "Trial 1.2 failed: training has diverged: at update" in done.stdout
    assert "stage 2, trial" not in done.stdout


def test_command_says_that_no_trial_has_learnt(text, tmp_path):
    given = [text, "--out", str(tmp_path / "s"), "--trials", "1", "--updates", "300"]
    wild = ["--over", "eta=300,301", "--over", "hidden=4,5", "--stages", "1", "--no-figure"]
    done = run_here("sweep", *given, *wild)
    assert done.exit_code == 1, done.stderr
    assert "Every trial does far worse than guessing, which costs log K = " in done.stdout


def test_another_rule_has_its_own_defaults():
    from teachrnn.sweep.space import apply

    changed = apply(RECIPE, {"eta": 0.002, "optimizer.name": "adam", "optimizer.beta1": 0.8})
    assert changed.optimizer == {"name": "adam", "eta": 0.002, "beta1": 0.8}
    kept = apply(RECIPE, {"optimizer.name": "adagrad", "eta": 0.2})
    assert kept.optimizer == {**RECIPE.optimizer, "eta": 0.2}


def test_command_runs_on_a_cluster(text, tmp_path, cluster):
    done = run_here(*words(text, tmp_path / "s", "--backend", "dask", "--address", cluster))
    assert done.exit_code == 0, done.stderr
    assert done.stdout.count(" nats per symbol  (") == 6


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
@pytest.mark.parametrize("backend", usual(["loky"], ["dask"]))
def test_command_stops_cleanly_and_resumes(backend, text, tmp_path, cluster):
    folder = tmp_path / "s"
    workers = {"loky": ["--workers", "2"], "dask": ["--backend", "dask", "--address", cluster]}[backend]
    slow = [
        *command_line.TEACHRNN,
        *words(text, folder),
        *workers,
        "--updates",
        "2000",
        "--trials",
        "20",
    ]
    out, err, status = interrupted(slow, when=" nats per symbol  (")
    assert status == 0, err
    assert "Stopped. The same command resumes" in out
    assert err == ""
    done = len((folder / "trials.jsonl").read_text("utf-8").splitlines())
    assert 1 <= done < 40
    out, err, _ = interrupted(slow, when="are done already")
    assert f"{done} are done already" in out
    assert err == ""


def interrupted(command, *, when):
    """Press Ctrl-C when a line contains these words; return all that was printed, and the status."""
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    read = ""
    for line in process.stdout:
        read += line
        if when in line:
            break
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to the workers too
    out, err = process.communicate()
    return read + out, err, process.returncode


BAD_COMMANDS = {
    "nothing to search over": ([], "no hyper-parameter to search over"),
    "unknown back end": (
        ["--over", "eta=0.1,0.2", "--backend", "threads"],
        "no back end is named 'threads'",
    ),
    "no address": (["--over", "eta=0.1,0.2", "--backend", "dask"], "--address tcp://host:8786"),
    "address of nothing": (
        ["--over", "eta=0.1,0.2", "--address", "tcp://x:1"],
        "add --backend dask",
    ),
    "no such text": (["--over", "eta=0.1,0.2", "nowhere"], "there is no file 'nowhere'"),
    "no such recipe": (["--over", "eta=0.1,0.2", "--recipe", "cake"], "no recipe is named 'cake'"),
    "empty range": (["--over", "eta=1:0.1"], "is empty: 1 is above 0.1"),
}


@pytest.mark.parametrize("case", BAD_COMMANDS)
def test_mistake_ends_with_status_2_before_anything_starts(case, tmp_path, monkeypatch, capsys):
    given, words = BAD_COMMANDS[case]
    monkeypatch.setattr(sys, "argv", ["teachrnn", "sweep", "--out", str(tmp_path / "s"), *given])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    printed = capsys.readouterr().err
    assert words in printed.replace("\n", " ")
    assert "Traceback" not in printed
    assert not (tmp_path / "s").exists()
