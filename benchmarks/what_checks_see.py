"""Which mistakes pass which check: the share of random draws in which a wrong gradient is accepted.

The first table compares tolerances against the exact gradient; with a difference instead, a check sees
less. The second has checks as they are used in practice, with the rounding errors of their differences.

Run: python benchmarks/what_checks_see.py [--draws 200] [--cell vanilla]
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from typing import Annotated

import typer

from teachrnn.checking import SET_UPS, Allclose, CheckSetUp, Circumstances, mutation_score
from teachrnn.checking.set_ups import try_out
from teachrnn.diagnosis.diagnose import catalogue_of
from teachrnn.diagnosis.mistake import Mistake
from teachrnn.diagnosis.whole import clipped_values

MISTAKES = {
    "the gradient carried back from r[t] to h[t-1] is left out": "no carry",
    "the gradient carried back from r[t] to h[t-1] goes through W, not through its transpose": (
        "carry without transpose"
    ),
    "the gradient carried back from r[t] to h[t-1] is made of dh[t], not of dr[t]": "carry of dh for da",
    "the gradient that goes back from o[t] to h[t] is left out (at every step but the last only)": (
        "output gradient dropped for t < T"
    ),
    "the gradient that goes back from h[t] to a[t] lacks the derivative": "no derivative of tanh",
    "the gradient that goes back from h[t] to a[t] uses h[t-1] in place of h[t]": (
        "derivative of tanh at t - 1"
    ),
    "the gradient that goes back from h[t] to a[t] has the derivative taken at the result squashed a "
    "second time": "1 - tanh(h)^2 for 1 - h^2",
    "what r[t] adds to dW uses h[t] in place of h[t-1]": "dW with h[t] for h[t-1]",
    "dW holds the term of t = 1 alone, the last that the loop comes to": "dW overwritten, not added to",
    "dW lacks the term of t = 1": "term of h[0] left out of dW",
    "db is zero": "db left out",
    "every gradient is divided by T": "divided by T",
    "every entry of the gradients is clipped to [-5, 5]": "clipped before the check",
    "what o[t] adds to dV uses h[t-1] in place of h[t]": "dV with h[t-1]",
}
"""The mistakes of the first table: their title in the catalogue, and a short name."""
GRADCHECK, MINITORCH, NUMPY = Allclose(1e-3, 1e-5), Allclose(1e-2, 1e-2), Allclose(1e-5, 1e-8)
AT_START = CheckSetUp(at=(Circumstances(scale=0.01, biases=False),), against="exact", step=None)
LARGE = AT_START.changed(scale=0.5, start=0.8, biases=True)
COLUMNS = {
    "torch.gradcheck's tolerances, σ = .01, h0 = 0": AT_START.changed(rule=GRADCHECK),
    "minitorch's, same": AT_START.changed(rule=MINITORCH),
    "NumPy's, same": AT_START.changed(rule=NUMPY),
    "torch.gradcheck's, σ = .5, h0 ≠ 0": LARGE.changed(rule=GRADCHECK),
    "minitorch's, same numbers": LARGE.changed(rule=MINITORCH),
    "our check": SET_UPS["ours"],
}
"""The checks of the first table; T = 10, m = 5, K = 8, except for ours."""


def mistakes() -> list[Mistake]:
    """The mistakes of the first table, for the vanilla cell."""
    catalogue = catalogue_of("vanilla")
    every = [*catalogue.sweep, *catalogue.parameter, clipped_values(5.0)]
    known: dict[str, Mistake] = {mistake.title: mistake for mistake in every}
    return [known[title] for title in MISTAKES]


def accepted(draws: int) -> str:
    """The first table."""
    tallies = [try_out(one, mistakes(), "vanilla", draws=draws).accepted for one in COLUMNS.values()]
    lines = [f"| mistake | {' | '.join(COLUMNS)} |", "| --- |" + " ---: |" * len(COLUMNS)]
    for row, words in enumerate(MISTAKES.values()):
        lines.append(f"| {words} | {' | '.join(_share(shares[row]) for shares in tallies)} |")
    return "\n".join(lines)


def scores(cell: str, draws: int) -> str:
    """The second table."""
    lines = [
        "| check | sees | of | mutation score | right code refused | smallest change |",
        "| --- | ---: | ---: | ---: | ---: | --- |",
    ]
    for name in SET_UPS:
        found = mutation_score(name, cell=cell, draws=draws, changes=1)
        change = ""
        if found.changes:
            change = f"{found.changes[0].words}: shows {len(found.changes[0].shows)} more"
        refused = f"{found.false_alarms / found.draws:.0%}"
        lines.append(
            f"| {name} | {found.seen} | {found.known} | {found.score:.0%} | {refused} | {change} |"
        )
    return "\n".join(lines)


def _share(share: float) -> str:
    return f"**{share:.2f}**" if share >= 0.5 else f"{share:.2f}" if share else "0"


def main(
    draws: Annotated[int, typer.Option(help="Draws for the first table.", min=1)] = 200,
    score_draws: Annotated[int, typer.Option(help="Draws for the second table.", min=1)] = 20,
    cell: Annotated[str, typer.Option(help="Cell of the second table.")] = "vanilla",
) -> None:
    """Print both tables as Markdown."""
    print(f"Share of {draws} draws in which the wrong gradient is accepted (vanilla cell):\n")
    print(accepted(draws))
    print("\nClipping only shows where an entry exceeds 5, as in most draws of our check.")
    print(f"\nChecks in use, {score_draws} draws ({cell} cell):\n")
    print(scores(cell, score_draws))


if __name__ == "__main__":
    typer.run(main)
