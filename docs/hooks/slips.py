"""The part of the page of mistakes that is about formulas: slips, and wrong ways to clip.

Every line comes from the registry of slips, the formulas of operations and optimizers, and the list of
wrong ways to clip; a new slip (one class in ``teachrnn/diagnosis/slips``) gets its section.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from facts import capital, definitions

from teachrnn import Affine, Sigmoid, Softmax, Tanh
from teachrnn.diagnosis.changes import CHANGES
from teachrnn.diagnosis.operations.slips_of_operation import gradient_of_input, slips
from teachrnn.diagnosis.slips import SLIPS, Slip, WrongFormula
from teachrnn.diagnosis.updates.clip import WRONG_CLIPS
from teachrnn.diagnosis.updates.update_lines import rules, slips_in
from teachrnn.formulas.text import text
from teachrnn.op import OPS

WELL_KNOWN = (Tanh, Sigmoid, Softmax, Affine)
"""Their formulas are the examples, where they can have the slip."""

SLIPS_INTRODUCTION = """\
## Slips in a formula

A single operation, or a line of an update, can be wrong whatever the network is. These slips are made in
the formula that the operation or the optimizer states, so that one of your own comes with its slips.
"""

CLIPPING_INTRODUCTION = """\
## Wrong ways to clip

They show only where gradients are beyond the limit: with large weights, or a long sequence.
"""


def formula_sections() -> str:
    """The sections about slips, and about clipping."""
    examples = examples_by_slip()
    kinds = [*SLIPS.values(), *(kind for kind in examples if kind not in SLIPS.values())]
    reasons = dict.fromkeys(clip.why for clip in WRONG_CLIPS)
    return "\n\n".join(
        [
            SLIPS_INTRODUCTION,
            *(section(kind, examples[kind]) for kind in kinds),
            CLIPPING_INTRODUCTION,
            *(clips(why) for why in reasons),
        ]
    )


def section(kind: type[Slip], examples: dict[str, str]) -> str:
    # Some slips are called like a change of the backward sweep, and have a heading there.
    slug = re.sub(r"[^a-z0-9]+", "-", kind.name)
    mark = f" {{ #slip-{slug} }}" if kind.name in CHANGES else ""
    facts = {
        "Why": kind.why,
        "Seen with": kind.seen,
        "Examples": "\n\n".join([examples[where] for where in list(examples)[:2]]),
    }
    idea = (kind.__doc__ or "").splitlines()[0]
    return f"### {capital(kind.name)}{mark}\n\n{idea}\n\n{definitions(facts)}"


def clips(why: str) -> str:
    """The wrong ways to clip that are wrong for one reason."""
    lines = [f"- **{capital(c.name)}**: {c.words}." for c in WRONG_CLIPS if c.why == why]
    return "\n".join([why, "", *lines])


def examples_by_slip() -> dict[type[Slip], dict[str, str]]:
    """For each slip an example in an operation and one in an optimizer, if there are any."""
    found: dict[type[Slip], dict[str, str]] = defaultdict(dict)
    for where, left, right, wrong in [*in_operations(), *in_updates()]:
        kind = "an operation" if where in OPS else "an optimizer"
        lines = f"wrong: {left} = {text(wrong.formula)}\nright: {left} = {text(right)}"
        found[wrong.slip].setdefault(
            kind, f"**{where}**: {left} {wrong.words}.\n\n```text\n{lines}\n```"
        )
    return found


def in_operations() -> Iterator[tuple[str, str, object, WrongFormula]]:
    for op in (*WELL_KNOWN, *OPS.values()):
        for name in op.inputs:
            right = gradient_of_input(op, name) if op.gradient_methods[name] is not None else None
            for wrong in slips(op, name) if right is not None else ():
                yield op.__name__, f"d{name}", right, wrong


def in_updates() -> Iterator[tuple[str, str, object, WrongFormula]]:
    for rule in rules():
        for line in rule.lines:
            for wrong in slips_in(rule, line):
                yield rule.optimizer, line.left, line.right, wrong
