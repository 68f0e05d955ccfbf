"""The ways to call a backward pass, once it is known how the forward pass is called."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from teachrnn.submission.attempts import Recognised, y_forms
from teachrnn.submission.plan import Step
from teachrnn.submission.run import Arrangement


def with_upstream(recognised: Recognised) -> list[Arrangement]:
    """For a layer: the upstream gradient is passed in the layout of its output."""
    arrangement = recognised.arrangement
    takes = any(
        fill.kind == "upstream" for step in recognised.plan.backwards for fill in step.fills.values()
    )
    if not takes:
        return [arrangement]
    found = sorted(recognised.found.items(), key=lambda pair: "hsop".index(pair[0]))
    made = [
        Arrangement(
            arrangement.cell,
            arrangement.forms,
            arrangement.x,
            arrangement.y,
            arrangement.state,
            (name, finding.form),
        )
        for name, finding in found
        if finding.form is not None and name != "s"
    ]
    return made or [arrangement]


def backward_calls(
    recognised: Recognised, arrangement: Arrangement
) -> Iterator[tuple[Step | None, Arrangement]]:
    """Ways to call the backward pass; targets in every form, if no other function took them."""
    if not recognised.plan.backwards:
        yield None, arrangement
    for step in recognised.plan.backwards:
        settled = recognised.loss_step is not None and "y" in _kinds(recognised.loss_step)
        if "y" not in _kinds(step) or settled:
            yield step, arrangement
            continue
        for y in y_forms(recognised.plan, arrangement, recognised.needs.batches):
            yield step, replace(arrangement, y=y)


def _kinds(step: Step) -> set[str]:
    return {fill.kind for fill in step.fills.values()}
