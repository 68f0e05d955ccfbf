"""What commands print: text verbatim, on every stream, and their progress."""

from __future__ import annotations

import io
import re
import sys
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

import teachrnn.cli
from teachrnn.cli import now_and_then, progress
from teachrnn.cli.check import _progress
from teachrnn.cli.console import say
from teachrnn.cli.epoch_means import MOST, EpochMeans
from teachrnn.cli.train import _show
from teachrnn.recipes import Recipe
from teachrnn.reference import Oracle
from teachrnn.runs import Run, Sample, Session, Source
from teachrnn.training import Epoch
from teachrnn.views.style.loss_units import LossUnits

TEXT = "d[1:x:2] [red]b[/b] \x1b[31m\x07 \u202eż \x9b2J\n"
FOLDER = "r[/b] [red]:x:\x1b[31m"


@pytest.fixture
def command(monkeypatch, tmp_path):
    """Run a command in this process, in a separate folder: its status, and the bytes of both streams."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments, encoding="utf-8"):
        out, err = (io.TextIOWrapper(io.BytesIO(), encoding=encoding) for _ in range(2))
        monkeypatch.setattr(sys, "stdout", out)
        monkeypatch.setattr(sys, "stderr", err)
        monkeypatch.setattr(sys, "argv", ["teachrnn", *arguments])
        try:
            teachrnn.cli.main()
            status = 0
        except SystemExit as end:
            status = end.code or 0
        out.flush(), err.flush()
        return status, out.buffer.getvalue(), err.buffer.getvalue()

    return run


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "utf-8"])
def test_training_and_sampling_print_any_text_and_path_on_any_stream(command, encoding):
    Path("text.txt").write_text(TEXT * 40, "utf-8")
    begin = ("train", "text.txt", "--hidden", "4", "--out", FOLDER)
    first = command(*begin, "--updates", "60", "--sample-every", "40", encoding=encoding)
    again = command(*begin, "--updates", "80", "--sample-every", "40", encoding=encoding)
    wrote = command(
        "sample", f"{FOLDER}/checkpoint.npz", "--prime", TEXT, "--count", "50", encoding=encoding
    )
    for status, out, err in (first, again, wrote):
        assert (status, err) == (0, b"")
        assert not set(out) & set(b"\x1b\x07\x9b" if encoding != "utf-8" else b"\x1b\x07")
        assert "\u202e".encode() not in out
    assert Path(FOLDER, "checkpoint.npz").exists()
    escape = "␛" if encoding == "utf-8" else "<U+001B>"
    folder = FOLDER.replace("\x1b", escape)
    told = again[1].decode(encoding)
    assert f"Resuming after update 60, from {folder}/checkpoint.npz." in told
    assert f"to sample from it: teachrnn sample '{folder}/checkpoint.npz'" in told
    assert wrote[1].decode(encoding).startswith(f"d[1:x:2] [red]b[/b] {escape}[31m")


def test_mistake_quotes_a_path_without_interpreting_it(command):
    status, out, err = command("sample", "no\x1b[31m :x:[red].npz")
    assert (status, out) == (2, b"")
    assert err.decode() == "teachrnn: cannot read no␛[31m :x:[red].npz: No such file or directory.\n"


def test_consoles_are_made_in_one_place_where_markup_and_emoji_are_switched_off():
    made = [
        path.name
        for path in Path(teachrnn.cli.__file__).parent.glob("*.py")
        if " Console(" in path.read_text("utf-8")
    ]
    assert made == ["console.py"]


def test_printed_text_is_neither_wrapped_nor_cut_and_keeps_tabs_and_spaces():
    out = io.StringIO()
    text = "x" * 90 + " " * 20 + "\ty  :x: [b]"
    say(text, Console(file=out, width=80))
    assert out.getvalue() == f"{text}\n"


@pytest.mark.parametrize("iteration", [100_000, 123_456_789])
def test_heading_of_a_sample_is_whole_however_many_updates(iteration):
    out = io.StringIO()
    _show(Sample(iteration, 109.55, "text"), LossUnits("character", 25), Console(file=out, width=80))
    heading = f"after {iteration:,} updates, smooth loss 109.55 nats per sequence (4.382 per character)"
    assert heading in out.getvalue()


def a_session(folder, text, **changes):
    recipe = Recipe.find("adam").but(hidden=4, validation=0, length=5, **changes)
    return Session(Run(recipe, Source.of(text)), folder)


@pytest.mark.parametrize(("updates", "count"), [(50, 5), (12_000, 1200)])
def test_every_epoch_is_in_one_line_with_its_mean_and_many_epochs_share_lines(tmp_path, updates, count):
    session = a_session(tmp_path, "0123456789" * 5 + "x", updates=updates)
    assert session.run.training.batching.batches_per_epoch == 10
    means = EpochMeans(session)
    epochs = session.run.training.curve.epochs
    lines = []
    rng = np.random.default_rng(0)
    for n in range(count - 1):  # the last one is not over until an update of the next is made
        epochs.append(Epoch(10 * (n + 1), float(rng.uniform(1, 2))))
        lines += means.lines()
    lines += means.lines(last=True)
    assert len(lines) <= MOST
    told = []
    for line in lines:
        first, last, update, mean = re.fullmatch(
            r"epochs? (?:(\d+) to )?(\d+), to update ([\d,]+): mean loss ([\d.]+) nats per character"
            r" \([\d.]+ bits\)",
            line,
        ).groups()
        group = range(int(first or last), int(last) + 1)
        told += group
        assert int(update.replace(",", "")) == epochs[group[-1] - 1].last
        assert float(mean) == pytest.approx(np.mean([epochs[n - 1].mean_loss for n in group]), abs=6e-4)
    assert told == list(range(1, count))


def test_train_prints_each_epoch_and_its_progress_without_a_terminal(command, monkeypatch):
    monkeypatch.setattr(now_and_then, "PAUSE", 0)
    monkeypatch.setattr(progress, "REFRESH", 0)
    Path("text.txt").write_text("the cat sat on the mat. " * 40, "utf-8")
    _, out, _ = command("train", "text.txt", "--hidden", "4", "--updates", "100", "--validation", "0")
    told = out.decode()
    assert re.findall(
        r"^(epoch \d), to update (\d+): mean loss \d\.\d+ nats per character", told, re.M
    ) == [
        ("epoch 1", "38"),
        ("epoch 2", "76"),
    ]
    news = re.findall(
        r"^update (\d+) of 100: smooth \d\.\d{3} nats/char, [\d,]+ updates/s, 0:00:\d\d to go$",
        told,
        re.M,
    )
    assert 3 < len(news) < 100


def test_gradient_check_and_report_print_their_progress_without_a_terminal(capsys):
    report = _progress("lstm", Oracle.make("complex"), lambda: True)
    report("W", 10, 100)
    report("W", 10, 100)
    told = capsys.readouterr()
    assert told.err.splitlines() == ["lstm, complex step: W 10/100", "lstm, complex step: W 20/100"]
    assert told.out == ""
    out = io.StringIO()
    with progress.stage(Console(file=out), "Gradient check"):
        pass
    assert out.getvalue() == "Gradient check ...\n"


def test_progress_is_printed_less_often_as_a_command_takes_longer(monkeypatch):
    clock = iter([0.0, *range(1, 4001)])
    monkeypatch.setattr(now_and_then, "perf_counter", lambda: next(clock))
    due = now_and_then.NowAndThen()
    times = [t for t in range(1, 4001) if due()]
    assert times[:3] == [10, 20, 30]
    assert len(times) < 60
    assert times[-1] > 3500
