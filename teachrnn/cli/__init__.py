"""The command line, one command per file."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from teachrnn import __version__
from teachrnn.cli.check import check
from teachrnn.cli.console import open_streams
from teachrnn.cli.exercise import exercise
from teachrnn.cli.grade import grade
from teachrnn.cli.laboratory import laboratory
from teachrnn.cli.listing import list_names
from teachrnn.cli.report import report
from teachrnn.cli.sample import sample
from teachrnn.cli.step import step
from teachrnn.cli.sweep import sweep
from teachrnn.cli.train import train
from teachrnn.errors import TeachrnnError
from teachrnn.views.style.legible import legible

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for command in (step, check, laboratory, train, sample, report, sweep, grade):
    app.command()(command)
# An answer such as -0.5 is no option.
app.command(context_settings={"ignore_unknown_options": True})(exercise)
app.command("list")(list_names)


def main() -> None:
    """Run the command line; a user's mistake ends with a message and exit status 2."""
    open_streams()
    try:
        app()
    except TeachrnnError as error:
        print(legible(f"teachrnn: {error}"), file=sys.stderr)
        raise SystemExit(2) from None
    except MemoryError as error:  # most sizes are checked by name beforehand
        print(legible(f"teachrnn: out of memory ({error}): choose smaller sizes."), file=sys.stderr)
        raise SystemExit(2) from None
    except BrokenPipeError:  # the reader of the output has closed it, as in `| head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(141) from None


def _version(wanted: bool) -> None:
    if wanted:
        print(f"teachrnn {__version__}")
        raise typer.Exit


@app.callback()
def common(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Hold a recurrent neural network in your hand: step through it, check it, train it."""
