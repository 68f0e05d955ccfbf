"""The options that commands share: each is defined once, so that it means one thing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import update_wrapper
from inspect import Parameter, signature
from pathlib import Path
from typing import Annotated, Any, Concatenate, TypeVar, get_type_hints

import typer

from teachrnn.cells import CELLS
from teachrnn.optimizers import OPTIMIZERS
from teachrnn.recipes import RECIPES, Recipe
from teachrnn.runs import Session
from teachrnn.training import FlightRecorder

HELP = {
    "recipe": f"How: {', '.join(sorted(RECIPES))}.",
    "cell": f"Recurrent cell: {', '.join(sorted(CELLS))}.",
    "hidden": "m, length of the state.",
    "layers": "Number of stacked cells.",
    "scale": "Standard deviation of the initial weights.",
    "updates": "Number of training updates.",
    "seed": "Seed of the random numbers.",
    "out": "Where to write.",
}
"""The help of each option that has other limits or another default in another command."""

RecipeName = Annotated[str, typer.Option(help=HELP["recipe"])]
Seed = Annotated[int, typer.Option(help=HELP["seed"], min=0)]
O = TypeVar("O", bound="RecipeOptions")  # noqa: E741


@dataclass(frozen=True, kw_only=True)
class RecipeOptions:
    """A text, and changes to a recipe: `train`, `report` and `sweep` take the same.

    A field with the name of a setting of `Recipe` replaces that setting.
    """

    text: Annotated[str, typer.Argument(help="A text file in UTF-8, or a corpus (teachrnn list).")] = (
        "help"
    )
    updates: Annotated[int | None, typer.Option(help=HELP["updates"], min=1)] = None
    cell: Annotated[str | None, typer.Option(help=HELP["cell"])] = None
    hidden: Annotated[int | None, typer.Option(help=HELP["hidden"], min=1)] = None
    layers: Annotated[int | None, typer.Option(help=HELP["layers"], min=1)] = None
    length: Annotated[int | None, typer.Option(help="T, symbols per sequence.", min=1)] = None
    optimizer: Annotated[
        str | None, typer.Option(help=f"Update rule: {', '.join(sorted(OPTIMIZERS))}.")
    ] = None
    eta: Annotated[float | None, typer.Option(help="Learning rate.")] = None
    dtype: Annotated[str | None, typer.Option(help="float32 or float64.")] = None
    validation: Annotated[
        float | None,
        typer.Option(help="Share of the text held out for validation; 0 for none.", min=0, max=0.9),
    ] = None
    seed: Seed = 0

    def recipe(self, name: str, *, eta_follows: bool = False) -> Recipe:
        """The recipe of that name, with the options that were given in place of its own settings.

        Parameters
        ----------
        name : str
            Its name.
        eta_follows : bool
            Whether another optimizer may be named without a learning rate, because that is set later.

        Raises
        ------
        typer.BadParameter
            If another optimizer is named, and no learning rate.
        """
        recipe = Recipe.find(name)
        names = {f.name for f in fields(Recipe)} & {f.name for f in fields(self)} - {"optimizer"}
        given = {key: getattr(self, key) for key in names if getattr(self, key) is not None}
        rule = dict(recipe.optimizer)
        if self.optimizer is not None and self.optimizer != rule["name"]:
            rule = {"name": self.optimizer}
            if self.eta is None and not eta_follows:
                raise typer.BadParameter(
                    f"another optimizer ({self.optimizer}) needs its own learning rate: --eta.",
                    param_hint="--optimizer",
                )
        if self.eta is not None:
            rule["eta"] = self.eta
        if rule != recipe.optimizer:
            given["optimizer"] = rule
        return recipe.but(**given)

    def folder_name(self, recipe: str) -> str:
        """The default name of a folder: RECIPE-TEXT-SEED."""
        return f"{recipe}-{Path(self.text).stem}-{self.seed}"


@dataclass(frozen=True, kw_only=True)
class RunOptions(RecipeOptions):
    """The options of a run: `train` and `report` take the same."""

    sample_every: Annotated[int, typer.Option(help="Updates between two samples.", min=1)] = 10_000
    keep_every: Annotated[int | None, typer.Option(help="Keep every n-th step as a trace.", min=1)] = (
        None
    )
    keep_spikes: Annotated[
        float | None, typer.Option(help="Keep steps whose loss exceeds the smooth loss by this factor.")
    ] = None
    out: Annotated[
        Path | None,
        typer.Option(help=f"{HELP['out']} The folder of the run. [default: runs/RECIPE-TEXT-SEED]"),
    ] = None

    def folder(self, recipe: str) -> Path:
        """Where a run of that recipe is kept."""
        return self.out or Path("runs") / self.folder_name(recipe)

    def session(self, recipe: str, folder: Path | None = None) -> Session:
        """The run of that recipe, new or resumed."""
        return Session.open(
            folder or self.folder(recipe),
            self.recipe(recipe),
            self.text,
            seed=self.seed,
            recorder=FlightRecorder(every=self.keep_every, spike=self.keep_spikes),
            sample_every=self.sample_every,
        )


def with_options(
    kind: type[O],
) -> Callable[[Callable[Concatenate[O, ...], None]], Callable[..., None]]:
    """Let a command take every field of a class on its command line, and get them as one object.

    The command line of a function is its signature, so the function that is returned has that of
    the command, with the fields in place of the first parameter.
    """
    hints = get_type_hints(kind, include_extras=True)
    shared = [
        Parameter(f.name, Parameter.KEYWORD_ONLY, default=f.default, annotation=hints[f.name])
        for f in fields(kind)
    ]

    def decorate(command: Callable[Concatenate[O, ...], None]) -> Callable[..., None]:
        def run(**given: Any) -> None:
            options = kind(**{parameter.name: given.pop(parameter.name) for parameter in shared})
            command(options, **given)

        whole = signature(command, eval_str=True)
        own = [p.replace(kind=Parameter.KEYWORD_ONLY) for p in list(whole.parameters.values())[1:]]
        update_wrapper(run, command)
        run.__signature__ = whole.replace(parameters=[*own, *shared])  # type: ignore[attr-defined]
        return run

    return decorate


def is_given(context: typer.Context, name: str) -> bool:
    """Whether a parameter was given on the command line, and has not its default.

    Parameters
    ----------
    context : typer.Context
        The context of the command.
    name : str
        The name of the parameter.

    Returns
    -------
    bool
        Whether it was.
    """
    source = context.get_parameter_source(name)
    return source is not None and source.name == "COMMANDLINE"


def refuse_ignored(context: typer.Context, option: str, *others: str) -> None:
    """Refuse options that another option does not use, so that none is ignored silently.

    Parameters
    ----------
    context : typer.Context
        The context of the command.
    option : str
        The option that does not use the others, as it is written.
    *others : str
        Names of the parameters.

    Raises
    ------
    typer.BadParameter
        Naming one that was given.
    """
    for parameter in context.command.params:
        if parameter.name in others and is_given(context, parameter.name):
            raise typer.BadParameter(f"{option} does not use it.", param_hint=parameter.opts[0])
