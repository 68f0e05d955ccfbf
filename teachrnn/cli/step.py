"""``teachrnn step``: walk through backpropagation through time on a text."""

from __future__ import annotations

import os
import sys
import webbrowser
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from teachrnn.cells import CELLS
from teachrnn.data import Vocabulary, check_text, find_batching
from teachrnn.errors import TeachrnnError
from teachrnn.files import write_atomically
from teachrnn.models import CharRNN
from teachrnn.optimizers import AdaGrad
from teachrnn.runs import TrainedModel
from teachrnn.runs.session import CHECKPOINT
from teachrnn.trace import Trace
from teachrnn.trace_file import load_trace
from teachrnn.training import Training
from teachrnn.views.number import format_number

MOST_NUMBERS = 2_000_000
"""Every step has its own term of every parameter's gradient, and their sum so far."""

TITLE = "Backpropagation through time, step by step"


def step(
    text: Annotated[str, typer.Argument(help="The text to read.")] = "hello world",
    cell: Annotated[str, typer.Option(help=f"Recurrent cell: {', '.join(sorted(CELLS))}.")] = "vanilla",
    hidden: Annotated[int, typer.Option(help="m, length of the state.", min=1, max=64)] = 8,
    layers: Annotated[int, typer.Option(help="Cells on top of each other.", min=1, max=4)] = 1,
    updates: Annotated[int, typer.Option(help="Updates of training before stepping.", min=0)] = 20,
    length: Annotated[int, typer.Option(help="Characters to step through at most.", min=2)] = 40,
    seed: Annotated[int, typer.Option(help="Seed of the random numbers.", min=0)] = 0,
    trace_file: Annotated[
        Path | None, typer.Option("--trace", help="Step through a trace from a file, not a text.")
    ] = None,
    out: Annotated[Path, typer.Option(help="Where to write the page.")] = Path("teachrnn-step.html"),
    terminal: Annotated[bool, typer.Option("--terminal", help="Step in the terminal instead.")] = False,
    browser: Annotated[bool, typer.Option(help="Open the page in a browser.")] = True,
) -> None:
    """Step through backpropagation through time on a text of your own, forward and then back."""
    if trace_file is not None:
        trace, symbols, about = _recorded_elsewhere(trace_file)
    else:
        trace, symbols, about = _recorded_here(text[:length], cell, hidden, layers, updates, seed)
        if len(text) > length:
            cut = f"the first {length} are stepped through (--length)."
            print(f"The text has {len(text)} characters; {cut}")
    _refuse_what_no_browser_opens(trace)
    if terminal:
        _step_in_terminal(trace, symbols, about)
    else:
        _write_page(trace, symbols, about, out, browser)


def _recorded_here(
    text: str, cell: str, hidden: int, layers: int, updates: int, seed: int
) -> tuple[Trace, Sequence[str], list[str]]:
    """Train a small network on the text for a moment, and record it."""
    check_text(text, where="the text")
    vocabulary = Vocabulary.of(text)
    tokens = vocabulary.encode(text)
    rng = np.random.default_rng(seed)
    model = CharRNN(hidden=hidden, symbols=len(vocabulary), cell=cell, layers=layers, scale=0.3, rng=rng)
    before = model.record(tokens[:-1], tokens[1:]).total_loss
    batches = find_batching("in-order")(tokens, length=min(25, len(tokens) - 1))
    for _ in islice(Training(model, batches, AdaGrad(eta=0.1)), updates):
        pass
    trace = model.record(tokens[:-1], tokens[1:])
    return trace, vocabulary.symbols, _about(model, text, updates, before, trace)


def _recorded_elsewhere(path: Path) -> tuple[Trace, Sequence[str] | None, list[str]]:
    """Read a trace; where it is a kept step of a run, its checkpoint says what the numbers stand for."""
    trace = load_trace(path)
    checkpoint = path.parent.parent / CHECKPOINT
    symbols = TrainedModel.load(checkpoint).vocabulary.symbols if checkpoint.exists() else None
    loss = trace.total_loss
    about = [f"The trace in {path.name}: T = {trace.T}, loss {format_number(loss)} nats per sequence."]
    return trace, symbols, about


def _about(model: CharRNN, text: str, updates: int, before: float, trace: Trace) -> list[str]:
    stack = f"{model.layers} layers, " if model.layers > 1 else ""
    kind = model.cell.name if model.cell.name == "vanilla" else model.cell.name.upper()
    after = trace.total_loss
    return [
        f"This {kind} network ({stack}m = {model.hidden}, K = {model.symbols}) reads "
        f"\N{LEFT DOUBLE QUOTATION MARK}{text}\N{RIGHT DOUBLE QUOTATION MARK} "
        "and predicts every next character.",
        f"{updates} updates on this text took its loss from {format_number(before)} to "
        f"{format_number(after)} nats per sequence "
        f"({format_number(after / trace.T)} nats per character).",
    ]


def _refuse_what_no_browser_opens(trace: Trace) -> None:
    numbers = 2 * trace.T * sum(p.data.size for p in trace.parameters.values())
    if numbers > MOST_NUMBERS:
        raise TeachrnnError(
            f"the story would hold about {numbers / 1e6:.0f} million numbers, more than a browser shows "
            f"(at most {MOST_NUMBERS / 1e6:.0f} million): lower --length, --hidden or --layers."
        )


def _write_page(
    trace: Trace, symbols: Sequence[str] | None, about: list[str], out: Path, browser: bool
) -> None:
    from teachrnn.views.page import story_page

    page = story_page(trace, symbols=symbols, title=TITLE, about=about)
    path = write_atomically(out, page.encode("utf-8")).resolve()
    print("\n".join(about))
    print(f"Page: {path}")
    if browser and _has_screen():
        webbrowser.open(path.as_uri())


def _step_in_terminal(trace: Trace, symbols: Sequence[str] | None, about: list[str]) -> None:
    from rich.console import Console

    from teachrnn.views.terminal import print_story, step_through

    console = Console()
    if sys.stdin.isatty() and console.is_terminal:
        step_through(trace, symbols=symbols, console=console)
    else:
        print("\n".join(about))
        print_story(trace, symbols=symbols, console=console)


def _has_screen() -> bool:
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
