"""``teachrnn train``: a recipe on any text, stopped and gone on with at will."""

from __future__ import annotations

from math import exp, log
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from teachrnn.cells import CELLS
from teachrnn.data import show_items
from teachrnn.optimizers import OPTIMIZERS
from teachrnn.recipes import RECIPES, Recipe, find_recipe
from teachrnn.runs import Sample, Session
from teachrnn.training import FlightRecorder

if TYPE_CHECKING:
    from rich.console import Console


def train(
    text: Annotated[
        str, typer.Argument(help="A text file in UTF-8, or a corpus (teachrnn list).")
    ] = "help",
    recipe: Annotated[str, typer.Option(help=f"How: {', '.join(sorted(RECIPES))}.")] = "adagrad",
    updates: Annotated[int | None, typer.Option(help="How many updates.", min=1)] = None,
    cell: Annotated[str | None, typer.Option(help=f"Cell: {', '.join(sorted(CELLS))}.")] = None,
    hidden: Annotated[int | None, typer.Option(help="m, length of the state.", min=1)] = None,
    layers: Annotated[int | None, typer.Option(help="Cells on top of each other.", min=1)] = None,
    length: Annotated[int | None, typer.Option(help="T, symbols in a sequence.", min=1)] = None,
    optimizer: Annotated[
        str | None, typer.Option(help=f"Rule: {', '.join(sorted(OPTIMIZERS))}.")
    ] = None,
    eta: Annotated[float | None, typer.Option(help="Learning rate.")] = None,
    dtype: Annotated[str | None, typer.Option(help="float32 or float64.")] = None,
    validation: Annotated[
        float | None,
        typer.Option(help="Share of the text held out; 0 measures nothing.", min=0, max=0.9),
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of the random numbers.", min=0)] = 0,
    every: Annotated[int, typer.Option(help="Updates between two samples.", min=1)] = 10_000,
    out: Annotated[Path | None, typer.Option(help="Folder of the run (runs/RECIPE-TEXT-SEED).")] = None,
    keep_every: Annotated[
        int | None, typer.Option(help="Keep every n-th step as a trace.", min=1)
    ] = None,
    keep_spikes: Annotated[
        float | None, typer.Option(help="Keep steps whose loss is so many times the smooth loss.")
    ] = None,
) -> None:
    """Train a character model on a text, and watch it learn to write.

    The same command goes on with a run that was stopped (Ctrl-C), or that has had fewer updates.
    """
    from rich.console import Console

    chosen = changed(
        find_recipe(recipe),
        updates=updates,
        cell=cell,
        hidden=hidden,
        layers=layers,
        length=length,
        dtype=dtype,
        validation=validation,
        optimizer=optimizer,
        eta=eta,
    )
    folder = out or default_folder(chosen, text, seed)
    recorder = FlightRecorder(every=keep_every, spike=keep_spikes)
    session = Session.open(folder, chosen, text, seed=seed, recorder=recorder, sample_every=every)
    console = Console()
    _introduce(session, console)
    _follow(session, console)
    _conclude(session, console)


def changed(recipe: Recipe, *, optimizer: str | None, eta: float | None, **changes: Any) -> Recipe:
    """The recipe with what was given on the command line."""
    given = {name: value for name, value in changes.items() if value is not None}
    rule = dict(recipe.optimizer)
    if optimizer is not None and optimizer != rule["name"]:
        rule = {"name": optimizer}
        if eta is None:
            raise typer.BadParameter(
                f"another optimizer ({optimizer}) needs its own learning rate: --eta.",
                param_hint="--optimizer",
            )
    if eta is not None:
        rule["eta"] = eta
    if rule != recipe.optimizer:
        given["optimizer"] = rule
    return recipe.but(**given)


def default_folder(recipe: Recipe, text: str, seed: int) -> Path:
    """Where a run is kept if nothing else is said."""
    return Path("runs") / f"{recipe.name}-{Path(text).stem}-{seed}"


def _introduce(session: Session, console: Console) -> None:
    run, T = session.run, session.run.recipe.length
    K = len(run.vocabulary)
    console.print(
        f"{run.recipe.title}.\n"
        f"{len(run.source.tokens):,} {run.vocabulary.kind}, K = {K}; guessing costs "
        f"T log K = {T * log(K):.1f} nats per sequence, {log(K):.3f} per symbol.",
        highlight=False,
        markup=False,
        soft_wrap=True,
    )
    done = run.training.iteration
    if done:
        console.print(f"Going on after update {done:,}, from {session.checkpoint}.", highlight=False)


def _follow(session: Session, console: Console) -> None:
    from teachrnn.cli.progress import follow

    shown = 0 if not session.run.training.iteration else len(session.samples)
    for _ in follow(session, console):
        for sample in session.samples[shown:]:
            _show(sample, session.run.recipe.length, console)
        shown = len(session.samples)


def _show(sample: Sample, length: int, console: Console) -> None:
    if sample.smooth_loss is None:
        heading = "before the first update"
    else:
        per_symbol = sample.smooth_loss / length
        heading = (
            f"after {sample.iteration:,} updates, smooth loss {sample.smooth_loss:.2f} nats per "
            f"sequence ({per_symbol:.3f} per symbol)"
        )
    console.rule(heading, characters="-")
    console.print(show_items(sample.text), markup=False, highlight=False, soft_wrap=True)


def _conclude(session: Session, console: Console) -> None:
    training = session.run.training
    if session.stopped:
        console.print(f"Stopped after update {training.iteration:,}. The same command goes on.")
    per_symbol = training.smooth_loss / session.run.recipe.length
    lines = [
        f"Smooth loss {training.smooth_loss:.2f} nats per sequence ({per_symbol:.3f} per symbol), "
        f"lowest {training.best_smooth.loss:.2f} at update {training.best_smooth.iteration:,}."
    ]
    best = training.best_validation
    if best.iteration:
        lines.append(
            f"Lowest validation loss {best.loss:.3f} nats per symbol ({best.loss / log(2):.3f} bits, "
            f"perplexity {exp(best.loss):.2f}), after update {best.iteration:,}."
        )
    lines.append(f"Kept in {session.checkpoint}; let it write: teachrnn sample {session.checkpoint}")
    console.print("\n".join(lines), highlight=False, markup=False, soft_wrap=True)
