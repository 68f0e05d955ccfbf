"""``teachrnn check my_rnn.py``: a student's backward pass, run apart and diagnosed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import typer

from teachrnn.cli.console import say


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """What is said of the code on the command line; None is found out."""

    cell: str | None
    layout: str | None
    forward: str | None
    backward: str | None
    loss: str | None


def check_code(
    path: Path, chosen: Chosen, *, hints: int, seed: int, as_json: bool, page: Path | None = None
) -> None:
    """Diagnose the functions of a file; ends with status 1 if they are wrong.

    Parameters
    ----------
    path : Path
        The file.
    chosen : Chosen
        What is not to be found out.
    hints : int
        How far the ladder of hints goes, from 1 to 5.
    seed : int
        Of the numbers on which the code is tried.
    as_json : bool
        Whether to print data instead of text.
    page : Path, optional
        Where to write a page that opens where the code's numbers first differ.

    Raises
    ------
    typer.Exit
        With status 0 if everything is right, and 1 if not.
    """
    from teachrnn.checking.check_backward import diagnose_submission
    from teachrnn.submission import Submission

    submission = Submission.of(path, **vars(chosen))
    found = diagnose_submission(submission, seed=seed)
    if page is not None:
        from teachrnn.views.page.difference import save_difference

        page = save_difference(submission, page, seed=seed).resolve()
    if as_json:
        say(json.dumps(found.to_dict(hints), indent=1))
    else:
        say(found.hints(hints))
        say()
        say("How your code was read:")
        for sentence in found.read_as:
            say(f"  {sentence}")
        if page is not None:
            say(f"Page: {page}")
    raise typer.Exit(0 if found.right else 1)
