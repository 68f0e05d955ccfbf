"""``teachrnn laboratory``: a right network with a mistake switched on, beside the right one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from teachrnn.cli.console import open_console, say
from teachrnn.cli.options import HELP, RecipeName, RecipeOptions, with_options
from teachrnn.data import CORPORA
from teachrnn.errors import DivergedError, MissingExtraError
from teachrnn.extras import require
from teachrnn.laboratory import (
    MistakenRuns,
    PlantedMistake,
    check_table,
    known_mistakes,
    slipped_updates,
    told_by_curves,
    well_known,
)
from teachrnn.optimizers import Optimizer
from teachrnn.recipes import Recipe
from teachrnn.runs import Source

if TYPE_CHECKING:
    from rich.console import Console

INTERRUPTED = 130
"""The exit status of a command that was stopped by Ctrl-C, as in shells."""

NOVEL = "pride-and-prejudice"
MISTAKE = (
    "The mistake, by its name or by words of what it does (--names lists them); may be repeated. "
    "[default: no carry]"
)


@dataclass(frozen=True, kw_only=True)
class LaboratoryOptions(RecipeOptions):
    """The options of a recipe, except that runs are short, and read a novel where one is installed."""

    text: Annotated[
        str,
        typer.Argument(
            help="A text file in UTF-8, or a corpus (teachrnn list). "
            f"[default: {NOVEL} if installed, otherwise help]"
        ),
    ] = ""
    updates: Annotated[int, typer.Option(help=f"{HELP['updates']} Of each run.", min=1)] = 1500
    seed: Annotated[int, typer.Option(help=f"{HELP['seed']} The first one.", min=0)] = 0


@with_options(LaboratoryOptions)
def laboratory(
    options: LaboratoryOptions,
    mistake: Annotated[list[str] | None, typer.Option(help=MISTAKE)] = None,
    recipe: RecipeName = "adagrad",
    seeds: Annotated[int, typer.Option(help="Runs of each, from different seeds.", min=1)] = 3,
    draws: Annotated[int, typer.Option(help="How often each check is made.", min=1)] = 5,
    names: Annotated[bool, typer.Option("--names", help="List the mistakes and end.")] = False,
    out: Annotated[
        Path | None,
        typer.Option(help=f"{HELP['out']} The folder of the runs. [default: laboratory/RECIPE-TEXT]"),
    ] = None,
) -> None:
    """Switch a mistake on in a right network: what checks say, and what becomes of training.

    Trains rightly and with the mistake, from the same seeds, and writes report.html. Finished runs are
    kept: the same command shows them at once, and resumes those that were stopped (Ctrl-C).
    """
    chosen = options.recipe(recipe)
    if names:
        _list(chosen)
        return
    require("matplotlib.figure", extra="figures", purpose="The page of the laboratory")
    text = options.text or public_text()
    folder = out or Path("laboratory") / f"{recipe}-{Path(text).stem}"
    runs = MistakenRuns(
        chosen,
        Source.load(text, chosen),
        mistake or ["no carry"],
        seeds=seeds,
        first_seed=options.seed,
        folder=folder,
    )
    console = open_console()
    _introduce(runs)
    if not _train(runs, console):
        say("Stopped. The same command resumes it.")
        raise typer.Exit(INTERRUPTED)
    _write(runs, draws, console)


def public_text() -> str:
    """A novel if the corpora are installed, otherwise Python's own help.

    Returns
    -------
    str
        The name of a corpus.

    Examples
    --------
    >>> public_text() in CORPORA
    True
    """
    try:
        CORPORA[NOVEL].load()
    except MissingExtraError:
        return "help"
    return NOVEL


def _list(recipe: Recipe) -> None:
    known, named = known_mistakes(recipe.cell), well_known(recipe.cell)
    for name, planted in named.items():
        say(f"{name:20} {planted.described.title}")
    slips = slipped_updates(Optimizer.make(recipe.optimizer))
    say(
        f"and {len(known) - len(named)} more of the {recipe.cell} cell, and {len(slips)} slips in the"
        f" update of {recipe.optimizer['name']}, found by words of what they do: such as"
        ' --mistake "db has the wrong sign".'
    )


def _introduce(runs: MistakenRuns) -> None:
    for planted in runs.mistakes:
        said = planted.described
        say(f"{planted.name}: {said.title}.")
        if said.wrong:
            say(f"  right:  {said.right}\n  wrong:  {said.wrong}")
    done = len(runs.curves)
    kept = f", {done} of them finished already" if done else ""
    say(
        f"{len(runs.planned)} runs of {runs.recipe.updates:,} updates on {runs.source.name}{kept}, in "
        f"{runs.folder}."
    )


def _train(runs: MistakenRuns, console: Console) -> bool:
    """Make the runs that are missing; whether all are finished."""
    from teachrnn.cli.progress import follow

    for number, (planted, seed) in enumerate(runs.planned, start=1):
        if runs.curve(planted, seed) is not None:
            continue
        say(f"Run {number} of {len(runs.planned)}: {_named(planted)}, seed {seed}.", console)
        session, diverged = runs.session(planted, seed), ""
        try:
            for _ in follow(session, console):
                pass
        except DivergedError as error:
            diverged = str(error)
        if session.stopped:
            return False
        runs.keep(planted, session, diverged)
    return True


def _named(planted: PlantedMistake | None) -> str:
    return "right" if planted is None else planted.name


def _write(runs: MistakenRuns, draws: int, console: Console) -> None:
    from teachrnn.cli.progress import stage
    from teachrnn.report import write_report, write_up_mistakes

    with stage(console, "Trying the checks"):
        checks = check_table(runs.recipe.cell, runs.mistakes, draws=draws)
    for planted in runs.mistakes:
        if planted.backward:
            missed = ", ".join(checks.missed_by(planted.name)) or "no check"
            seen = ", ".join(checks.seen_by(planted.name)) or "no check"
            say(f"{planted.name}: seen by {seen}; let pass by {missed}.")
        else:
            say(f"{planted.name}: seen by no check of a gradient, which is right for what is computed.")
    for said in told_by_curves(runs.curves, runs.guessing):
        say(said)
    for path in write_report(write_up_mistakes(runs, checks), runs.folder):
        say(f"Page: {path.resolve()}")
