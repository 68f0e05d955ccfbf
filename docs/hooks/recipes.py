"""The recipe reference, written from the registry, with the measured losses of each recipe."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from facts import definitions
from mkdocs.structure.files import File

from teachrnn.recipes import RECIPES, Recipe, all_measured

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "benchmarks"))
from recipe_losses import NOVEL, POINTS, RESULTS, table  # noqa: E402

INTRODUCTION = f"""\
# Recipes

A recipe is everything that determines a run, except the text and the seed.
`teachrnn train --recipe NAME` runs one, `teachrnn report --recipe NAME` also writes it up. This page is
made from the recipes and from `benchmarks/results/{RESULTS.name}`, which
`python benchmarks/recipe_losses.py` writes.
"""

MEASURED = """\
## What they reach

{updates:,} updates on `{novel}` ({symbols:,} characters for training and validation, K = {K}).
`tweets` was trained on the verses of `king-james`, and `words` word by word, so their losses cannot be
compared with the others. The table has the smooth loss after so many thousand updates and its lowest
value, in nats per sequence of 25 symbols, and the lowest validation loss in nats and bits per symbol:
means over {seeds} seeds, ± half the range. For `adagrad` there are {more} more runs of 10,000 updates,
in both precisions. [Why its runs end so far apart](../explanation/chance.md).

{table}
"""


def on_files(files, config):
    results = json.loads(RESULTS.read_text("utf-8")) if RESULTS.exists() else []
    parts = [INTRODUCTION, measured(results), *(section(recipe) for recipe in RECIPES.values())]
    content = "\n\n".join(part for part in parts if part) + "\n"
    files.append(File.generated(config, "reference/recipes.md", content=content))
    return files


def measured(results: list[dict]) -> str:
    shown = [r for r in results if r["recipe"] in RECIPES]
    novel = next((r for r in shown if r["text"] == NOVEL and r["updates"] >= max(POINTS)), None)
    if novel is None:
        return ""
    return MEASURED.format(
        updates=novel["updates"],
        novel=NOVEL,
        symbols=novel["symbols"],
        K=novel["K"],
        seeds=len({r["seed"] for r in shown if r["updates"] >= max(POINTS)}),
        more=len([r for r in shown if r["updates"] < max(POINTS)]),
        table=table(shown),
    )


def section(recipe: Recipe) -> str:
    settings = recipe.settings()
    stated = {key: settings.pop(key) for key in ("name", "title", "source", "notes")}
    facts = {
        "Run": f"`teachrnn train --recipe {recipe.name}`",
        "Source": recipe.source,
        "Smooth loss over seeds": landing(recipe),
        "Settings": "<br>\n".join(f"{key}: {shown(value)}" for key, value in settings.items()),
    }
    return "\n\n".join([f"## {recipe.name}", f"{recipe.title}.", stated["notes"], definitions(facts)])


def landing(recipe: Recipe) -> str:
    measured = all_measured().get(recipe.name)
    if measured is None:
        return ""
    spreads = [f"{measured.spread(n)} after {n:,} updates" for n in (10_000, max(POINTS))]
    return f"{', '.join(spreads)}, in nats per sequence, on `{measured.text}`"


def shown(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(str(v) if k == "name" else f"{k} = {v}" for k, v in value.items())
    return "none" if value is None else str(value)
