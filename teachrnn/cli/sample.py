"""``teachrnn sample``: generate text from a trained network."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from teachrnn.cli.console import say
from teachrnn.cli.options import Seed, refuse_ignored
from teachrnn.runs import TrainedModel
from teachrnn.runs.trained_model import Which
from teachrnn.sampling import Nucleus, Sampler, Temperature, TopK


def sample(
    context: typer.Context,
    checkpoint: Annotated[Path, typer.Argument(help="checkpoint.npz of a run.")],
    count: Annotated[int, typer.Option(help="Number of symbols to generate.", min=1)] = 1000,
    prime: Annotated[str, typer.Option(help="The text that the network reads first.")] = "",
    temperature: Annotated[
        float, typer.Option(help="Below 1: safer; above: bolder; 0: always the most likely.", min=0)
    ] = 1.0,
    top_k: Annotated[int | None, typer.Option(help="Draw from the k most likely.", min=1)] = None,
    nucleus: Annotated[
        float | None, typer.Option(help="Draw from the most likely, up to this total probability.")
    ] = None,
    beam_width: Annotated[
        int | None,
        typer.Option("--beam", help="Search for the most likely text, with this beam width.", min=1),
    ] = None,
    which: Annotated[
        Which, typer.Option(help="The model best by validation loss, best by smooth loss, or the last.")
    ] = "validation",
    seed: Seed = 0,
) -> None:
    """Generate text from a trained network; the text it was trained on is not needed."""
    if sum(x is not None for x in (top_k, nucleus, beam_width)) > 1:
        raise typer.BadParameter("choose one of --top-k, --nucleus and --beam.")
    if beam_width is not None:
        refuse_ignored(context, "--beam, which draws nothing,", "temperature", "seed")
    trained = TrainedModel.load(checkpoint, which)
    if beam_width is not None:
        best = trained.likeliest(count, width=beam_width, prime=prime)
        text = trained.vocabulary.decode(best.tokens)
    else:
        sampler: Sampler = Temperature(temperature=temperature)
        if top_k is not None:
            sampler = TopK(k=top_k, temperature=temperature)
        if nucleus is not None:
            sampler = Nucleus(theta=nucleus, temperature=temperature)
        text = trained.sample(count, rng=np.random.default_rng(seed), sampler=sampler, prime=prime)
    say(prime + text)
