"""The losses that every recipe reaches in 100,000 updates on a public-domain novel, with three seeds.

Needs the texts of the extra `corpora`. Results are saved in benchmarks/results/recipe_losses.json as
they arrive, so a second call continues. The page Recipes of the documentation is made from them, and so
is teachrnn/recipes/measured.json, which `teachrnn list` shows.

Run: python benchmarks/recipe_losses.py [--recipe NAME ...] [--seeds 3] [--updates 100000] [--dtype ...]

The spread of the recipe adagrad is wide, so there are more, shorter runs of it, in both precisions:
python benchmarks/recipe_losses.py --recipe adagrad --seeds 10 --updates 10000 [--dtype float64]
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import json
from math import log
from pathlib import Path
from time import perf_counter
from typing import Annotated

import numpy as np
import typer

import teachrnn.recipes
from teachrnn.files import write_atomically
from teachrnn.recipes import RECIPES, Recipe
from teachrnn.runs import Run, Source

RESULTS = Path(__file__).parent / "results" / "recipe_losses.json"
MEASURED = Path(teachrnn.recipes.__file__).with_name("measured.json")
NOVEL, ITEMS = "pride-and-prejudice", "king-james"
POINTS = (1_000, 10_000, 20_000, 50_000, 100_000)


def measure(recipe: Recipe, seed: int) -> dict[str, object]:
    """Make one run, and return the losses that it reached."""
    source = Source.load(ITEMS if recipe.items else NOVEL, recipe)
    run = Run(recipe, source, seed=seed)
    began = perf_counter()
    for _ in run.steps():
        pass
    training = run.training
    smooth = dict(training.curve.smooth)
    return {
        "recipe": recipe.name,
        "settings": recipe.settings(),
        "seed": seed,
        "updates": recipe.updates,
        "text": source.name,
        "symbols": len(source.tokens),
        "K": len(source.vocabulary),
        "smooth_loss": {str(n): smooth[n] for n in POINTS if n in smooth},
        "lowest_smooth_loss": training.best_smooth.loss,
        "lowest_smooth_loss_at": training.best_smooth.iteration,
        "validation": training.best_validation.loss,
        "validation_at": training.best_validation.iteration,
        "epoch_means": [epoch.mean_loss for epoch in training.curve.epochs],
        "seconds": perf_counter() - began,
    }


def made_with(settings: dict[str, object]) -> dict[str, object]:
    """The settings that determine a run, without descriptions; missing ones have their defaults."""
    words, whole = ("title", "source", "notes"), Recipe(**settings).settings()
    return {name: value for name, value in whole.items() if name not in words}


def table(results: list[dict]) -> str:
    """Results as a Markdown table: means over the runs, ± half the range."""
    lines = [
        f"| recipe | {' | '.join(f'{n // 1000}k' for n in POINTS)} | lowest smooth | validation |",
        "| --- |" + " ---: |" * (len(POINTS) + 2),
    ]
    for name in dict.fromkeys(r["recipe"] for r in results):
        cells = [spread(losses, 2) if losses else "" for losses in smooth_losses(name, results).values()]
        whole = [r for r in results if r["recipe"] == name and r["updates"] >= max(POINTS)]
        if whole:
            nats = [r["validation"] for r in whole]
            cells.append(spread([r["lowest_smooth_loss"] for r in whole], 2))
            cells.append(f"{spread(nats, 3)} nats, {np.mean(nats) / log(2):.3f} bits")
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def smooth_losses(name: str, results: list[dict]) -> dict[int, list[float]]:
    """The smooth losses of all runs of a recipe that are long enough, by the number of updates."""
    runs = [r["smooth_loss"] for r in results if r["recipe"] == name]
    return {n: sorted(smooth[str(n)] for smooth in runs if str(n) in smooth) for n in POINTS}


def spread(values: list[float], digits: int) -> str:
    """Mean, and half the range."""
    half = (max(values) - min(values)) / 2
    return f"{np.mean(values):.{digits}f} ± {half:.{digits}f}"


def summary(results: list[dict]) -> dict[str, dict[str, object]]:
    """The results for each recipe that the package includes."""
    return {
        r["recipe"]: {
            "text": r["text"],
            "smooth_loss": {
                str(n): [round(loss, 2) for loss in losses]
                for n, losses in smooth_losses(r["recipe"], results).items()
            },
        }
        for r in results
    }


def main(
    recipe: Annotated[list[str] | None, typer.Option(help="Recipes to run. [default: all]")] = None,
    seeds: Annotated[int, typer.Option(min=1)] = 3,
    updates: Annotated[int, typer.Option(min=1)] = 100_000,
    dtype: Annotated[str | None, typer.Option(help="Precision. [default: the recipe's]")] = None,
) -> None:
    """Run what is missing, and print the table."""
    results = json.loads(RESULTS.read_text("utf-8")) if RESULTS.exists() else []
    names = recipe or list(RECIPES)
    for name in names:
        wanted = Recipe.find(name).but(updates=updates, **({} if dtype is None else {"dtype": dtype}))
        for seed in range(seeds):
            settings = made_with(wanted.settings())
            if any(r["seed"] == seed and made_with(r["settings"]) == settings for r in results):
                continue
            found = measure(wanted, seed)
            results.append(found)
            results.sort(key=lambda r: (list(RECIPES).index(r["recipe"]), -r["updates"], r["seed"]))
            RESULTS.parent.mkdir(exist_ok=True)
            write_atomically(RESULTS, json.dumps(results, indent=1).encode())
            write_atomically(MEASURED, (json.dumps(summary(results), indent=1) + "\n").encode())
            print(f"{name}, seed {seed}: {found['seconds']:.0f} s", flush=True)
    print(table([r for r in results if r["recipe"] in names]))


if __name__ == "__main__":
    typer.run(main)
