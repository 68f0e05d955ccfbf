"""``teachrnn grade``: many submissions to exercises, judged apart and in parallel."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from teachrnn.cli.console import open_console, say
from teachrnn.cli.options import HELP
from teachrnn.errors import DomainError
from teachrnn.files import save_json

if TYPE_CHECKING:
    from rich.console import Console

    from teachrnn.grading import Graded, Grading


def grade(
    submissions: Annotated[
        list[Path], typer.Argument(help="Files or notebooks; of a folder, all that are in it.")
    ],
    exercise: Annotated[
        list[str] | None,
        typer.Option(help="An exercise, or a file of your own ending in .toml; may be repeated."),
    ] = None,
    out: Annotated[
        Path, typer.Option(help=f"{HELP['out']} A folder; a run that was stopped is resumed with it.")
    ] = Path("graded"),
    points: Annotated[
        list[str] | None,
        typer.Option(
            help="The most points of an exercise: bptt=10; may be repeated. By default its own."
        ),
    ] = None,
    jobs: Annotated[int, typer.Option(help="How many are judged at a time.", min=1)] = 2,
    rungs: Annotated[
        int, typer.Option(help="How many hints can open. So many are in the feedback.", min=0, max=4)
    ] = 1,
    seed: Annotated[
        int | None,
        typer.Option(
            help=f"{HELP['seed']} By default drawn once, and kept in the folder.",
            min=0,
            show_default=False,
        ),
    ] = None,
    gradescope: Annotated[
        Path | None, typer.Option(help="Of a single submission: write Gradescope's results.json there.")
    ] = None,
) -> None:
    """Grade submissions to exercises: each is judged in a process of its own.

    What a submission does, its crash, endless loop, exit or flood, is its own result and nobody else's.
    Ctrl-C stops it, and the same command goes on with the remaining ones. The limits of time, memory and
    output protect from accidents; they are no sandbox for hostile code.
    """
    from teachrnn.grading import Grading, gradescope_results
    from teachrnn.sweep import LocalEngine

    if not exercise:
        raise DomainError("name what is graded: --exercise bptt. `teachrnn exercise` lists them all.")
    with LocalEngine(workers=jobs, purpose="Grading") as engine:
        grading = Grading(
            submissions, exercise, folder=out, points=_points(points or []), seed=seed, hints=rungs
        )
        if gradescope is not None and len(grading.tasks) > len(grading.exercises):
            raise DomainError("--gradescope is for a single submission, as Gradescope runs it.")
        stopped = _followed(grading, engine)
    if stopped:
        say("Stopped. The same command goes on with the remaining ones.")
        raise typer.Exit(130)
    _print_table(grading)
    if gradescope is not None:
        save_json(gradescope, gradescope_results(grading.results, hints=rungs))
    say(f"Results: {out.resolve()} (class.html, table.csv, table.json, feedback)")


def _points(given: list[str]) -> dict[str, float]:
    found = {}
    for one in given:
        name, equals, most = one.rpartition("=")
        try:
            found[name] = float(most)
        except ValueError:
            equals = ""
        if not equals:
            raise DomainError(
                f"--points {one} is not understood: write an exercise and a number, bptt=10."
            )
    return found


def _followed(grading: Grading, engine: object) -> bool:
    """Run it, with a bar on a terminal and a line for each result elsewhere; whether it was stopped."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = open_console()
    columns = [TextColumn("{task.description}", markup=False), BarColumn(bar_width=20)]
    bar = Progress(
        *columns,
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
        disable=not console.is_terminal,
    )
    try:
        with bar as progress:
            shown = progress.add_task("judged", total=len(grading.tasks))
            for result in grading.run(engine):  # type: ignore[arg-type]
                progress.update(shown, advance=1)
                if result.seconds:
                    _say_result(result, console)
    except KeyboardInterrupt:
        return True
    return False


def _say_result(result: Graded, console: Console) -> None:
    earned = f"{result.points:g}/{result.maximum:g}"
    say(f"{result.submission}  {result.exercise}  {earned}  {result.judgement.outcome}", console)


def _print_table(grading: Grading) -> None:
    from rich import box
    from rich.table import Table

    from teachrnn.views.style.legible import printable

    table, console = grading.table, open_console()
    shown = Table(box=box.SIMPLE_HEAD, padding=0)
    shown.add_column("submission", overflow="fold")
    for heading in ("points", *table.exercises):
        shown.add_column(printable(heading), justify="right", overflow="fold")
    for row in table.rows:
        by_exercise = {one.exercise: one for one in row.graded}
        cells = [
            f"{by_exercise[n].points:g} {by_exercise[n].judgement.outcome}" if n in by_exercise else ""
            for n in table.exercises
        ]
        shown.add_row(printable(row.submission), f"{row.points:g}/{row.maximum:g}", *cells)
    console.print(shown)
    mistakes = table.mistakes()
    if mistakes:
        say("Mistakes, and by how many they were made:")
    for made in mistakes:
        say(f"  {made.count:3d}  {made.exercise}: {made.mistake}")
