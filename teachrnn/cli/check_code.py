"""``teachrnn check my_rnn.py``: a student's backward pass, run in a separate process and diagnosed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import typer

from teachrnn.cli.console import say
from teachrnn.errors import DomainError, FileFormatError


@dataclass(frozen=True, kw_only=True)
class SaidOfCode:
    """What the command line says about the code; None is recognised from the code."""

    cell: str | None
    layout: str | None
    forward: str | None
    backward: str | None
    loss: str | None


def check_code(
    path: Path, said: SaidOfCode, *, hints: int, seed: int, as_json: bool, page: Path | None
) -> None:
    """Diagnose the functions of a file, or results in a file; ends with status 1 if they are wrong.

    Parameters
    ----------
    path : Path
        The file.
    said : SaidOfCode
        What the command line says about the code.
    hints : int
        The last hint to show, from 1 to 5.
    seed : int
        Seed of the numbers on which the code is tried.
    as_json : bool
        Whether to print data instead of text.
    page : Path or None
        Where to write a page that opens where the code's numbers first differ.

    Raises
    ------
    typer.Exit
        With status 0 if everything is right, and 1 if not.
    """
    from teachrnn.checking.check_backward import RESULTS, diagnose_parts, diagnose_results
    from teachrnn.diagnosis.diagnoses import Diagnoses
    from teachrnn.diagnosis.diagnosis import Diagnosis
    from teachrnn.submission.isolated import IsolatedSubmission
    from teachrnn.submission.isolated_program import IsolatedProgram
    from teachrnn.views.page.difference import save_difference

    if not path.exists():
        raise FileFormatError(f"{path}: there is no such file.")
    if path.suffix in RESULTS:
        if page is not None:
            raise DomainError("--page needs code that can be run, not a file of results.")
        found: Diagnosis | Diagnoses = diagnose_results(path, cell=said.cell)
    else:
        with IsolatedProgram(path, **vars(said)) as program:
            found = diagnose_parts(program.parts, seed=seed)
            if page is not None:
                network = [part for part in program.parts if isinstance(part, IsolatedSubmission)]
                if not network:
                    raise DomainError(
                        "--page needs a network: single operations and updates take no time steps."
                    )
                page = save_difference(network[0], page, seed=seed).resolve()
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


def export_instances(path: Path, cell: str, seed: int) -> None:
    """Write the numbers on which code is tried, for a program in another language.

    Parameters
    ----------
    path : Path
        A ``.npz``, ``.mat`` or ``.json`` file.
    cell : str
        Which cell.
    seed : int
        Seed of the numbers.
    """
    from teachrnn.diagnosis.instance import Instance
    from teachrnn.diagnosis.probes import probes
    from teachrnn.submission import export

    every = probes(partial(Instance.draw, cell), seed=seed)
    # One sequence each; more than one unit, so that shapes distinguish the arrays of a file.
    instances = [i for i in every if i.B == 1 and i.model.hidden > 1]
    export(path, instances)
    say(f"wrote {len(instances)} networks with their sequences to {path}")
    say("Add your gradients to each (dU, dW ..., and loss), and pass the file to teachrnn check.")
