"""``teachrnn train``: a recipe on any text, stopped and gone on with at will."""

from __future__ import annotations

from math import exp, log
from typing import TYPE_CHECKING

from teachrnn.cli.run_options import RecipeName, RunOptions, with_run_options
from teachrnn.data import show_items
from teachrnn.runs import Sample, Session

if TYPE_CHECKING:
    from rich.console import Console


@with_run_options
def train(options: RunOptions, recipe: RecipeName = "adagrad") -> None:
    """Train a character model on a text, and watch it learn to write.

    The same command goes on with a run that was stopped (Ctrl-C), or that has had fewer updates.
    """
    from rich.console import Console

    session = options.session(recipe)
    console = Console()
    _introduce(session, console)
    _follow(session, console)
    _conclude(session, console)


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
