"""What is said of a run on the command line: `train` and `report` take the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import update_wrapper
from inspect import Parameter, signature
from pathlib import Path
from typing import Annotated, Any, Concatenate, get_type_hints

import typer

from teachrnn.cells import CELLS
from teachrnn.optimizers import OPTIMIZERS
from teachrnn.recipes import RECIPES, Recipe
from teachrnn.runs import Session
from teachrnn.training import FlightRecorder

RECIPE_HELP = f"How: {', '.join(sorted(RECIPES))}."
RecipeName = Annotated[str, typer.Option(help=RECIPE_HELP)]
Text = Annotated[str, typer.Argument(help="A text file in UTF-8, or a corpus (teachrnn list).")]
FormerText = Annotated[str | None, typer.Option("--corpus", hidden=True)]
"""What the text was called by `report` and `sweep` in 0.1.0: commands kept from then still go on."""


@dataclass(frozen=True, kw_only=True)
class RunOptions:
    """The text of a run, and all of its recipe and its folder that can be said on the command line."""

    text: Text = "help"
    corpus: FormerText = None
    updates: Annotated[int | None, typer.Option(help="How many updates.", min=1)] = None
    cell: Annotated[str | None, typer.Option(help=f"Cell: {', '.join(sorted(CELLS))}.")] = None
    hidden: Annotated[int | None, typer.Option(help="m, length of the state.", min=1)] = None
    layers: Annotated[int | None, typer.Option(help="Cells on top of each other.", min=1)] = None
    length: Annotated[int | None, typer.Option(help="T, symbols in a sequence.", min=1)] = None
    optimizer: Annotated[str | None, typer.Option(help=f"Rule: {', '.join(sorted(OPTIMIZERS))}.")] = None
    eta: Annotated[float | None, typer.Option(help="Learning rate.")] = None
    dtype: Annotated[str | None, typer.Option(help="float32 or float64.")] = None
    validation: Annotated[
        float | None,
        typer.Option(help="Share of the text held out; 0 measures nothing.", min=0, max=0.9),
    ] = None
    seed: Annotated[int, typer.Option(help="Seed of the random numbers.", min=0)] = 0
    every: Annotated[int, typer.Option(help="Updates between two samples.", min=1)] = 10_000
    out: Annotated[Path | None, typer.Option(help="Folder of the run (runs/RECIPE-TEXT-SEED).")] = None
    keep_every: Annotated[int | None, typer.Option(help="Keep every n-th step as a trace.", min=1)] = (
        None
    )
    keep_spikes: Annotated[
        float | None, typer.Option(help="Keep steps whose loss exceeds the smooth loss by this factor.")
    ] = None

    @property
    def source(self) -> str:
        """The file or corpus that was named."""
        return self.text if self.corpus is None else self.corpus

    def recipe(self, name: str) -> Recipe:
        """The recipe of that name, with what was given in place of its own settings."""
        recipe = Recipe.find(name)
        names = ("updates", "cell", "hidden", "layers", "length", "dtype", "validation")
        given = {key: getattr(self, key) for key in names if getattr(self, key) is not None}
        rule = dict(recipe.optimizer)
        if self.optimizer is not None and self.optimizer != rule["name"]:
            rule = {"name": self.optimizer}
            if self.eta is None:
                raise typer.BadParameter(
                    f"another optimizer ({self.optimizer}) needs its own learning rate: --eta.",
                    param_hint="--optimizer",
                )
        if self.eta is not None:
            rule["eta"] = self.eta
        if rule != recipe.optimizer:
            given["optimizer"] = rule
        return recipe.but(**given)

    def folder(self, recipe: str) -> Path:
        """Where a run of that recipe is kept: if nothing else is said, runs/RECIPE-TEXT-SEED."""
        return self.out or Path("runs") / f"{recipe}-{Path(self.source).stem}-{self.seed}"

    def session(self, recipe: str, folder: Path | None = None) -> Session:
        """The run of that recipe, new or resumed."""
        return Session.open(
            folder or self.folder(recipe),
            self.recipe(recipe),
            self.source,
            seed=self.seed,
            recorder=FlightRecorder(every=self.keep_every, spike=self.keep_spikes),
            sample_every=self.every,
        )


SHARED = [
    Parameter(field.name, Parameter.KEYWORD_ONLY, default=field.default, annotation=hint)
    for field, hint in zip(
        fields(RunOptions), get_type_hints(RunOptions, include_extras=True).values(), strict=True
    )
]
"""The fields of `RunOptions`, as parameters of a command."""


def with_run_options(command: Callable[Concatenate[RunOptions, ...], None]) -> Callable[..., None]:
    """Let a command take every field of `RunOptions` on its command line, and get them as one object.

    The command line of a function is its signature, so the function that is given back has that of
    the command, with the fields in place of the first parameter.
    """

    def run(**given: Any) -> None:
        options = RunOptions(**{parameter.name: given.pop(parameter.name) for parameter in SHARED})
        command(options, **given)

    whole = signature(command, eval_str=True)
    own = list(whole.parameters.values())[1:]
    update_wrapper(run, command)
    run.__signature__ = whole.replace(parameters=[*own, *SHARED])  # type: ignore[attr-defined]
    return run
