"""What was done: recipe, text, seed, machine, time."""

from __future__ import annotations

import os
import platform
import re
from math import log
from typing import Any

import numpy as np

from teachrnn import __version__
from teachrnn.data import CORPORA
from teachrnn.extras import require
from teachrnn.recipes import RULES, Recipe
from teachrnn.report.document import Facts, Section
from teachrnn.runs import Run
from teachrnn.training import Journal
from teachrnn.views.style.legible import legible
from teachrnn.views.style.loss_units import LossUnits
from teachrnn.views.style.number import MINUS, format_number


def setting_section(run: Run, journal: Journal) -> Section:
    """Everything needed to repeat the run, and to judge the results that follow."""
    return Section("setting", "Setting", [Facts([*setting_facts(run), *_machine(run, journal)])])


def setting_facts(run: Run) -> list[tuple[str, str]]:
    """Recipe, text and seed: what determines the run, on any machine."""
    return [*_recipe(run), *_text(run)]


def _recipe(run: Run) -> list[tuple[str, str]]:
    recipe, model = run.recipe, run.training.model
    per = "sequence" if recipe.reduction == "sum" else "symbol"
    parameters = model.parameters.flat.size
    batching = run.training.batching.settings()
    batching.pop("length")
    return [
        ("Recipe", f"{recipe.name}: {recipe.title}"),
        ("Its source", recipe.source),
        *([("Of note", recipe.notes)] if recipe.notes else []),
        (
            "Model",
            f"cell {recipe.cell}, m = {recipe.hidden}, layers = {recipe.layers}, "
            f"{parameters:,} parameters, {recipe.dtype}",
        ),
        ("Initial weights", _rule(recipe, "initializer")),
        ("Sequences", f"T = {recipe.length}"),
        ("Batching", _settings(batching)),
        ("Optimizer", _rule(recipe, "optimizer")),
        ("Learning rate over time", _rule(recipe, "schedule")),
        ("Clipping", _rule(recipe, "clipping")),
        (
            "Gradient of",
            f"the {recipe.reduction} of the losses of the steps (hence per {per})",
        ),
        ("Updates", _updates(run, recipe)),
        ("Seed", str(run.seed)),
    ]


def _updates(run: Run, recipe: Recipe) -> str:
    done, epoch = run.training.iteration, run.training.batching.batches_per_epoch
    of = f" of {recipe.updates:,}" if done < recipe.updates else ""
    return f"{done:,}{of}; {epoch:,} updates are one epoch, so {done / epoch:.2f} epochs"


def _text(run: Run) -> list[tuple[str, str]]:
    units, K, name = LossUnits.of(run), len(run.vocabulary), run.source.name
    corpus = CORPORA.get(name)
    told = f"{name}: {corpus.title}, {corpus.author} ({corpus.licence})" if corpus else legible(name)
    held_out = 0 if run.held_out is None else len(run.held_out)
    if held_out:
        split = (
            f"{len(run.tokens):,} {units.symbol}s to train on, the last {held_out:,} held out for "
            f"validation (measured every {run.recipe.validate_every:,} updates)"
        )
    else:
        split = f"all {len(run.tokens):,} {units.symbol}s to train on, none held out"
    return [
        ("Text", told),
        ("Length", f"{len(run.source.tokens):,} {units.symbol}s, K = {K} different ones"),
        ("Fingerprint", f"SHA-256 {run.source.fingerprint()} of its symbols' numbers"),
        ("Split", split),
        ("Cost of guessing", f"{'T ' if units.length else ''}ln K: {units.text(log(K))}"),
    ]


def _machine(run: Run, journal: Journal) -> list[tuple[str, str]]:
    versions = {
        "teachrnn": __version__,
        "Python": platform.python_version(),
        "NumPy": np.__version__,
        "Matplotlib": require("matplotlib", extra="figures", purpose="A figure").__version__,
    }
    pairs = [
        ("Machine", f"{platform.platform()}, {platform.machine()}, {os.cpu_count()} cores"),
        ("Versions", ", ".join(f"{name} {version}" for name, version in versions.items())),
    ]
    if journal.updates and journal.seconds:
        rate = float(f"{journal.updates / journal.seconds:.2g}")
        part = "" if journal.updates == run.training.iteration else f" for {journal.updates:,} updates"
        pairs.append(
            (
                "Time",
                f"{duration(journal.seconds)} of training{part}, about {rate:,.0f} updates per second",
            )
        )
    return pairs


def _rule(recipe: Recipe, rule: str) -> str:
    """A rule with all its settings, including those that the recipe leaves at their defaults."""
    kind = RULES[rule]
    return _settings(kind.settings_of(kind.make(getattr(recipe, rule))))


def _settings(settings: dict[str, Any]) -> str:
    own = {key: value for key, value in settings.items() if value is not None}
    name = str(own.pop("name"))
    return ", ".join([name, *(f"{key} = {_value(value)}" for key, value in own.items())])


def _value(value: Any) -> str:
    """A hyper-parameter, with all its digits."""
    return re.sub(r"e-0?", f"e{MINUS}", f"{value:g}") if isinstance(value, float) else str(value)


def duration(seconds: float) -> str:
    """Two or three digits, in the units in which one waits."""
    minutes, left = divmod(round(seconds), 60)
    if seconds < 100:
        return f"{format_number(seconds, 2)} s"
    return f"{minutes} min {left} s" if minutes < 100 else f"{minutes // 60} h {minutes % 60} min"
