"""Symptom and cause: the symptoms of each mistake, computed from the mistakes themselves.

Every line of the page comes from the registries of mistakes and the gradients that they give: a new
change (one file in ``teachrnn/diagnosis/changes``) gets its section, and its line among the symptoms.
What can be wrong in a single formula follows at the end (`slips`).
"""

from __future__ import annotations

import os
from collections import defaultdict

import numpy as np
from facts import capital, definitions
from held_back import held_back
from mkdocs.structure.files import File
from slips import formula_sections

from teachrnn.diagnosis.changes import CHANGES
from teachrnn.diagnosis.description import describe
from teachrnn.diagnosis.diagnose import catalogue_of
from teachrnn.diagnosis.instance import Instance
from teachrnn.diagnosis.mistake import SweepMistake
from teachrnn.diagnosis.mistaken import mistaken_gradients
from teachrnn.diagnosis.reading import WrongTerm
from teachrnn.diagnosis.rounding import TOLERANCE
from teachrnn.diagnosis.visible import wrong_gradients
from teachrnn.diagnosis.wrong_sum import WRONG_SUMS, WrongSum
from teachrnn.views.figures import right_and_given
from teachrnn.views.figures.parts.figure_html import figure_html

SAME = TOLERANCE[np.dtype(np.float64)]
CELLS = ("vanilla", "lstm", "gru")
"""The cells in which an example of a mistake is looked for, in this order."""
SHOWN = 6
"""Maximum number of mistakes listed for a symptom; the most common ones come first."""

INTRODUCTION = """\
# Symptom and cause

A backward pass can be wrong in many ways, each of which affects the gradients in its own way. This page
is computed from the mistakes that [`check_backward`](../how-to/check-your-code.md) knows: {count} for
the vanilla cell alone, derived from a recorded backward pass. It lists what you see and what can be the
cause, and then every kind of mistake, with the line as it should be; then the slips of a single formula,
of an operation or an update, and the wrong ways to clip.
"""

DOWN = """\
## My loss goes down, but my check fails

Then the check is right. A wrong gradient still points downhill more often than not: in {updates}
updates of AdaGrad on one sequence of a vanilla network, the loss falls from {start:.2f} nats per
sequence to {right:.2f} with the right gradient, and to {wrong:.2f} with one that is never carried back
in time. A falling loss is no evidence that the gradient is right.
"""

PASSES = """\
## My check passes, and yet the code is wrong

A check only sees what its numbers show. Of the {count} mistakes of the vanilla cell, these numbers are
seen and not seen, with all gradients computed in full precision:

| The check has | sees | does not see |
| --- | ---: | ---: |
{rows}

"""


def on_files(files, config):
    os.environ["TEACHRNN_DISPLAY"] = "static"
    catalogue = catalogue_of("vanilla")
    count = len(catalogue.sweep) + len(catalogue.parameter)
    parts = [
        INTRODUCTION.format(count=count),
        "## What you see, and what it can be\n\nOne sequence, T = 4, m = 3, K = 7, h0 not 0.\n\n"
        + symptoms(),
        falling_loss(),
        unseen(),
        "## The mistakes\n\n" + "\n\n".join(kind(name) for name in CHANGES),
        "## Wrong sums over time\n\n" + "\n\n".join(map(wrong_sum, WRONG_SUMS)),
        formula_sections(),
    ]
    files.append(File.generated(config, "reference/mistakes.md", content="\n\n".join(parts) + "\n"))
    return files


def instance(**sizes) -> Instance:
    return Instance.draw("vanilla", **{"T": 4, "hidden": 3, "symbols": 7, "distinct": True, **sizes})


def wrong_on(numbers: Instance):
    return wrong_gradients(catalogue_of("vanilla"), numbers, SAME)


def every():
    catalogue = catalogue_of("vanilla")
    return sorted([*catalogue.sweep, *catalogue.parameter], key=lambda m: (m.weight, len(m.title)))


def symptoms() -> str:
    long = instance()
    on_long, on_one = wrong_on(long), wrong_on(instance(T=1))
    found = defaultdict(list)
    for mistake in every():
        if on_long[mistake]:
            found[on_long[mistake], not on_one[mistake]].append(mistake)
    lines = []
    for (wrong, hidden), mistakes in sorted(found.items(), key=lambda item: -len(item[1])):
        names = ", ".join(f"$d{name}$" for name in wrong)
        right = [name for name in long.gradients if name not in wrong]
        fine = f"; {', '.join(f'$d{name}$' for name in right)} right" if right else ""
        when = ", and nothing is wrong at T = 1" if hidden else ", at T = 1 too"
        lines.append(f"**{names} wrong{fine}{when}**\n")
        lines += [f"- {capital(m.title)}" for m in mistakes[:SHOWN]]
        if (more := len(mistakes) - SHOWN) > 0:
            lines.append(f"- and {more} {'other' if more == 1 else 'others'}")
        lines.append("")
    return "\n".join(lines)


def falling_loss(updates: int = 150) -> str:
    carry = "the gradient carried back from r[t] to h[t-1] is left out"
    (mistake,) = [m for m in catalogue_of("vanilla").sweep if m.title == carry]
    ends = []
    for mistakes in ([], [mistake]):
        numbers = instance(T=12, hidden=8, symbols=6, distinct=False)
        start = numbers.trace.total_loss
        squares = dict.fromkeys(numbers.gradients, 0.0)
        for _ in range(updates):
            given = mistaken_gradients(mistakes, numbers)
            for name, d in given.items():
                squares[name] = squares[name] + d * d
                numbers.model.parameters[name] -= 0.1 * d / np.sqrt(squares[name] + 1e-8)
            numbers = Instance(numbers.model, numbers.x, numbers.y, numbers.state)
        ends.append(numbers.trace.total_loss)
    return DOWN.format(updates=updates, start=start, right=ends[0], wrong=ends[1])


def unseen() -> str:
    settings = {
        "T = 1": {"T": 1},
        "T = 2": {"T": 2},
        "m = 1": {"hidden": 1},
        "h0 = 0": {"start": 0.0},
        "one sequence, T = 4": {},
        "two sequences, T = 5": {"T": 5, "batch": 2, "distinct": False},
    }
    rows = []
    for words, sizes in settings.items():
        wrong = wrong_on(instance(**sizes))
        seen = sum(bool(names) for names in wrong.values())
        rows.append(f"| {words} | {seen} | {len(wrong) - seen} |")
    return PASSES.format(count=len(every()), rows="\n".join(rows))


def kind(name: str) -> str:
    """One kind of mistake: its idea, an example in each cell that has one, a picture."""
    change = CHANGES[name]
    examples, picture = [], ""
    for cell in CELLS:
        mistake = next((m for m in sorted_mistakes(cell) if of_kind(m, change)), None)
        if mistake is None:
            continue
        said = describe(mistake)
        lines = [f"**{cell}**: {capital(said.title)}."]
        if said.wrong and said.right:
            lines.append(f"```text\nwrong: {said.wrong}\nright: {said.right}\n```")
        examples.append("\n\n".join(lines))
        if cell == "vanilla":
            picture = drawn(mistake)
    facts = {
        "Why": change.why,
        "Seen with": change.seen,
        "Examples": "\n\n".join(examples),
        "Picture": picture,
    }
    return f"### {capital(name)}\n\n{(change.__doc__ or '').splitlines()[0]}\n\n{definitions(facts)}"


def sorted_mistakes(cell: str):
    catalogue = catalogue_of(cell)
    return sorted([*catalogue.sweep, *catalogue.parameter], key=lambda m: (m.weight, carries(m)))


def carries(mistake) -> bool:
    """Whether a mistake is in what is carried back in time; these are the best known, and come first."""
    return not (isinstance(mistake, SweepMistake) and mistake.changes and mistake.changes[0][0].carries)


def of_kind(mistake, change) -> bool:
    if isinstance(mistake, SweepMistake):
        return len(mistake.changes) == 1 and type(mistake.changes[0][1]) is change
    spec = mistake.specs[0][1]
    return len(mistake.specs) == 1 and isinstance(spec, WrongTerm) and type(spec.change) is change


def drawn(mistake) -> str:
    """The first matrix whose gradient is wrong: the right gradient, and the wrong one."""
    for batch in (None, 3):  # some mistakes need several sequences
        numbers = Instance.draw("vanilla", T=5, hidden=4, symbols=5, batch=batch)
        given, right = mistaken_gradients([mistake], numbers), numbers.gradients
        wrong = [n for n, d in right.items() if given is not None and not np.allclose(d, given[n])]
        name = next((n for n in ("W", *wrong) if n in wrong and right[n].ndim == 2), None)
        if name:
            return held_back(figure_html(right_and_given(name, right[name], given[name])))
    return ""


def wrong_sum(wrong: WrongSum) -> str:
    facts = {"Then": f"dW {wrong.words}.", "Why": wrong.why, "Seen with": f"{wrong.seen}."}
    return f"### {capital(wrong.name)}\n\n{definitions(facts)}"
