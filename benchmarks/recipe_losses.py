"""What every recipe reaches: 100,000 updates on a novel from the public domain, with three seeds.

Needs the texts of the extra `corpora`. Results are kept in benchmarks/results/recipe_losses.json as they
come, so a second call goes on; the page Recipes of the documentation shows them.

Run: python benchmarks/recipe_losses.py [--recipe NAME ...] [--seeds 3] [--updates 100000]
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

from teachrnn.files import write_atomically
from teachrnn.recipes import RECIPES, find_recipe
from teachrnn.runs import Run, Source

RESULTS = Path(__file__).parent / "results" / "recipe_losses.json"
NOVEL, ITEMS = "pride-and-prejudice", "king-james"
POINTS = (1_000, 10_000, 20_000, 50_000, 100_000)


def measure(name: str, seed: int, updates: int) -> dict[str, object]:
    """One run, and what it reached."""
    recipe = find_recipe(name).but(updates=updates)
    source = Source.read(ITEMS if recipe.items else NOVEL, recipe)
    run = Run(recipe, source, seed=seed)
    began = perf_counter()
    for _ in run.steps():
        pass
    training = run.training
    smooth = dict(training.curve.smooth)
    return {
        "recipe": name,
        "settings": recipe.settings(),
        "seed": seed,
        "updates": updates,
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


def table(results: list[dict]) -> str:
    """Results as a Markdown table: means over the seeds, and the range of the seeds."""
    lines = [
        f"| recipe | {' | '.join(f'{n // 1000}k' for n in POINTS)} | lowest smooth | validation |",
        "| --- |" + " ---: |" * (len(POINTS) + 2),
    ]
    for name in dict.fromkeys(r["recipe"] for r in results):
        runs = [r for r in results if r["recipe"] == name]
        cells = []
        for n in POINTS:
            losses = [r["smooth_loss"][str(n)] for r in runs if str(n) in r["smooth_loss"]]
            cells.append(f"{np.mean(losses):.2f}" if losses else "")
        cells.append(spread([r["lowest_smooth_loss"] for r in runs], 2))
        nats = [r["validation"] for r in runs]
        cells.append(f"{spread(nats, 3)} nats, {np.mean(nats) / log(2):.3f} bits")
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def spread(values: list[float], digits: int) -> str:
    """Mean, and half the range."""
    half = (max(values) - min(values)) / 2
    return f"{np.mean(values):.{digits}f} ± {half:.{digits}f}"


def main(
    recipe: Annotated[list[str] | None, typer.Option(help="Which; all if not given.")] = None,
    seeds: Annotated[int, typer.Option(min=1)] = 3,
    updates: Annotated[int, typer.Option(min=1)] = 100_000,
) -> None:
    """Run what is missing, and print the table."""
    results = json.loads(RESULTS.read_text("utf-8")) if RESULTS.exists() else []
    names = recipe or list(RECIPES)
    for name in names:
        for seed in range(seeds):
            settings = find_recipe(name).but(updates=updates).settings()
            same = (name, seed, updates)
            kept = [r for r in results if (r["recipe"], r["seed"], r["updates"]) == same]
            if kept and kept[0]["settings"] == settings:
                continue
            results = [r for r in results if r not in kept]
            found = measure(name, seed, updates)
            results.append(found)
            results.sort(key=lambda r: (list(RECIPES).index(r["recipe"]), r["seed"]))
            RESULTS.parent.mkdir(exist_ok=True)
            write_atomically(RESULTS, json.dumps(results, indent=1).encode())
            print(f"{name}, seed {seed}: {found['seconds']:.0f} s", flush=True)
    print(table([r for r in results if r["recipe"] in names and r["updates"] == updates]))


if __name__ == "__main__":
    typer.run(main)
