"""``teachrnn sweep``: search over hyper-parameters."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite, log
from pathlib import Path
from typing import Annotated

import typer

from teachrnn.cli.console import open_console, say
from teachrnn.cli.options import HELP, RecipeName, RecipeOptions, refuse_ignored, with_options
from teachrnn.errors import DomainError, NameLookupError
from teachrnn.extras import require
from teachrnn.files import write_atomically
from teachrnn.runs.run import FAR
from teachrnn.sweep import DaskEngine, Engine, LocalEngine, Space, Sweep, TrialResult
from teachrnn.views.style.legible import printable
from teachrnn.views.style.loss_units import per_symbol

BACKENDS = ("loky", "dask")

OPTION = {"optimizer.eta": "eta", "optimizer.name": "optimizer"}
"""Options whose name differs from that of the hyper-parameter they set."""

SHOWN = 20
"""Trials in the table on the terminal; the file has all of them."""

OVER = (
    "What to search over; may be repeated: eta=0.01:1:log (evenly in the logarithm), length=10:50 "
    "(whole numbers), hidden=50,100,200 (choices), optimizer.gamma=0.8:0.999 (a setting of a rule)."
)


@dataclass(frozen=True, kw_only=True)
class SweepOptions(RecipeOptions):
    """The options of a recipe, except that trials are short."""

    updates: Annotated[
        int, typer.Option(help=f"{HELP['updates']} Of each trial, in the first stage.", min=1)
    ] = 3000


@with_options(SweepOptions)
def sweep(
    options: SweepOptions,
    context: typer.Context,
    over: Annotated[list[str] | None, typer.Option(help=OVER)] = None,
    recipe: RecipeName = "adagrad",
    trials: Annotated[int, typer.Option(help="Trials in each stage.", min=1)] = 12,
    growth: Annotated[
        int, typer.Option(help="Factor by which the updates grow from one stage to the next.", min=1)
    ] = 1,
    stages: Annotated[
        int, typer.Option(help="Stages: each searches around the best trials of the one before.", min=1)
    ] = 2,
    workers: Annotated[int, typer.Option(help="Number of trials at a time on this machine.", min=1)] = 1,
    backend: Annotated[str, typer.Option(help="loky (this machine) or dask (a cluster).")] = "loky",
    address: Annotated[
        str | None, typer.Option(help="Scheduler of the Dask cluster: tcp://host:8786.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            help=f"{HELP['out']} The folder of the results. [default: sweeps/RECIPE-TEXT-SEED]"
        ),
    ] = None,
    figure: Annotated[bool, typer.Option(help="Also draw loss against hyper-parameters.")] = True,
) -> None:
    """Search over hyper-parameters: random trials, from coarse to fine, judged by validation loss.

    Ctrl-C stops it; the same command resumes it.
    """
    if figure:
        require("matplotlib", extra="figures", purpose="The figure of a sweep (or use --no-figure)")
    space = Space.parse(over or [])
    searched = {OPTION.get(axis.name, axis.name) for axis in space.axes}
    refuse_ignored(context, "--over, which searches over that,", *searched)
    if backend == "dask":
        refuse_ignored(context, "--backend dask", "workers")
    folder, stopped = out or Path("sweeps") / options.folder_name(recipe), False
    with _engine(backend, workers, address) as engine:
        search = Sweep(
            options.recipe(recipe, eta_follows="eta" in searched),
            options.text,
            space,
            folder=folder,
            trials=trials,
            updates=options.updates,
            growth=growth,
            stages=stages,
            seed=options.seed,
        )
        _announce(search, engine)
        try:
            for result in search.run(engine):
                say(_line(search, result))
        except KeyboardInterrupt:
            stopped = True
    _print_table(search)
    if figure and search.results:
        _draw(search)
    if stopped:
        say("Stopped. The same command resumes with the remaining trials.")
    say(f"Results: {folder.resolve()}")
    found = [result.loss for result in search.results if isfinite(result.loss)]
    guess = log(search.symbols)
    lost = bool(found) and min(found) > FAR * guess
    if lost:
        say(
            f"Every trial does far worse than guessing, which costs log K = {guess:.3f} nats per "
            "symbol: search elsewhere, at lower learning rates for instance."
        )
    raise typer.Exit(0 if (found and not lost) or stopped else 1)


def _engine(backend: str, workers: int, address: str | None) -> Engine:
    if backend not in BACKENDS:
        raise NameLookupError(f"no back end is named {backend!r}; there are: {', '.join(BACKENDS)}.")
    if backend == "loky":
        if address is not None:
            raise DomainError("--address is that of a cluster: add --backend dask.")
        return LocalEngine(workers=workers)
    if address is None:
        raise DomainError(
            "--backend dask needs the address of its scheduler: --address tcp://host:8786."
        )
    return DaskEngine(address)


def _announce(search: Sweep, engine: Engine) -> None:
    done = f"; {len(search.results)} are done already" if search.results else ""
    say(
        f"{search.stages} stages of {search.trials} trials, {engine.workers} at a time, "
        f"from {search.space}{done}.",
    )


def _line(search: Sweep, result: TrialResult) -> str:
    values = "  ".join(f"{name}={value}" for name, value in result.values.items())
    found = result.error or f"{per_symbol(result.loss)} nats per symbol  ({result.seconds:.0f} s)"
    return f"stage {result.stage}, trial {result.number}/{search.trials}:  {values}  {found}"


def _print_table(search: Sweep) -> None:
    from rich import box
    from rich.table import Table

    shown, names = search.ranked[:SHOWN], [axis.name for axis in search.space.axes]
    if not shown:
        return
    say("\nTrials (stage.number), the best first; loss in nats and in bits per symbol:")
    table = Table(box=box.SIMPLE_HEAD, padding=0)
    for heading in ("trial", *names, "nats", "bits", "updates", "s"):
        # In a narrow terminal long names are wrapped, but numbers never are.
        table.add_column(heading, justify="right", overflow="fold", min_width=min(len(heading), 7))
    table.add_column("worker", overflow="fold", min_width=len("worker"))
    for r in shown:
        values = [printable(str(r.values[name])) for name in names]
        cells = [f"{r.stage}.{r.number}", *values, _loss(r.loss), _loss(r.bits)]
        table.add_row(*cells, str(r.updates), f"{r.seconds:.1f}", printable(r.worker))
    open_console().print(table)
    for r in shown:
        if r.error:
            say(f"Trial {r.stage}.{r.number} failed: {r.error}")
    if len(search.results) > SHOWN:
        say(f"The best {SHOWN} of {len(search.results)}; trials.csv has them all.")


def _loss(loss: float) -> str:
    return per_symbol(loss) if isfinite(loss) else "failed"


def _draw(search: Sweep) -> None:
    import io

    from teachrnn.views.figures.sweep import sweep

    out = io.BytesIO()
    sweep(search).savefig(out, format="png", dpi=150)
    write_atomically(search.folder / "sweep.png", out.getvalue())
