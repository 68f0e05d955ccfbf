"""The progress of a command: a line that changes on a terminal, and occasional plain lines elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
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

from teachrnn.cli.console import say
from teachrnn.cli.now_and_then import NowAndThen
from teachrnn.one_thread import OneThread
from teachrnn.runs import Interruption, Session
from teachrnn.training import TrainStep
from teachrnn.views.style.loss_units import LossUnits, per_sequence, per_symbol

REFRESH = 0.1
"""Seconds between two changes of the line: a training update takes less than a millisecond."""


@contextmanager
def stage(console: Console, words: str) -> Iterator[Callable[[str], None]]:
    """A part of a command that takes an unknown time; call what it yields with news."""
    if console.is_terminal:
        with console.status(Text(words)) as status:
            yield lambda what: status.update(Text(f"{words}: {what}"))
    else:
        due = NowAndThen()
        say(f"{words} ...", console)
        yield lambda what: say(f"{words}: {what}", console) if due() else None


def follow(session: Session, console: Console) -> Iterator[TrainStep]:
    """The steps of a session, with a bar that shows losses, speed and the remaining time.

    Whatever else is printed on the same console in between appears above the bar.

    Parameters
    ----------
    session : Session
        The session whose `Session.steps` are iterated over.
    console : rich.console.Console
        Where the bar is drawn; a console that is not a terminal gets occasional lines.
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
    with Interruption(), OneThread(), bar as progress:  # for all updates
        begin = run.training.iteration
        task = progress.add_task("begins", total=run.recipe.updates, completed=begin)
        began = shown = perf_counter()
        due = NowAndThen()
        step: TrainStep | None = None
        for step in session.steps():
            now = perf_counter()
            if now - shown > REFRESH:
                shown = now
                if console.is_terminal:
                    progress.update(task, completed=step.iteration, description=losses(session, step))
                elif due():
                    speed = (step.iteration - begin) / (now - began)
                    say(_line(session, step, speed), console)
            yield step
        if step is not None:
            progress.update(task, completed=step.iteration, description=losses(session, step))


def losses(session: Session, step: TrainStep) -> str:
    """Smooth and validation loss in nats per symbol, so that they can be compared.

    Items differ in length: there the smooth loss, a mean over sequences, has no such unit.
    """
    held_out, units = session.run.training.curve.validation, LossUnits.of(session.run)
    measured = f", validation {per_symbol(held_out[-1][1])}" if held_out else ""
    unit = f"nats/{units.symbol.removesuffix('acter')}"
    if units.length is None:
        measured = measured and f"{measured} {unit}"
        return f"smooth {per_sequence(step.smooth_loss)} nats/sequence{measured}"
    return f"smooth {per_symbol(step.smooth_loss / step.length)}{measured} {unit}"


def _line(session: Session, step: TrainStep, speed: float) -> str:
    updates = session.run.recipe.updates
    left = timedelta(seconds=round((updates - step.iteration) / speed))
    return (
        f"update {step.iteration:,} of {updates:,}: {losses(session, step)}, {speed:,.0f} updates/s, "
        f"{left} to go"
    )


class _Speed(ProgressColumn):
    """Updates per second."""

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text("" if speed is None else f"{speed:,.0f}/s")
