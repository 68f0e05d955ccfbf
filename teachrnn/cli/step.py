"""``teachrnn step``: walk through backpropagation through time on a text."""

from __future__ import annotations

import os
import sys
import webbrowser
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from teachrnn.cli.compared import compared_networks
from teachrnn.cli.console import say
from teachrnn.cli.options import HELP, Seed, is_given, refuse_ignored
from teachrnn.errors import DomainError, TeachrnnError
from teachrnn.files import write_atomically
from teachrnn.runs import KeptStep
from teachrnn.runs.small_network import WORDS, check_small
from teachrnn.text_table import aligned
from teachrnn.trace import Trace
from teachrnn.views.story.named_story import NamedStory
from teachrnn.views.story.side_by_side import Comparable
from teachrnn.views.style.legible import printable
from teachrnn.views.style.number import format_number
from teachrnn.views.tour import Guided, Tour

NETWORK = ("words", "cell", "hidden", "layers", "scale", "updates", "max_characters", "seed")
"""The options that determine the network and its trace, which a trace from a file already has."""


def step(
    context: typer.Context,
    words: Annotated[
        list[str] | None, typer.Argument(help="The text itself: no quotes are needed.")
    ] = None,
    cell: Annotated[str, typer.Option(help=HELP["cell"])] = "vanilla",
    hidden: Annotated[int, typer.Option(help=HELP["hidden"], min=1, max=256)] = 8,
    layers: Annotated[int, typer.Option(help=HELP["layers"], min=1, max=4)] = 1,
    scale: Annotated[float, typer.Option(help=HELP["scale"], min=0)] = 0.3,
    updates: Annotated[
        int, typer.Option(help=f"{HELP['updates']} On the text, before it is recorded.", min=0)
    ] = 20,
    max_characters: Annotated[
        int, typer.Option(help="Step through at most so many characters of the text.", min=2)
    ] = 40,
    seed: Seed = 0,
    trace_file: Annotated[
        Path | None, typer.Option("--trace", help="Step through a trace from a file, not a text.")
    ] = None,
    out: Annotated[Path, typer.Option(help=f"{HELP['out']} The page.")] = Path("teachrnn-step.html"),
    tour: Annotated[
        str | None,
        typer.Option(help="Be led through a guided tour: its name, or a file of your own."),
    ] = None,
    tours: Annotated[bool, typer.Option("--tours", help="List the guided tours.")] = False,
    compare: Annotated[
        list[str] | None,
        typer.Option(
            help="Beside it, on the page: lstm or another cell, untrained, mistake (or mistake=WORDS), "
            "text=OTHER, any option of the network such as scale=1.5; with --trace, another trace. "
            "May be given several times."
        ),
    ] = None,
    script: Annotated[
        Path | None, typer.Option(help="Write forward and back as a program in NumPy, too.")
    ] = None,
    terminal: Annotated[bool, typer.Option("--terminal", help="Step in the terminal instead.")] = False,
    browser: Annotated[bool, typer.Option(help="Open the page in a browser.")] = True,
) -> None:
    """Step through backpropagation through time on your own text, forward and then back.

    Without a text, a guided tour leads through it.
    """
    own = (*NETWORK, "trace_file", "script", "terminal", "compare")
    if tours:
        _list_tours()
        return
    if tour is not None:
        refuse_ignored(context, "--tour", *own)
        _write_tours([tour], out, browser)
        return
    if not any(is_given(context, name) for name in own):
        _write_tours(Tour.all(), out, browser)
        return
    text = " ".join(words) if words else WORDS
    if terminal:
        refuse_ignored(context, "--terminal, which writes no page,", "out", "browser", "compare")
    if trace_file is not None:
        refuse_ignored(context, "--trace", *NETWORK)
        trace, symbols, about = _recorded_elsewhere(trace_file)
        networks: dict[str, Comparable] = {trace_file.stem: NamedStory(trace, symbols, about)}
        for other in map(Path, compare or ()):
            if other.stem in networks:
                raise DomainError(
                    f"--compare {other}: {other.stem} would stand beside itself; a trace goes by "
                    "the name of its file, so rename one."
                )
            networks[other.stem] = NamedStory(*_recorded_elsewhere(other))
    else:
        settings = {
            "cell": cell,
            "hidden": hidden,
            "layers": layers,
            "scale": scale,
            "updates": updates,
            "seed": seed,
        }
        networks = compared_networks(text[:max_characters], settings, compare or ())
        own_story = next(iter(networks.values()))
        assert isinstance(own_story, NamedStory)
        trace, symbols, about = own_story.trace, own_story.symbols, list(own_story.about)
        if len(text) > max_characters:
            cut = f"the first {max_characters} are stepped through (--max-characters)."
            say(f"The text has {len(text)} characters; {cut}")
    if script is not None:
        _write_script(trace, script)
    if terminal:
        from teachrnn.views.terminal import step_in_terminal

        step_in_terminal(trace, symbols=symbols, about=about)
    elif len(networks) > 1:
        from teachrnn.views.page.comparison import save_comparison

        path = save_comparison(networks, out).resolve()
        _open(path, [*about, *map(_beside, [*networks][1:])], browser)
    else:
        from teachrnn.views.page.standalone import save_page

        path = save_page(trace, out, symbols=symbols, about=about).resolve()
        _open(path, about, browser)


def _list_tours() -> None:
    rows = [(one.id, one.about) for one in Tour.all()]
    for line in aligned([("tour", "what it shows"), *rows]):
        say(line)


def _write_tours(tours: Sequence[Tour | str], out: Path, browser: bool) -> None:
    """The page of some tours, the first of which is open."""
    from teachrnn.views.page.tour_page import tours_page

    guided = [Guided.of(tour) for tour in tours]
    path = write_atomically(out, tours_page(guided).encode("utf-8")).resolve()
    first = guided[0].tour
    _open(path, [f"{first.title}: {first.about}"], browser)


def _recorded_elsewhere(path: Path) -> tuple[Trace, Sequence[str] | None, list[str]]:
    """Read a trace; one that a run has kept says what its token numbers stand for."""
    trace, kept = KeptStep.load(path)
    check_small(trace.T, sum(p.data.size for p in trace.parameters.values()))
    loss = trace.total_loss
    name = printable(path.name)
    about = [f"The trace in {name}: T = {trace.T}, loss {format_number(loss)} nats per sequence."]
    if kept is None:
        return trace, None, about
    return trace, kept.vocabulary.symbols, [*about, printable(str(kept))]


def _write_script(trace: Trace, path: Path) -> None:
    from teachrnn.views.program import student_program

    program = student_program(trace)
    if program is None:
        raise TeachrnnError(
            "--script: the trace holds several sequences, and the program is that of one of them: "
            "record one."
        )
    say(f"Program: {write_atomically(path, program.script().encode('utf-8')).resolve()}")


def _beside(title: str) -> str:
    return f"Beside it: {title}."


def _open(path: Path, about: Sequence[str], browser: bool) -> None:
    for line in [*about, f"Page: {path}"]:
        say(line)
    if browser and _has_screen():
        webbrowser.open(path.as_uri())


def _has_screen() -> bool:
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
