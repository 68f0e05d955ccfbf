"""``teachrnn report``: train on a text, and write up what the assignment asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from teachrnn.cli.console import open_console, say
from teachrnn.cli.run_options import RecipeName, RunOptions, with_run_options
from teachrnn.extras import require
from teachrnn.runs import Session

if TYPE_CHECKING:
    from rich.console import Console

    from teachrnn.report import Journal

JOURNAL = "journal.json"
INTERRUPTED = 130
"""The status with which the shell ends what Ctrl-C has stopped."""


@with_run_options
def report(options: RunOptions, recipe: RecipeName = "adagrad") -> None:
    """Train by a recipe and write everything up: gradient check, losses, samples, best passage.

    Writes report.html, one self-contained page, and report.md with its figures beside it. The same
    command goes on with a run that was stopped (Ctrl-C), or that has had fewer updates.
    """
    require("matplotlib.figure", extra="figures", purpose="A report")
    from teachrnn.cli.progress import stage
    from teachrnn.report import check_run, read_remarks, write_report, write_up

    session = options.session(recipe)
    read_remarks(session.folder)  # a file that cannot be shown is told of now, not after the training
    console = open_console()
    with stage(console, "Gradient check") as news:
        found = check_run(session.run, progress=news)
    if found.differs:
        say("Gradient check: a gradient DIFFERS from its reference; see the report.")
    else:
        say("Gradient check: no gradient differs from its reference.")
    journal = _train(session, console)
    with stage(console, "Writing the report"):
        written = write_report(write_up(session, found, journal), session.folder)
    done = session.run.training.iteration
    if session.stopped:
        say(f"Stopped after update {done:,}. The same command goes on.")
    for path in written:
        say(f"Report: {path.resolve()}")
    raise typer.Exit(INTERRUPTED if session.stopped else 0)


def _train(session: Session, console: Console) -> Journal:
    from teachrnn.cli.progress import follow
    from teachrnn.report import Journal

    path = session.folder / JOURNAL
    journal = Journal.open(path, iteration=session.run.training.iteration)
    for step in follow(session, console):
        journal.note(step)
        if step.iteration % session.save_every == 0:  # when the session saves its checkpoint
            journal.save(path)
    journal.save(path)
    return journal
