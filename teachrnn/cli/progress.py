"""How far a session is: one line on the terminal, and nothing of it in a file or pipe."""

from __future__ import annotations

from collections.abc import Iterator
from time import perf_counter

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from teachrnn.runs import Interruption, OneThread, Session
from teachrnn.training import TrainStep

REFRESH = 0.1
"""Seconds between two changes of the line: an update takes less than a thousandth of one."""


def follow(session: Session, console: Console) -> Iterator[TrainStep]:
    """The steps of a session, with a bar that shows losses, speed and the time that remains.

    Whatever else is printed on the same console in between appears above the bar.

    Parameters
    ----------
    session : Session
        Whose `Session.steps` are gone through.
    console : rich.console.Console
        Where the bar is drawn; on a console that is no terminal there is none.
    """
    run = session.run
    columns = [
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=20),
        MofNCompleteColumn(),
        _Speed(),
        TimeRemainingColumn(),
    ]
    bar = Progress(*columns, console=console, disable=not console.is_terminal)
    with Interruption(), OneThread(), bar as progress:  # for all updates: the process is this run's
        task = progress.add_task("begins", total=run.recipe.updates, completed=run.training.iteration)
        shown = perf_counter()
        step: TrainStep | None = None
        for step in session.steps():
            now = perf_counter()
            if now - shown > REFRESH:
                progress.update(task, completed=step.iteration, description=losses(session, step))
                shown = now
            yield step
        if step is not None:
            progress.update(task, completed=step.iteration, description=losses(session, step))


def losses(session: Session, step: TrainStep) -> str:
    """Smooth and validation loss in nats per symbol, so that they can be compared.

    Items differ in length: there the smooth loss, a mean over sequences, has no such unit.
    """
    recipe, held_out = session.run.recipe, session.run.training.curve.validation
    unit = "nats/word" if recipe.vocabulary == "words" else "nats/char"
    measured = f", validation {held_out[-1][1]:.3f}" if held_out else ""
    if recipe.items:
        measured = measured and f"{measured} {unit}"
        return f"smooth {step.smooth_loss:.1f} nats/sequence{measured}"
    return f"smooth {step.smooth_loss / step.symbols:.3f}{measured} {unit}"


class _Speed(ProgressColumn):
    """Updates in a second."""

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text("" if speed is None else f"{speed:,.0f}/s")
