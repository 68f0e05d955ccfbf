"""``teachrnn train``: a recipe on any text, which can be stopped and resumed."""

from __future__ import annotations

import shlex
from math import log
from typing import TYPE_CHECKING

import typer

from teachrnn.cli.console import open_console, say
from teachrnn.cli.epoch_means import EpochMeans
from teachrnn.cli.options import RecipeName, RunOptions, with_options
from teachrnn.runs import Sample, Session
from teachrnn.views.style.loss_units import LossUnits, per_sequence

if TYPE_CHECKING:
    from rich.console import Console

WIDEST = 100
"""Maximum width of a heading, however wide the terminal is."""


@with_options(RunOptions)
def train(options: RunOptions, recipe: RecipeName = "adagrad") -> None:
    """Train a character model on a text, and watch it learn to write.

    The same command resumes a run that was stopped (Ctrl-C), or that has made fewer updates.
    """
    console = open_console()
    with options.session(recipe) as session:
        _introduce(session)
        _follow(session, console)
        _conclude(session)


def _introduce(session: Session) -> None:
    run, T = session.run, session.run.recipe.length
    K = len(run.vocabulary)
    say(
        f"{run.recipe.title}.\n"
        f"{len(run.source.tokens):,} {run.vocabulary.name}, K = {K}; guessing costs "
        f"T log K = {T * log(K):.1f} nats per sequence, {log(K):.3f} per symbol.",
    )
    done = run.training.iteration
    if done:
        say(f"Resuming after update {done:,}, from {session.checkpoint}.")
    if session.set_aside is not None:
        say(f"Steps that another run had kept here are now in {session.set_aside}.")


def _follow(session: Session, console: Console) -> None:
    from teachrnn.cli.progress import follow

    shown = 0 if not session.run.training.iteration else len(session.samples)
    epochs = EpochMeans(session)
    for _ in follow(session, console):
        for line in epochs.lines():
            say(line, console)
        for sample in session.samples[shown:]:
            _show(sample, LossUnits.of(session.run), console)
        shown = len(session.samples)
    for line in epochs.lines(last=True):
        say(line, console)


def _show(sample: Sample, units: LossUnits, console: Console) -> None:
    if sample.smooth_loss is None:
        heading = "before the first update"
    else:
        heading = f"after {sample.iteration:,} updates, smooth loss {units.brief(sample.smooth_loss)}"
    say(f"--- {heading} ".ljust(min(console.width, WIDEST), "-"), console)
    say(sample.text, console)


def _conclude(session: Session) -> None:
    training, units = session.run.training, LossUnits.of(session.run)
    if session.stopped:
        say(f"Stopped after update {training.iteration:,}. The same command resumes it.")
    lowest = training.best_smooth
    say(
        f"Smooth loss {units.brief(training.smooth_loss)}, lowest {per_sequence(lowest.loss)} at update "
        f"{lowest.iteration:,}.",
    )
    best = training.best_validation
    if best.iteration:
        nats, bits, perplexity = units.cells(best.loss)[-3:]
        say(
            f"Lowest validation loss {nats} nats per {units.symbol} ({bits} bits, perplexity "
            f"{perplexity}), after update {best.iteration:,}.",
        )
    kept = str(session.checkpoint)
    say(f"Saved in {kept}; to sample from it: teachrnn sample {shlex.quote(kept)}")
    end_badly_if_lost(session)


def end_badly_if_lost(session: Session) -> None:
    """A run that has learnt nothing says so, and does not exit like one that has."""
    trouble = session.run.trouble()
    if trouble is not None:
        say(trouble)
        raise typer.Exit(1)
