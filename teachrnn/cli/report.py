"""``teachrnn report``: train on a text, and write up what the assignment asks for."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from teachrnn.cli.console import open_console, say
from teachrnn.cli.options import HELP, RunOptions, with_options
from teachrnn.extras import require
from teachrnn.runs import Session

if TYPE_CHECKING:
    from rich.console import Console

    from teachrnn.report import ReportedRun

INTERRUPTED = 130
"""The exit status of a command that was stopped by Ctrl-C, as in shells."""


@with_options(RunOptions)
def report(
    options: RunOptions,
    recipe: Annotated[
        list[str] | None,
        typer.Option(help=f"{HELP['recipe']} Several are compared. [default: adagrad]"),
    ] = None,
) -> None:
    """Train by a recipe and write everything up: gradient check, losses, samples, best passage.

    Writes report.html, one self-contained page, and report.md with its figures beside it. The same
    command resumes a run that was stopped (Ctrl-C), or that has made fewer updates. Several
    recipes each get a report of their own, and one more compares them.
    """
    require("matplotlib.figure", extra="figures", purpose="A report")
    from teachrnn.cli.progress import stage
    from teachrnn.report import check_comparable, compare, load_remarks, write_report

    names = recipe or ["adagrad"]
    if len(set(names)) < len(names):
        raise typer.BadParameter("a recipe is given twice.", param_hint="--recipe")
    together = options.folder("+".join(names))
    inside = options.out is not None and len(names) > 1
    sessions = [options.session(name, together / name if inside else None) for name in names]
    check_comparable([session.run for session in sessions])
    for folder in {together, *(session.folder for session in sessions)}:
        load_remarks(folder)  # a file that cannot be shown is reported now, not after the training
    console, reported = open_console(), []
    for session in sessions:
        if len(names) > 1:
            say(f"{session.run.recipe.title}.")
        with session:  # no other process trains in the folder from here to the report
            reported.append(_report(session, console))
        if session.stopped:
            done = session.run.training.iteration
            say(f"Stopped after update {done:,}. The same command resumes it.")
            raise typer.Exit(INTERRUPTED)
    if len(names) > 1:
        with stage(console, "Writing the comparison"):
            written = write_report(compare(reported, together), together)
        _say_where("Comparison", written)
    troubles = [trouble for session in sessions if (trouble := session.run.trouble()) is not None]
    for trouble in troubles:
        say(trouble)
    if troubles:  # a run that has learnt nothing must not exit like one that has
        raise typer.Exit(1)


def _report(session: Session, console: Console) -> ReportedRun:
    """Check, train and write up one run."""
    from teachrnn.cli.progress import follow, stage
    from teachrnn.report import ReportedRun, check_run, write_report, write_up

    with stage(console, "Gradient check") as news:
        found = check_run(session.run, progress=news)
    if found.differs:
        say("Gradient check: a gradient DIFFERS from its reference; see the report.")
    else:
        say("Gradient check: no gradient differs from its reference.")
    for _ in follow(session, console):
        pass
    with stage(console, "Writing the report"):
        written = write_report(write_up(session, found), session.folder)
    _say_where("Report", written)
    return ReportedRun(session, found)


def _say_where(what: str, written: Iterable[Path]) -> None:
    for path in written:
        say(f"{what}: {path.resolve()}")
