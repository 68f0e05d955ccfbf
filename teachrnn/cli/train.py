"""``teachrnn train``: a character model on any text."""

from __future__ import annotations

from itertools import islice
from math import log
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from teachrnn import training
from teachrnn.cells import CELLS
from teachrnn.data import Vocabulary, read_text
from teachrnn.models import CharRNN
from teachrnn.optimizers import AdaGrad


def train(
    file: Annotated[Path, typer.Argument(help="Any text file in UTF-8.")],
    cell: Annotated[str, typer.Option(help=f"Recurrent cell: {', '.join(sorted(CELLS))}.")] = "vanilla",
    hidden: Annotated[int, typer.Option(help="m, length of the state.", min=1)] = 100,
    updates: Annotated[int, typer.Option(help="How many updates.", min=1)] = 2000,
    length: Annotated[int, typer.Option(help="T, characters in a sequence.", min=1)] = 25,
    eta: Annotated[float, typer.Option(help="Learning rate of AdaGrad.")] = 0.1,
    every: Annotated[int, typer.Option(help="Updates between two samples.", min=1)] = 500,
    seed: Annotated[int, typer.Option(help="Seed of the random numbers.", min=0)] = 0,
) -> None:
    """Train a character model with AdaGrad on a text file, and watch it learn to write."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    text = read_text(file)
    vocabulary = Vocabulary.of(text)
    tokens = vocabulary.encode(text)
    rng = np.random.default_rng(seed)
    model = CharRNN(hidden=hidden, symbols=len(vocabulary), cell=cell, rng=rng)
    steps = training.train(model, tokens, optimizer=AdaGrad(eta=eta), length=length)
    console = Console()

    def sample(heading: str) -> None:
        written = training.generate(model, int(tokens[0]), 200, rng=rng)
        console.rule(heading, characters="-")
        console.print(vocabulary.decode(written), markup=False, highlight=False, soft_wrap=True)

    done: training.TrainStep | None = None
    columns = [
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    ]
    try:
        with Progress(*columns, console=console) as progress:
            task = progress.add_task("", total=updates)
            for done in islice(steps, updates):
                if done.iteration == 1:
                    guessing = length * log(len(vocabulary))
                    console.print(
                        f"{len(text):,} characters, K = {len(vocabulary)}; "
                        f"guessing costs T log K = {guessing:.1f} nats per sequence.",
                        highlight=False,
                    )
                progress.update(task, advance=1, description=_losses(done, length))
                if done.iteration % every == 0 and done.iteration < updates:
                    sample(f"update {done.iteration}, {_losses(done, length)}")
    except KeyboardInterrupt:
        console.print("Stopped.")
    if done is not None:
        sample(f"update {done.iteration}, {_losses(done, length)}")


def _losses(step: training.TrainStep, length: int) -> str:
    smooth = step.smooth_loss
    return f"smooth loss {smooth:.2f} nats per sequence ({smooth / length:.3f} per character)"
