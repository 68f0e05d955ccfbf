"""A run can be stopped at any moment, by any cause, and resumed as if nothing had happened."""

from __future__ import annotations

import errno
import json
import os
import platform
import random
import re
import signal
import subprocess
import sys
import threading
import time
import zipfile
from collections import deque
from dataclasses import asdict, dataclass, replace
from itertools import combinations, islice, pairwise
from pathlib import Path

import numpy as np
import pytest
from killed_run import session as killed_session
from threadpoolctl import threadpool_info, threadpool_limits

from teachrnn import CharRNN
from teachrnn.errors import (
    DivergedError,
    DomainError,
    FileFormatError,
    FolderInUseError,
    TeachrnnError,
)
from teachrnn.files import Archive, pack
from teachrnn.recipes import Recipe
from teachrnn.runs import Interruption, KeptStep, Run, Session, Source, TrainedModel
from teachrnn.runs.checkpoint import CHECKPOINT
from teachrnn.sampling import Greedy
from teachrnn.trace_file import load_trace, save_trace
from teachrnn.training import FlightRecorder, TrainingState

RECIPE = Recipe.find("adam").but(hidden=5, updates=40, validate_every=6)


@pytest.fixture(scope="module")
def text(tmp_path_factory):
    path = tmp_path_factory.mktemp("text") / "text.txt"
    path.write_text("".join(np.random.default_rng(0).choice(list("abcde \n"), 1500)))
    return str(path)


def a_session(folder, text, recipe=RECIPE, *, seed=0, recorder=None, **often):
    often = {"save_every": 7, "sample_every": 10, "sample_length": 15} | often
    return Session.open(folder, recipe, text, seed=seed, recorder=recorder, **often)


def content(run):
    """The complete state of a run, in a form that can be compared."""
    header, arrays = pack(run.training.state())
    return header, {name: (a.dtype.str, a.shape, a.tobytes()) for name, a in arrays.items()}


# Killed --------------------------------------------------------------------------------------


@pytest.mark.parametrize("kills", [4, pytest.param(50, marks=pytest.mark.thorough)])
def test_run_that_is_killed_at_random_moments_ends_bit_identical(kills, text, tmp_path):
    updates, chance = 150 * kills, random.Random(0)
    command = [sys.executable, str(Path(__file__).parents[1] / "support" / "killed_run.py")]
    checkpoint = tmp_path / "killed" / "checkpoint.npz"
    reached = [0]
    for _ in range(kills):
        arguments = [str(tmp_path / "killed"), text, str(updates)]
        process = subprocess.Popen([*command, *arguments], stdout=subprocess.PIPE)
        try:
            for _ in range(chance.randint(3, 60)):
                assert process.stdout.readline(), "it ended by itself"
            time.sleep(chance.uniform(0, 0.003))  # anywhere in an update, or in writing a checkpoint
        finally:
            process.kill()
            process.communicate()
        reached.append(Run.load(checkpoint).training.iteration)
    assert all(later > before for before, later in pairwise(reached))
    whole = killed_session(str(tmp_path / "whole"), text, updates)
    assert len(list(whole.steps())) == updates
    again = killed_session(str(tmp_path / "killed"), text, updates)
    assert [step.iteration for step in again.steps()] == list(range(reached[-1] + 1, updates + 1))
    for name in ("checkpoint.npz", "samples.json"):
        assert (tmp_path / "killed" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()


def test_checkpoint_that_cannot_be_written_leaves_the_old_one(text, tmp_path, monkeypatch):
    run = Run(RECIPE, Source.load(text, RECIPE))
    path = run.save(tmp_path / "checkpoint.npz")
    before = path.read_bytes()
    next(run.training)

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(FileFormatError, match="No space left on device"):
        run.save(path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


# Damaged -------------------------------------------------------------------------------------


class Saved:
    """A checkpoint on disk, its contents, and the two ways to read it."""

    def __init__(self, text, folder):
        self.source = Source.load(text, RECIPE)
        run = Run(RECIPE, self.source)
        list(islice(run.steps(), 20))
        self.path = run.save(folder / "checkpoint.npz")
        self.whole = self.path.read_bytes()
        self.run, self.theta = content(run), run.training.best_validation.theta.tobytes()

    def load_run(self, path):
        run = Run.load(path, source=self.source)
        assert content(run) == self.run, "a wrong run was read"

    def load_model(self, path):
        trained = TrainedModel.load(path)
        assert trained.model.parameters.flat.tobytes() == self.theta, "a wrong model was read"
        assert trained.vocabulary.symbols == self.source.vocabulary.symbols


@pytest.fixture(scope="module")
def saved(text, tmp_path_factory):
    return Saved(text, tmp_path_factory.mktemp("saved"))


READERS = pytest.mark.parametrize("reader", ["load_run", "load_model"])


@READERS
def test_intact_checkpoint_is_read(saved, reader):
    getattr(saved, reader)(saved.path)


@READERS
def test_checkpoint_that_is_cut_short_is_refused(saved, reader, tmp_path):
    with zipfile.ZipFile(saved.path) as file:
        places = [entry.header_offset for entry in file.infolist()] + [file.start_dir]
    near = {place + d for place in places for d in (-1, 0, 1, 30, 60)}
    anywhere = np.random.default_rng(0).integers(0, len(saved.whole), 40).tolist()
    ends = {0, 1, 2, 4, 29, len(saved.whole) - 23, len(saved.whole) - 22, len(saved.whole) - 1}
    for length in sorted(near | set(anywhere) | ends):
        if 0 <= length < len(saved.whole):
            path = tmp_path / "cut.npz"
            path.write_bytes(saved.whole[:length])
            with pytest.raises(FileFormatError, match=r"damaged, or is not a checkpoint"):
                getattr(saved, reader)(path)


@READERS
@pytest.mark.parametrize("flips", [200, pytest.param(20_000, marks=pytest.mark.thorough)])
def test_flipped_bit_is_noticed_or_means_nothing(saved, reader, flips, tmp_path):
    rng, refused = np.random.default_rng(1), 0
    path = tmp_path / "flipped.npz"
    for place in rng.integers(0, len(saved.whole), flips):
        spoilt = bytearray(saved.whole)
        spoilt[place] ^= 1 << int(rng.integers(8))
        path.write_bytes(spoilt)
        try:
            getattr(saved, reader)(path)
        except FileFormatError:
            refused += 1
    assert refused > flips / 2


def test_length_shortened_by_one_flipped_bit_is_noticed(text, tmp_path):
    recipe = Recipe.find("adagrad").but(hidden=60)
    run = Run(recipe, Source.load(text, recipe))
    next(run.training)
    path = run.save(tmp_path / "checkpoint.npz")
    whole = path.read_bytes()
    place = whole.index(b"(4507,)", whole.index(b"optimizer.m.npy"))
    path.write_bytes(whole[:place] + b"(4503,)" + whole[place + 7 :])
    with pytest.raises(FileFormatError, match="is damaged"):
        Run.load(path)


@READERS
def test_file_that_is_not_a_checkpoint_is_refused(saved, reader, tmp_path):
    trace = TrainedModel.load(saved.path).model.record([0, 1], [1, 2])
    np.savez(tmp_path / "foreign.npz", a=np.arange(3))
    np.savez(tmp_path / "pickled.npz", header=np.array([{"format": "teachrnn checkpoint"}], object))
    np.save(tmp_path / "array.npy", np.arange(3))
    (tmp_path / "pickle.npz").write_bytes(b"\x80\x04\x95\x00.")
    (tmp_path / "text.npz").write_text("hello")
    (tmp_path / "folder.npz").mkdir()
    save_trace(trace, tmp_path / "trace.npz")
    header, arrays = CHECKPOINT.load(saved.path)
    Archive("trace", "").save(tmp_path / "other.npz", header, arrays)
    newer = CHECKPOINT.version + 1
    replace(CHECKPOINT, upgrades=(None,) * CHECKPOINT.version).save(
        tmp_path / "newer.npz", header, arrays
    )
    cases = {
        "missing.npz": "cannot read .*No such file",
        "folder.npz": "cannot read .*Is a directory",
        "foreign.npz": "damaged, or is not a checkpoint",
        "pickled.npz": "damaged, or is not a checkpoint",
        "array.npy": "damaged, or is not a checkpoint",
        "pickle.npz": "damaged, or is not a checkpoint",
        "text.npz": "damaged, or is not a checkpoint",
        "trace.npz": r"trace\.npz is not a checkpoint of teachrnn",
        "other.npz": r"other\.npz is not a checkpoint of teachrnn",
        "newer.npz": rf"newer teachrnn \(format {newer}, this one reads up to {newer - 1}\): upgrade",
    }
    for name, words in cases.items():
        with pytest.raises(FileFormatError, match=words):
            getattr(saved, reader)(tmp_path / name)


def changed(saved, path, *, without=(), arrays=None, training=None, **header):
    """A valid checkpoint file with some of its parts replaced."""
    old, kept = CHECKPOINT.load(saved.path)
    old = {k: v for k, v in old.items() if k not in without}
    old["training"] = {**old["training"], **(training or {})}
    kept = {k: v for k, v in {**kept, **(arrays or {})}.items() if k not in without}
    return CHECKPOINT.save(path, {**old, **header}, kept)


@READERS
@pytest.mark.parametrize(
    "parts",
    [
        {"without": ["model", "recipe"]},
        {"without": ["training.best_validation.theta", "training.theta"]},
        {"model": {"hidden": 7}, "recipe": {"name": "x"}},
        {"arrays": {"training.theta": np.zeros(3), "training.best_validation.theta": np.zeros(3)}},
        {"vocabulary": {}, "recipe": 3},
        {"training": {"best_validation": 3}},
    ],
    ids=str,
)
def test_checkpoint_whose_parts_do_not_fit_is_refused(saved, reader, parts, tmp_path):
    with pytest.raises(FileFormatError, match=r"is damaged|no vocabulary of kind"):
        getattr(saved, reader)(changed(saved, tmp_path / "changed.npz", **parts))


def parts_of(saved):
    """Names of the arrays of a checkpoint."""
    return sorted(CHECKPOINT.load(saved.path)[1])


PARTS = [
    *("training.theta", "training.best_smooth.theta", "training.best_validation.theta"),
    *("training.carried.h", "training.best_smooth.state.h", "training.best_validation.state.h"),
    *("training.optimizer.m", "training.optimizer.v", "training.optimizer.t"),
]


def test_every_part_of_a_checkpoint_is_tested(saved):
    assert parts_of(saved) == sorted(PARTS)


@pytest.mark.parametrize("name", PARTS)
def test_checkpoint_with_a_missing_array_is_refused_with_advice(saved, name, tmp_path):
    without = changed(saved, tmp_path / "changed.npz", without=[name])
    with pytest.raises(FileFormatError, match=r"is damaged.*take it from a backup; or move it"):
        saved.load_run(without)


@pytest.mark.parametrize("name", [name for name in PARTS if name[-2:] not in (".m", ".v")])
def test_model_with_a_part_missing_is_refused_when_it_is_read(saved, name, tmp_path):
    without = changed(saved, tmp_path / "changed.npz", without=[name])
    with pytest.raises(FileFormatError, match=rf"is damaged.*{name.removeprefix('training.')}.*missing"):
        TrainedModel.load(without, "last")


@READERS
@pytest.mark.parametrize("name", PARTS)
@pytest.mark.parametrize("spoil", [lambda a: a.ravel()[:1], lambda a: a.astype("f2"), np.atleast_3d])
def test_part_of_another_shape_or_precision_is_refused(saved, reader, name, spoil, tmp_path):
    _, arrays = CHECKPOINT.load(saved.path)
    with pytest.raises(FileFormatError, match="is damaged"):
        getattr(saved, reader)(changed(saved, tmp_path / "c.npz", arrays={name: spoil(arrays[name])}))


@READERS
def test_unknown_array_is_refused(saved, reader, tmp_path):
    with pytest.raises(FileFormatError, match=r"the array 'training\.stateful' is unknown"):
        getattr(saved, reader)(
            changed(saved, tmp_path / "c.npz", arrays={"training.stateful": np.zeros(5)})
        )


@READERS
def test_swapped_arrays_are_noticed(saved, reader, tmp_path):
    with zipfile.ZipFile(saved.path) as file:
        members = {name: file.read(name) for name in file.namelist()}
    for one, other in combinations(members, 2):
        if members[one] != members[other]:
            swapped = members | {one: members[other], other: members[one]}
            with zipfile.ZipFile(tmp_path / "swapped.npz", "w") as file:
                for name, content_of_it in swapped.items():
                    file.writestr(name, content_of_it)
            with pytest.raises(FileFormatError, match="is damaged"):
                getattr(saved, reader)(tmp_path / "swapped.npz")


@READERS
@pytest.mark.parametrize("following", [-1, 7])
def test_symbol_that_does_not_exist_is_refused(saved, reader, following, tmp_path):
    path = changed(saved, tmp_path / "c.npz", training={"following": following})
    if reader == "load_run":
        with pytest.raises(FileFormatError, match="is damaged"):
            saved.load_run(path)
    else:  # the model writes from a symbol of its own
        saved.load_model(path)


@READERS
@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"training": {"following": "a"}}, 'training.following = "a", but a whole number is needed'),
        ({"training": {"iteration": None}}, "training.iteration = null, but a whole number is needed"),
        ({"training": {"path": [5]}}, "training.path = [5], but a list of 2 is needed"),
        ({"training": {"stride": 1}}, "training.stride is unknown"),
        ({"training": {"best_smooth": [1.0, 2]}}, "training.best_smooth = [1.0, 2], but an object"),
        ({"recipe": RECIPE.settings() | {"length": 2.5}}, "recipe.length = 2.5, but a whole number"),
        ({"recipe": RECIPE.settings() | {"reduction": "max"}}, 'reduction = "max", but "sum" or "mean"'),
        ({"model": {"hidden": 5}}, "model.symbols is missing"),
        ({"without": ["seed"]}, "seed is missing"),
    ],
    ids=str,
)
def test_part_of_another_type_is_named_with_what_is_needed(saved, reader, parts, words, tmp_path):
    with pytest.raises(FileFormatError, match=re.escape(words)):
        getattr(saved, reader)(changed(saved, tmp_path / "c.npz", **parts))


@READERS
def test_internal_error_is_not_reported_as_a_damaged_file(saved, reader, monkeypatch):
    monkeypatch.delattr(TrainingState, "check")
    with pytest.raises(AttributeError):
        getattr(saved, reader)(saved.path)


@pytest.mark.parametrize("place", [{}, {"epoch": 1, "start": "a"}, {"epoch": [1], "start": 3}])
def test_impossible_position_in_the_text_is_refused(saved, place, tmp_path):
    batching = CHECKPOINT.load(saved.path).header["training"]["batching"]
    path = changed(saved, tmp_path / "c.npz", training={"batching": {**batching, "place": place}})
    with pytest.raises(FileFormatError, match=r"is damaged.*the saved position has"):
        saved.load_run(path)


@READERS
def test_cell_that_is_not_defined_here_is_named(saved, reader, tmp_path):
    model = CharRNN(hidden=5, symbols=7, rng=np.random.default_rng(0)).settings()
    path = changed(saved, tmp_path / "c.npz", model={**model, "cell": "mine"})
    with pytest.raises(FileFormatError, match="not defined here: no cell is named 'mine'"):
        getattr(saved, reader)(path)


def test_optimizer_that_is_not_defined_here_is_named_and_the_model_is_read(saved, tmp_path):
    recipe = RECIPE.but(optimizer={"name": "mine", "eta": 0.1}).settings()
    path = changed(saved, tmp_path / "c.npz", recipe=recipe)
    with pytest.raises(FileFormatError, match="not defined here: no optimizer is named 'mine'"):
        saved.load_run(path)
    saved.load_model(path)


def test_changed_text_is_refused_even_with_the_same_tokens(text, tmp_path):
    letters = Path(text).read_text("utf-8")
    (tmp_path / "own.txt").write_text(letters, "utf-8")
    run = Run(RECIPE, Source.load(str(tmp_path / "own.txt"), RECIPE))
    next(run.training)
    saved = run.save(tmp_path / "checkpoint.npz")
    (tmp_path / "own.txt").write_text(letters.replace("e", "f"), "utf-8")
    with pytest.raises(FileFormatError, match="it has changed"):
        Run.load(saved)


@pytest.mark.parametrize("precision", ["float64", "float16"])
def test_run_of_another_precision_is_refused(saved, precision, tmp_path):
    theta = np.zeros(Run.load(saved.path, source=saved.source).training.model.parameters.flat.size)
    with pytest.raises(FileFormatError, match="is damaged"):
        saved.load_run(changed(saved, tmp_path / "c.npz", arrays={"theta": theta.astype(precision)}))


def test_text_that_has_changed_is_refused_and_the_old_one_can_be_given(text, tmp_path):
    own = tmp_path / "own.txt"
    own.write_text(Path(text).read_text())
    run = Run(RECIPE, Source.load(str(own), RECIPE))
    next(run.training)
    saved = run.save(tmp_path / "checkpoint.npz")
    old = Source.load(text, RECIPE)
    letters = own.read_text()
    own.write_text(letters[:-1] + ("a" if letters[-1] != "a" else "b"))
    with pytest.raises(
        FileFormatError, match=r"own\.txt' is not the one that the run in .* it has changed"
    ):
        Run.load(saved)
    assert content(Run.load(saved, source=old)) == content(run)
    own.unlink()
    with pytest.raises(TeachrnnError, match=r"own\.txt"):
        Run.load(saved)
    assert TrainedModel.load(saved).model.symbols == run.training.model.symbols


def test_run_can_be_given_more_updates(text, tmp_path):
    short = Run(RECIPE.but(updates=10), Source.load(text, RECIPE))
    list(short.steps())
    long = Run.load(short.save(tmp_path / "checkpoint.npz"), updates=25)
    assert [step.iteration for step in long.steps()] == list(range(11, 26))
    whole = Run(RECIPE.but(updates=25), Source.load(text, RECIPE))
    list(whole.steps())
    assert content(long) == content(whole)


# A model that is read back -------------------------------------------------------------------


def test_best_models_and_the_last_are_distinguished(text, tmp_path):
    run = Run(RECIPE.but(updates=30, validate_every=4), Source.load(text, RECIPE))
    list(run.steps())
    saved = run.save(tmp_path / "checkpoint.npz")
    found = {
        w: TrainedModel.load(saved, w).model.parameters.flat for w in ("last", "smooth", "validation")
    }
    np.testing.assert_array_equal(found["last"], run.training.model.parameters.flat)
    np.testing.assert_array_equal(found["smooth"], run.training.best_smooth.theta)
    np.testing.assert_array_equal(found["validation"], run.training.best_validation.theta)
    assert len({flat.tobytes() for flat in found.values()}) == 3


def test_last_model_is_read_where_no_validation_loss_was_measured(text, tmp_path):
    run = Run(RECIPE.but(validation=0.0), Source.load(text, RECIPE))
    list(islice(run.steps(), 5))
    trained = TrainedModel.load(run.save(tmp_path / "checkpoint.npz"))
    np.testing.assert_array_equal(trained.model.parameters.flat, run.training.model.parameters.flat)


def test_prime_that_the_model_does_not_know_is_refused(saved):
    trained = TrainedModel.load(saved.path)
    with pytest.raises(DomainError, match="Q"):
        trained.sample(5, prime="Q", rng=np.random.default_rng(0))
    assert len(trained.sample(5, prime="ab", rng=np.random.default_rng(0))) == 5


def test_sample_continues_from_the_state_at_the_end_of_training_and_reads_the_next_symbol(text):
    run = Run(RECIPE.but(updates=8), Source.load(text, RECIPE))
    list(run.steps())
    assert run.training.following == run.tokens[8 * 25]
    theta = run.training.model.parameters.flat
    theta[...] = np.random.default_rng(1).normal(
        0, 1, theta.size
    )  # so that not all symbols are as likely
    model, state = run.training.model, {n: s[0] for n, s in run.training.carried.items()}
    rng, symbol, written = np.random.default_rng([0, 2, 8]), run.training.following, []
    for _ in range(12):
        trace = model.record([symbol], state=state)
        o = trace["o[1]"].data.astype(float)
        p = np.exp(o - o.max())
        symbol = int(np.searchsorted(np.cumsum(p), rng.random() * p.sum(), side="right"))
        state = model.final_state(trace)
        written.append(symbol)
    assert run.sample(12) == run.vocabulary.decode(np.array(written))


# A session in a folder -----------------------------------------------------------------------


def test_session_samples_before_the_first_update_and_at_intervals(text, tmp_path):
    session = a_session(tmp_path / "run", text)
    steps = list(session.steps())
    assert [sample.iteration for sample in session.samples] == [0, 10, 20, 30, 40]
    assert session.samples[0].smooth_loss is None
    assert [s.smooth_loss for s in session.samples[1:]] == [
        steps[n - 1].smooth_loss for n in (10, 20, 30, 40)
    ]
    assert {len(sample.text) for sample in session.samples} == {15}
    untrained = Run(RECIPE, Source.load(text, RECIPE))
    assert session.samples[0].text == untrained.sample(15)
    written = json.loads((tmp_path / "run" / "samples.json").read_text())
    assert written == [asdict(sample) for sample in session.samples]
    assert not session.stopped


@pytest.mark.parametrize("name", ["sample_every", "sample_length", "save_every"])
def test_session_that_never_samples_or_saves_is_refused_before_it_makes_a_folder(name, text, tmp_path):
    with pytest.raises(DomainError, match=f"Session: `{name}` is 0 but must be a whole number"):
        a_session(tmp_path / "run", text, **{name: 0})
    assert not (tmp_path / "run").exists()


def test_session_saves_at_intervals_and_at_the_end(text, tmp_path):
    session, saved = a_session(tmp_path / "run", text, save_every=15), []
    for _ in session.steps():
        if session.checkpoint.exists():
            saved.append(Run.load(session.checkpoint).training.iteration)
    assert saved == [15] * 15 + [30] * 10 + [40]


def test_session_of_a_finished_run_makes_no_update(text, tmp_path):
    list(a_session(tmp_path / "run", text).steps())
    again = a_session(tmp_path / "run", text)
    assert list(again.steps()) == []
    assert [sample.iteration for sample in again.samples] == [0, 10, 20, 30, 40]
    more = a_session(tmp_path / "run", text, RECIPE.but(updates=45))
    assert [step.iteration for step in more.steps()] == [41, 42, 43, 44, 45]


def pressing(session, moment, number=signal.SIGINT):
    """Send a signal in the middle of an update."""
    optimizer = session.run.training.optimizer
    update = optimizer.update

    def press_and_update(theta, g):
        if optimizer.t == moment - 1:
            signal.raise_signal(number)
        update(theta, g)

    optimizer.update = press_and_update
    return session


SIGNALS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]


@pytest.mark.parametrize(
    ("moment", "number"),
    [(1, signal.SIGINT), (10, signal.SIGINT), *((13, number) for number in SIGNALS)],
)
def test_signal_to_end_waits_for_the_end_of_an_update_and_saves_and_the_session_resumes(
    moment, number, text, tmp_path
):
    whole = a_session(tmp_path / "whole", text)
    list(whole.steps())
    session = pressing(a_session(tmp_path / "run", text), moment, number)
    before = [signal.getsignal(n) for n in SIGNALS]
    assert [step.iteration for step in session.steps()] == list(range(1, moment + 1))
    assert session.stopped
    assert [signal.getsignal(n) for n in SIGNALS] == before
    again = a_session(tmp_path / "run", text)
    assert again.run.training.iteration == moment
    list(again.steps())
    assert content(again.run) == content(whole.run)
    assert again.samples == whole.samples
    assert not again.stopped


def test_ctrl_c_between_two_updates_ends_a_loop_that_listens(text, tmp_path):
    session, done = a_session(tmp_path / "run", text), []
    before = signal.getsignal(signal.SIGINT)
    with Interruption() as interruption:
        for step in session.steps():
            done.append(step.iteration)
            if step.iteration == 3:
                signal.raise_signal(signal.SIGINT)
    assert interruption.asked
    assert session.stopped
    assert done == [1, 2, 3]
    assert Run.load(session.checkpoint).training.iteration == 3
    assert signal.getsignal(signal.SIGINT) is before


def go_through(session, do):
    """The loop of a user who does something after every update."""
    for step in session.steps():
        do(step)


def test_second_signal_is_raised_whichever_the_first_was(text, tmp_path):
    session = a_session(tmp_path / "run", text)

    def press_twice(_):
        signal.raise_signal(signal.SIGTERM)
        signal.raise_signal(signal.SIGINT)

    with Interruption(), pytest.raises(KeyboardInterrupt):
        go_through(session, press_twice)
    assert Run.load(session.checkpoint).training.iteration == 1


def test_leaving_the_loop_saves_the_run(text, tmp_path):
    session = a_session(tmp_path / "run", text, save_every=100)
    for step in session.steps():
        if step.iteration == 4:
            break
    assert Run.load(session.checkpoint).training.iteration == 4
    with pytest.raises(ZeroDivisionError):
        go_through(session, lambda step: step.iteration // (step.iteration != 6))
    assert Run.load(session.checkpoint).training.iteration == 6
    with pytest.raises(KeyboardInterrupt):
        go_through(session, lambda _: signal.raise_signal(signal.SIGINT))
    assert Run.load(session.checkpoint).training.iteration == 7
    assert not session.stopped


def threads():
    return [pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"]


def test_paused_steps_leave_ctrl_c_and_the_threads_of_the_process_alone(text, tmp_path, monkeypatch):
    first, second = (a_session(tmp_path / name, text) for name in ("first", "second"))
    inside = []
    for session in (first, second):
        training = session.run.training
        monkeypatch.setattr(training, "clipping", watched(training.clipping, inside))
    handlers = [signal.getsignal(n) for n in SIGNALS]
    with threadpool_limits(limits=2, user_api="blas"):
        before = threads()
        ours, theirs = first.steps(), second.steps()
        for steps in (ours, theirs, ours):
            next(steps)
            assert threads() == before
            assert [signal.getsignal(n) for n in SIGNALS] == handlers
        ours.close()  # in the order in which stacks of settings come apart
        theirs.close()
        assert threads() == before
    assert [signal.getsignal(n) for n in SIGNALS] == handlers
    assert {tuple(counts) for counts in inside} == {(1,) * len(before)}


def watched(clipping, inside):
    """The same clipping, which notes how many threads the update uses."""

    def clip(g):
        inside.append(threads())
        return clipping(g)

    return clip


def test_interruption_leaves_ignored_signals_alone():
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with Interruption() as interruption:
            assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
            signal.raise_signal(signal.SIGINT)
            assert not interruption.asked
            signal.raise_signal(signal.SIGTERM)
            assert interruption.asked
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)


def test_second_ctrl_c_aborts_an_update_and_leaves_the_checkpoint_intact(text, tmp_path, monkeypatch):
    session = a_session(tmp_path / "run", text, save_every=2)
    optimizer = session.run.training.optimizer
    update = optimizer.update

    def press_twice(theta, g):
        if optimizer.t == 4:
            signal.raise_signal(signal.SIGINT)
            signal.raise_signal(signal.SIGINT)
        update(theta, g)

    monkeypatch.setattr(optimizer, "update", press_twice)
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        list(session.steps())
    assert signal.getsignal(signal.SIGINT) is before
    with pytest.raises(TeachrnnError, match="update 5 was interrupted in the middle"):
        session.save()
    again = a_session(tmp_path / "run", text)
    assert again.run.training.iteration == 4
    list(again.steps())
    whole = Run(RECIPE, Source.load(text, RECIPE))
    list(whole.steps())
    assert content(again.run) == content(whole)


@pytest.mark.parametrize(
    ("other", "named"),
    [
        ({"recipe": RECIPE.but(hidden=6)}, "hidden"),
        ({"recipe": RECIPE.but(length=5, clipping={"name": "none"})}, "clipping, length"),
        ({"seed": 1}, "seed"),
        ({"text": True}, "text"),
    ],
    ids=["hidden", "two settings", "seed", "text"],
)
def test_folder_with_another_run_is_refused(other, named, text, tmp_path):
    list(a_session(tmp_path / "run", text, RECIPE.but(updates=3)).steps())
    kept = (tmp_path / "run" / "checkpoint.npz").read_bytes()
    if "text" in other:
        other = {"text": str(tmp_path / "another.txt")}
        Path(other["text"]).write_text(Path(text).read_text().replace("a", "b"))
    with pytest.raises(FileFormatError, match=f"holds another run: it differs in {named}. Choose"):
        a_session(tmp_path / "run", **{"text": text} | other)
    assert (tmp_path / "run" / "checkpoint.npz").read_bytes() == kept


def test_folder_that_cannot_be_made_and_samples_that_are_damaged_are_named(text, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(FileFormatError, match="cannot make the folder"):
        a_session(tmp_path / "file" / "run", text)
    list(a_session(tmp_path / "run", text, RECIPE.but(updates=3)).steps())
    for damage in ("[", '[{"x": 1}]', "[1]"):
        (tmp_path / "run" / "samples.json").write_text(damage)
        with pytest.raises(FileFormatError, match=r"samples\.json is damaged \(.*\): delete it"):
            a_session(tmp_path / "run", text)


def test_samples_made_after_the_last_checkpoint_are_made_again(text, tmp_path):
    session = a_session(tmp_path / "run", text, save_every=12)
    steps = session.steps()
    list(islice(steps, 21))
    session.save = session.checkpoint.exists  # it ends here as if killed: at update 12 it was saved last
    steps.close()
    assert [s.iteration for s in a_session(tmp_path / "run", text).samples] == [0, 10]
    again = a_session(tmp_path / "run", text)
    list(again.steps())
    assert [s.iteration for s in again.samples] == [0, 10, 20, 30, 40]


# One writer at a time ------------------------------------------------------------------------


def test_folder_in_use_by_another_process_is_refused_and_not_changed(text, tmp_path):
    command = [
        sys.executable,
        str(Path(__file__).parents[1] / "support" / "killed_run.py"),
        str(tmp_path),
        text,
    ]
    process = subprocess.Popen([*command, "10000000"], stdout=subprocess.PIPE)
    try:
        assert process.stdout.readline(), "it ended by itself"
        unfinished = tmp_path / ".being-written.part"
        unfinished.touch()
        session = killed_session(str(tmp_path), text, 10_000_000)
        words = rf"is in use by process {process.pid} on {platform.node()}, since 20\d\d-"
        with pytest.raises(FolderInUseError, match=words):
            next(session.steps())
        with pytest.raises(FolderInUseError, match=words):
            session.save()
        assert unfinished.exists()
        assert process.poll() is None
    finally:
        process.kill()
        process.communicate()
    after = killed_session(str(tmp_path), text, 10_000_000)  # the lock of the dead is taken over
    assert next(after.steps()).iteration == after.run.training.iteration
    assert not unfinished.exists()


def test_run_that_another_process_continues_while_it_is_open_says_so_at_its_first_step(
    text, tmp_path, monkeypatch
):
    begin = Run.__init__

    def begin_while_another_trains(run, *arguments, **options):
        begin(run, *arguments, **options)
        monkeypatch.undo()
        list(a_session(tmp_path, text).steps())

    monkeypatch.setattr(Run, "__init__", begin_while_another_trains)
    session = a_session(tmp_path, text)
    with pytest.raises(FolderInUseError, match="another process has continued the run"):
        next(session.steps())


def test_paused_steps_keep_other_sessions_of_the_same_process_out(text, tmp_path):
    first, second = (a_session(tmp_path / "run", text) for _ in range(2))
    steps = first.steps()
    next(steps)
    with pytest.raises(FolderInUseError, match="by this process, in another session, since"):
        next(second.steps())
    assert next(first.steps()).iteration == 2  # the same session may
    steps.close()
    with pytest.raises(FolderInUseError, match=r"another process has continued the run in .* since"):
        next(second.steps())
    assert next(a_session(tmp_path / "run", text).steps()).iteration == 3


def test_session_holds_its_folder_for_as_long_as_it_is_open(text, tmp_path):
    with a_session(tmp_path / "run", text) as session:
        list(session.steps())
        with pytest.raises(FolderInUseError), a_session(tmp_path / "run", text):
            pass
    with a_session(tmp_path / "run", text):
        pass


def test_checkpoint_of_another_process_is_not_overwritten_where_there_are_no_locks(
    text, tmp_path, monkeypatch
):
    def no_locks(file):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr("teachrnn.runs.claim._lock", no_locks)
    first, second = (a_session(tmp_path / "run", text, save_every=3) for _ in range(2))
    ours, theirs = first.steps(), second.steps()
    assert [next(steps).iteration for steps in (ours, theirs) * 2] == [1, 1, 2, 2]
    assert next(theirs).iteration == 3  # and the checkpoint is theirs
    kept = second.checkpoint.read_bytes()
    with pytest.raises(FolderInUseError, match="another process has continued the run"):
        next(ours)
    assert second.checkpoint.read_bytes() == kept
    assert [step.iteration for step in islice(theirs, 2)] == [4, 5]


def test_new_session_is_refused_in_a_folder_with_a_later_or_another_run(text, tmp_path):
    list(islice(a_session(tmp_path / "run", text).steps(), 9))
    source = Source.load(text, RECIPE)
    with pytest.raises(FileFormatError, match="holds this run after update 9: resume it"):
        Session(Run(RECIPE, source), tmp_path / "run")
    with pytest.raises(FileFormatError, match="holds another run: it differs in seed"):
        Session(Run(RECIPE, source, seed=1), tmp_path / "run")


def test_recipe_with_another_title_is_the_same_run(text, tmp_path):
    list(islice(a_session(tmp_path / "run", text).steps(), 2))
    reworded = RECIPE.but(title="another title", notes="and notes", source="elsewhere", name="mine")
    assert next(a_session(tmp_path / "run", text, reworded).steps()).iteration == 3


def test_text_is_identified_by_its_contents_not_by_its_name(text, tmp_path, monkeypatch):
    monkeypatch.chdir(Path(text).parent)
    list(islice(a_session(tmp_path / "run", "text.txt").steps(), 2))
    copy = tmp_path / "copy.txt"
    copy.write_bytes(Path(text).read_bytes())
    for done, name in enumerate(("./text.txt", text, str(copy)), start=3):
        assert next(a_session(tmp_path / "run", name).steps()).iteration == done


@pytest.fixture
def pipe(text, tmp_path):
    """A function that makes a pipe from which the text can be read once."""
    if not hasattr(os, "mkfifo"):
        pytest.skip("no named pipes on Windows")
    path = tmp_path / "pipe"
    os.mkfifo(path)

    def give():
        writer = threading.Thread(target=lambda: path.write_bytes(Path(text).read_bytes()))
        writer.start()
        return str(path)

    return give


@pytest.mark.parametrize(
    "how", [{}, {"vocabulary": "words"}, {"vocabulary": "words", "max_symbols": 9}], ids=str
)
def test_text_from_a_pipe_is_read_once_and_is_the_text(how, text, pipe):
    recipe = RECIPE.but(**how)
    piped, read = Source.load(pipe(), recipe), Source.load(text, recipe)
    assert piped.is_that_of(read.fingerprint(), read.vocabulary)
    np.testing.assert_array_equal(piped.tokens, read.tokens)
    assert piped.tokens.dtype == read.tokens.dtype


def test_run_on_a_text_from_a_pipe_is_resumed_from_another(text, pipe, tmp_path):
    list(islice(a_session(tmp_path / "run", pipe()).steps(), 2))
    assert next(a_session(tmp_path / "run", pipe()).steps()).iteration == 3


def test_error_for_a_text_too_short_for_validation_says_how_to_turn_it_off():
    source = Source.of("hello, hello, hello, hello")
    with pytest.raises(DomainError, match=r"this one has 26, of which 3 are held out .*--validation 0"):
        Run(RECIPE, source)
    assert Run(RECIPE.but(validation=0.0), source).held_out is None
    with pytest.raises(DomainError, match="hold nothing out: --validation 0"):
        Run(RECIPE.but(length=2), Source.of("hello"))


# A run that diverges -------------------------------------------------------------------------


def test_session_whose_parameters_overflow_says_so_with_a_flight_recorder_too(text, tmp_path):
    session = a_session(tmp_path / "run", text, recorder=FlightRecorder(every=2))
    steps = session.steps()
    list(islice(steps, 5))
    session.run.training.model.parameters.flat[...] = np.inf
    with pytest.raises(DivergedError, match="the previous update has made U, W, b, V, c overflow"):
        next(steps)


def test_parameters_that_have_overflowed_do_not_replace_a_good_checkpoint(text, tmp_path):
    session = a_session(tmp_path / "run", text, save_every=1)
    optimizer = session.run.training.optimizer
    steps = session.steps()
    list(islice(steps, 4))
    optimizer.update = lambda theta, g: theta.fill(np.inf)
    with pytest.raises(DivergedError):
        list(steps)
    good = Run.load(session.checkpoint)
    assert np.isfinite(good.training.model.parameters.flat).all()


def diverging(text, folder, *, moment, recorder=None, save_every=4):
    """A session whose parameter V is corrupted before an update, so that the gradient overflows."""
    session = a_session(folder, text, recorder=recorder, save_every=save_every)
    steps = session.steps()
    assert [step.iteration for step in islice(steps, moment - 1)] == list(range(1, moment))
    V = session.run.training.model.parameters["V"]
    V[...] = np.where(np.arange(len(V)) % 2, 3e38, -3e38)[:, np.newaxis]
    with pytest.raises(DivergedError) as caught:
        next(steps)
    return session, str(caught.value)


def test_session_that_diverges_keeps_its_last_good_checkpoint_and_says_where(text, tmp_path):
    session, words = diverging(text, tmp_path / "run", moment=11)
    assert "training has diverged: at update 11 " in words
    assert f"The last good checkpoint is {session.checkpoint}. A run with other settings needs" in words
    good = Run.load(session.checkpoint)
    assert good.training.iteration == 8
    assert np.isfinite(good.training.model.parameters.flat).all()
    assert [step.iteration for step in islice(good.steps(), 2)] == [9, 10]


def test_session_that_diverges_before_its_first_checkpoint_mentions_no_checkpoint(text, tmp_path):
    session, words = diverging(text, tmp_path / "run", moment=2)
    assert "The last good checkpoint" not in words
    assert not session.checkpoint.exists()


def test_session_that_diverges_writes_what_the_flight_recorder_kept(text, tmp_path):
    recorder = FlightRecorder(every=3)
    _, words = diverging(text, tmp_path / "run", moment=11, recorder=recorder)
    files = sorted((tmp_path / "run" / "flight").iterdir())
    assert [file.name for file in files] == [f"step-{n:07d}.npz" for n in (3, 6, 9, 11)]
    assert recorder.kept[-1].reason == "not finite"
    assert f"Look at the step: teachrnn step --trace {files[-1]}." in words
    assert load_trace(files[-1]).total_loss > 1e30
    assert load_trace(files[0]).total_loss < 100


def test_session_saves_the_flight_with_every_checkpoint(text, tmp_path):
    session = a_session(
        tmp_path / "run", text, recorder=FlightRecorder(every=5, max_kept=2), save_every=10
    )
    list(islice(session.steps(), 20))
    names = sorted(file.name for file in (tmp_path / "run" / "flight").iterdir())
    assert names == [f"step-{n:07d}.npz" for n in (5, 10, 15, 20)]


def test_session_without_a_flight_recorder_makes_no_flight_folder(text, tmp_path):
    list(a_session(tmp_path / "run", text, RECIPE.but(updates=8)).steps())
    names = sorted(path.name for path in (tmp_path / "run").iterdir())
    assert names == [".lock", "checkpoint.npz", "journal.json", "samples.json"]


@pytest.mark.parametrize("name", ["adam", "tweets", "stacked"])
def test_beam_search_of_width_1_gives_the_greedy_text(name, text, tmp_path):
    recipe = Recipe.find(name).but(hidden=5, updates=200, length=6)
    session = a_session(tmp_path, text, recipe, save_every=100)
    deque(session.steps(), maxlen=0)
    trained = TrainedModel.load(session.checkpoint, "last")
    assert bool(trained.state) == (name != "tweets")
    greedy = trained.passage(40, rng=np.random.default_rng(0), sampler=Greedy())
    found = trained.likeliest(40, width=1)
    np.testing.assert_array_equal(found.tokens, greedy.tokens)
    ranked = trained.likeliest(3, width=10**4)
    assert ranked.log_probability >= trained.likeliest(3, width=1).log_probability - 1e-9


@pytest.mark.parametrize("how", [{}, {"validation": 0.0}], ids=["validation", "none held out"])
def test_run_with_a_finite_loss_far_above_guessing_is_reported(how, text):
    wild = RECIPE.but(optimizer={"name": "adagrad", "eta": 300.0}, updates=400, **how)
    run = Run(wild, Source.load(text, RECIPE))
    assert run.trouble() is None  # before the first update
    list(run.steps())
    assert run.training.smooth_loss > 1.5 * 25 * np.log(7)
    words = (
        r"its smooth loss is .* guessing costs log K = 1\.946.*Lower the learning rate \(eta is 300\)"
    )
    assert re.search(words, run.trouble())
    for recipe in (RECIPE, RECIPE.but(optimizer={"name": "adagrad", "eta": 0.1})):
        calm = Run(recipe.but(updates=60, **how), Source.load(text, RECIPE))
        list(calm.steps())
        assert calm.trouble() is None


# A kept step belongs to its run --------------------------------------------------------------


def keeping(text, folder, recipe=RECIPE, **more):
    """A session that keeps every second step."""
    return a_session(folder, text, recipe, recorder=FlightRecorder(every=2), **more)


def kept_in(folder):
    """The notes of the steps in a folder, by file name."""
    return {path.name: KeptStep.load(path)[1] for path in sorted(folder.iterdir())}


def test_kept_step_names_its_run_and_has_its_symbols(text, tmp_path):
    session = keeping(text, tmp_path / "run", save_every=4)
    list(islice(session.steps(), 5))
    trace, kept = KeptStep.load(tmp_path / "run" / "flight" / "step-0000004.npz")
    assert (kept.iteration, kept.reason) == (4, "every 2 updates")
    assert (kept.run, kept.text, kept.seed) == (session.run.identity, text, 0)
    assert kept.vocabulary == session.run.vocabulary
    assert f"Update 4 of a run of the recipe adam on {text}, eta = 0.001, seed 0" in str(kept)
    assert trace.total_loss == session.run.training.recorder.kept[1].snapshot.open().total_loss


@dataclass(frozen=True, kw_only=True)
class RecipeOfTomorrow(Recipe):
    noise: float = 0.0


def test_setting_that_is_added_later_does_not_change_the_identity_of_a_run(text):
    """So the steps that it kept still belong to it."""
    source = Source.load(text, RECIPE)
    run = Run(RECIPE, source)
    assert Run(RecipeOfTomorrow(**RECIPE.settings()), source).identity == run.identity
    assert Run(RecipeOfTomorrow(**RECIPE.settings(), noise=0.1), source).identity != run.identity
    assert Run(RECIPE.but(length=9), source).identity != run.identity


def test_steps_of_a_run_that_diverged_are_set_aside_when_another_begins(text, tmp_path):
    first, _ = diverging(text, tmp_path / "run", moment=3, recorder=FlightRecorder(every=2))
    assert not first.checkpoint.exists()
    old = {path.name: path.read_bytes() for path in (tmp_path / "run" / "flight").iterdir()}
    assert set(old) == {"step-0000002.npz", "step-0000003.npz"}
    calmer = RECIPE.but(optimizer={"name": "adam", "eta": 1e-4})
    second = keeping(text, tmp_path / "run", calmer)
    list(islice(second.steps(), 2))
    assert second.set_aside == tmp_path / "run" / "flight-1"
    assert {path.name: path.read_bytes() for path in second.set_aside.iterdir()} == old
    assert {kept.run for kept in kept_in(tmp_path / "run" / "flight").values()} == {second.run.identity}
    assert list(kept_in(tmp_path / "run" / "flight")) == ["step-0000002.npz"]


def test_steps_of_another_text_keep_their_own_symbols(text, tmp_path):
    (tmp_path / "other.txt").write_text("the cat sat on the mat. " * 40, "utf-8")
    keeping_no_checkpoint = keeping(text, tmp_path / "run")
    next(steps := keeping_no_checkpoint.steps())
    next(steps)
    keeping_no_checkpoint._save_flight()
    keeping_no_checkpoint.save = lambda: None  # as if killed
    steps.close()
    list(islice(keeping(str(tmp_path / "other.txt"), tmp_path / "run").steps(), 2))
    (old,) = kept_in(tmp_path / "run" / "flight-1").values()
    (new,) = kept_in(tmp_path / "run" / "flight").values()
    assert old.vocabulary == Source.load(text, RECIPE).vocabulary
    assert new.vocabulary == Source.load(str(tmp_path / "other.txt"), RECIPE).vocabulary


def test_steps_of_the_same_run_stay_when_it_is_resumed_or_has_more_updates(text, tmp_path):
    list(islice(keeping(text, tmp_path / "run").steps(), 3))
    again = keeping(text, tmp_path / "run", RECIPE.but(updates=50))
    list(islice(again.steps(), 3))
    assert again.set_aside is None
    assert list(kept_in(tmp_path / "run" / "flight")) == [f"step-{n:07d}.npz" for n in (2, 4, 6)]


def test_steps_without_a_note_are_set_aside(text, tmp_path):
    (tmp_path / "run" / "flight").mkdir(parents=True)
    trace = CharRNN(hidden=2, symbols=3, rng=np.random.default_rng(0)).record([0], [1])
    save_trace(trace, tmp_path / "run" / "flight" / "step-0000002.npz")  # as teachrnn 0.1.0 did
    (tmp_path / "run" / "flight-1").mkdir()
    list(islice(keeping(text, tmp_path / "run").steps(), 2))
    assert kept_in(tmp_path / "run" / "flight-2") == {"step-0000002.npz": None}
    assert kept_in(tmp_path / "run" / "flight")["step-0000002.npz"] is not None


def test_invalid_note_of_a_kept_step_is_refused(tmp_path):
    trace = CharRNN(hidden=2, symbols=3, rng=np.random.default_rng(0)).record([0], [1])
    path = save_trace(trace, tmp_path / "step.npz", note={"run": "x", "vocabulary": {}})
    with pytest.raises(FileFormatError, match=r"step\.npz is damaged|no vocabulary of kind"):
        KeptStep.load(path)
