"""``teachrnn check``: every derivative against an independent reference."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
import typer

from teachrnn.cells import Cell
from teachrnn.cli.check_code import SaidOfCode, check_code, export_instances
from teachrnn.cli.console import say
from teachrnn.cli.now_and_then import NowAndThen
from teachrnn.cli.options import HELP, Seed
from teachrnn.errors import DomainError, NameLookupError
from teachrnn.runs import random_network
from teachrnn.text_table import aligned

if TYPE_CHECKING:
    from collections.abc import Callable

    from teachrnn.checking import GradientReport, OpCheck
    from teachrnn.reference import Oracle


@dataclass(frozen=True)
class NetworkSize:
    """Sizes of a network: state, steps, symbols."""

    m: int
    T: int
    K: int


SIZES = {"small": NetworkSize(m=5, T=4, K=7), "assignment": NetworkSize(m=100, T=25, K=80)}
MANY = {
    "cell": f"{HELP['cell']} May be repeated. [default: vanilla]",
    "size": "small (m=5, T=4, K=7) or assignment (m=100, T=25, K=80); may be repeated. [default: both]",
    "oracle": "complex, central, one-sided, mpmath, torch; may be repeated. [default: complex, central]",
    "scale": f"{HELP['scale']} May be repeated. [default: 0.01, 0.5]",
}


def check(
    code: Annotated[
        Path | None,
        typer.Argument(
            help="Your own backward pass, operations or training step; or results (.npz, .mat, .json). "
            "[default: none]"
        ),
    ] = None,
    cell: Annotated[list[str] | None, typer.Option(help=MANY["cell"])] = None,
    size: Annotated[list[str] | None, typer.Option(help=MANY["size"])] = None,
    oracle: Annotated[list[str] | None, typer.Option(help=MANY["oracle"])] = None,
    scale: Annotated[list[float] | None, typer.Option(help=MANY["scale"], min=0)] = None,
    max_entries: Annotated[
        int, typer.Option(help="Maximum entries per parameter, drawn at random; 0: all.", min=0)
    ] = 200,
    seed: Seed = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
    forward: Annotated[str | None, typer.Option(help="Name of the forward pass in CODE.")] = None,
    backward: Annotated[str | None, typer.Option(help="Name of the backward pass in CODE.")] = None,
    loss: Annotated[str | None, typer.Option(help="Name of the loss in CODE.")] = None,
    layout: Annotated[
        str | None,
        typer.Option(help="Layout of CODE, such as dd2424. [default: recognised]"),
    ] = None,
    page: Annotated[
        Path | None,
        typer.Option(help="Write a page that opens where the numbers of CODE first differ."),
    ] = None,
    export: Annotated[
        Path | None,
        typer.Option(help="Write inputs for code in other languages: .npz, .mat or .json."),
    ] = None,
    hints: Annotated[
        int,
        typer.Option(
            help="How much to say about CODE: 1 verdict, 2 where, 3 case, 4 formula, 5 mistake.",
            min=1,
            max=5,
        ),
    ] = 5,
) -> None:
    """Check your own backward pass, in CODE, and name its mistake; or every derivative of teachrnn.

    Without CODE: operations against SymPy, whole networks against oracles. Ends with status 1 if a
    gradient differs from its reference.
    """
    if code is None:
        of_code: dict[str, object] = {
            "forward": forward,
            "backward": backward,
            "loss": loss,
            "layout": layout,
            "page": page,
        }
        _need_code(of_code)
    if export is not None:
        if code is not None:
            raise DomainError("--export writes numbers for other languages: leave CODE out.")
        export_instances(export, cell[0] if cell else "vanilla", seed)
        return
    if code is not None:
        _refuse(size=size, oracle=oracle, scale=scale)
        if len(cell or ()) > 1:
            raise DomainError("CODE is one cell: give --cell once.")
        said = SaidOfCode(
            cell=cell[0] if cell else None, layout=layout, forward=forward, backward=backward, loss=loss
        )
        check_code(code, said, hints=hints, seed=seed, as_json=as_json, page=page)
    from teachrnn.checking import check_gradient, check_ops
    from teachrnn.reference import Oracle

    cells = [Cell.find(name) for name in cell or ["vanilla"]]
    sizes = [(name, _size(name)) for name in size or SIZES]
    oracles = [Oracle.make(name) for name in oracle or ["complex", "central"]]
    due = NowAndThen()
    operations = check_ops()
    if not as_json:
        _print_operations(operations)
    found: list[dict[str, Any]] = []
    reports: list[GradientReport] = []
    for kind, (size_name, n), sigma in product(cells, sizes, scale or [0.01, 0.5]):
        trace = random_network(kind, hidden=n.m, steps=n.T, symbols=n.K, scale=sigma, seed=seed)
        for source in oracles:
            report = check_gradient(
                trace,
                oracle=source,
                max_entries=max_entries or None,
                rng=np.random.default_rng(seed),
                progress=_progress(kind.name, source, due),
            )
            reports.append(report)
            found.append(
                {"cell": kind.name, "size": size_name, **vars(n), "scale": sigma, **report.to_dict()}
            )
            if not as_json:
                say(f"\n{kind.name} network, m={n.m}, T={n.T}, K={n.K}, weight scale {sigma}, h0 != 0")
                say(str(report))
    fine = all(c.agrees for c in operations) and not any(
        c.verdict == "differs" for r in reports for c in r.checks
    )
    if as_json:
        say(json.dumps({"operations": [vars(c) for c in operations], "networks": found}, indent=1))
    else:
        _print_conclusion(fine, reports)
    raise typer.Exit(0 if fine else 1)


def _need_code(options: dict[str, object]) -> None:
    """Refuse options about CODE if there is no CODE."""
    given = [f"--{name}" for name, value in options.items() if value is not None]
    if given:
        raise DomainError(f"{' and '.join(given)} can only be used with CODE: name a file.")


def _refuse(**options: object) -> None:
    """Refuse options about the check of teachrnn if CODE is given."""
    given = [f"--{name}" for name, value in options.items() if value is not None]
    if given:
        raise DomainError(f"{' and '.join(given)} cannot be used with CODE: leave one of them out.")


def _size(name: str) -> NetworkSize:
    if name not in SIZES:
        raise NameLookupError(f"no size is named {name!r}; there are: {', '.join(SIZES)}.")
    return SIZES[name]


def _print_operations(checks: list[OpCheck]) -> None:
    say("operations against SymPy's derivative of their formula (largest relative error)")
    rows = [("", c.name, f"{c.error:.1e}", "agrees" if c.agrees else "DIFFERS") for c in checks]
    for line in aligned(rows):
        say(line)


def _print_conclusion(fine: bool, reports: list[GradientReport]) -> None:
    say()
    say("not 0: entries that are not 0 on both sides. sees: the smallest error, relative to the largest")
    say("entry, that the method can see. gradient, reference: both numbers at the worst entry, whose")
    say("error is the largest against what the method can see. rel: relative error of the array (norm),")
    say("of an entry (sum, max). floor: what round-off hides.")
    say("No gradient differs from its reference." if fine else "A gradient DIFFERS from its reference.")
    if any(c.verdict == "blind" for r in reports for c in r.checks):
        say(
            "Blind: the method could not see an error of 10 % there (column `sees`). Where gradients "
            "vanish or explode, differences drown; trust complex step or --oracle mpmath."
        )


def _progress(cell: str, source: Oracle, due: NowAndThen) -> Callable[[str, int, int], None]:
    """The progress of a long check: a line on a terminal, or occasional lines in a file or pipe."""
    changes = sys.stderr.isatty()
    done: dict[str, int] = {}

    def report(parameter: str, more: int, total: int) -> None:
        done[parameter] = done.get(parameter, 0) + more
        line = f"{cell}, {source.title}: {parameter} {done[parameter]}/{total}"
        if not changes:
            if due():
                print(line, file=sys.stderr)
            return
        end = "\r" + " " * len(line) + "\r" if done[parameter] >= total else ""
        print(f"\r{line}", end=end, file=sys.stderr, flush=True)

    return report
