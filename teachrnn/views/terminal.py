"""The story in a terminal: one step a screen, or all of it as plain text."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from rich.console import Console, Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from teachrnn.trace import Trace
from teachrnn.views.number import format_number
from teachrnn.views.plain_formula import plain_formula
from teachrnn.views.story import Quantity, StoryStep, tell

PHASES = {"forward": "forward →", "turn": "turning point", "backward": "← back through time"}
TALLEST = 10
"""Rows of a matrix that are shown; the rest is counted."""
BAR = 24
NAME, NUMBER = 14, 9
"""Characters that a name and a number take up."""

KEYS = "→ ←: step   n p: time step   t: turning point   g G: first, last   q: quit"


def step_screen(
    steps: Sequence[StoryStep], index: int, *, width: int = 100, height: int = 60
) -> RenderableType:
    """One step as a terminal shows it; matrices are cut where the screen is low."""
    rows = TALLEST if height >= 50 else 2
    step = steps[index]
    done = round((index + 1) / len(steps) * BAR)
    head = Text.assemble(
        (f"step {index + 1}/{len(steps)}", "bold"),
        f"  {PHASES[step.phase]}",
        f"  t = {step.t}" if step.t is not None else "",
        "   ",
        ("━" * done, "red" if step.phase == "backward" else "blue"),
        ("─" * (BAR - done), "dim"),
    )
    width = min(width, 120)
    most = max(1, (width - NAME - 14) // NUMBER)
    parts: list[RenderableType] = [head, Text(), Text(step.title, style="bold"), Text(step.sentence)]
    for outcome in step.outcomes:
        parts += [
            Text(),
            Text(plain_formula(outcome.formula), style="bold"),
            *(_array(q, most, rows) for q in outcome.quantities),
        ]
    parts += [Text(), Text("what went in", style="dim"), *(_array(q, most, rows) for q in step.operands)]
    if step.code:
        parts += [Text(), Text.assemble(("code  ", "dim"), step.code)]
    return Panel(Group(*parts), width=width, padding=(0, 1))


def print_story(trace: Trace, *, symbols: Sequence[str] | None = None, console: Console) -> None:
    """Print every step, one after the other: for a pipe, a file, or a screen reader."""
    steps = tell(trace, symbols)
    for index in range(len(steps)):
        console.print(step_screen(steps, index, width=console.width))


def step_through(trace: Trace, *, symbols: Sequence[str] | None = None, console: Console) -> None:
    """Step through the story with the keyboard."""
    import click

    steps = tell(trace, symbols)
    index = 0
    while True:
        console.clear()
        console.print(step_screen(steps, index, width=console.width, height=console.height))
        console.print(Text(KEYS, style="dim"))
        key = click.getchar()
        if key in ("q", "Q", "\x1b", "\x03", "\x04"):
            return
        index = _moved(steps, index, key)


def _moved(steps: Sequence[StoryStep], index: int, key: str) -> int:
    if key in ("\x1b[C", "\xe0M", "\x00M", " ", "\r", "\n", "l"):
        index += 1
    elif key in ("\x1b[D", "\xe0K", "\x00K", "\x7f", "h"):
        index -= 1
    elif key in ("\x1b[H", "\xe0G", "\x00G", "g"):
        index = 0
    elif key in ("\x1b[F", "\xe0O", "\x00O", "G"):
        index = len(steps) - 1
    elif key in ("t", "T"):
        index = next((i for i, s in enumerate(steps) if s.phase == "turn"), index)
    elif key in ("n", "\x1b[6~", "p", "\x1b[5~"):
        direction = 1 if key in ("n", "\x1b[6~") else -1
        here = (steps[index].phase, steps[index].t)
        while 0 <= index < len(steps) and (steps[index].phase, steps[index].t) == here:
            index += direction
    return max(0, min(len(steps) - 1, index))


def _array(quantity: Quantity, most: int, tallest: int) -> RenderableType:
    data = quantity.data
    shape = f" {' × '.join(map(str, data.shape))}" if data.ndim else ""
    name = Text.assemble((quantity.name, "bold"), (shape, "dim"))
    rows = data.reshape(-1, data.shape[-1]) if data.ndim else data.reshape(1, 1)
    table = Table.grid(padding=(0, 1))
    largest = float(np.abs(rows[np.isfinite(rows)]).max(initial=0.0))
    for row in rows[:tallest]:
        cells = [_number(x, quantity, largest) for x in row[:most].tolist()]
        if len(row) > most:
            cells.append(Text(f"… {len(row) - most} more", style="dim"))
        table.add_row(*cells)
    below = [Text(f"… {len(rows) - tallest} more rows", style="dim")] if len(rows) > tallest else []
    note = [Text(quantity.note, style="italic")] if quantity.note else []
    both = Table.grid(padding=(0, 1))
    both.add_column(min_width=NAME)
    both.add_row(name, Group(table, *below, *note))
    return both


def _number(x: float, quantity: Quantity, largest: float) -> Text:
    colours = {"value": ("yellow", "bright_blue"), "gradient": ("magenta", "green")}
    colour = colours[quantity.kind][0 if x < 0 else 1]
    strong = largest > 0 and abs(x) > 0.5 * largest
    return Text(f"{format_number(x):>8}", style=f"bold {colour}" if strong else colour)
