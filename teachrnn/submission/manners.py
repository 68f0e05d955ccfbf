"""Side effects that code should not have, whatever its numbers: writing into what it was given."""

from __future__ import annotations

import numpy as np

from teachrnn.submission.run import ProgramRun

WRITES = "the code writes into its argument"
DIFFERS = "called a second time with the same input it"
"""How remarks begin that say so."""


def changed_arguments(run: ProgramRun) -> list[str]:
    """Arguments that the code wrote into."""
    remarks = []
    for name, (given, before) in run.inputs.items():
        same = (
            given == before
            if isinstance(given, list) and not isinstance(given[0], np.ndarray)
            else all(np.array_equal(a, b) for a, b in zip(given, before, strict=True))
        )
        if not same:
            remarks.append(f"{WRITES} `{name}`.")
    return remarks


def changed_parameters(run: ProgramRun) -> list[str]:
    """Parameters that the code wrote into, though it takes no learning rate: it is no training step."""
    plan = run.plan
    steps = [step for step in (plan.make, plan.forward, *plan.backwards) if step is not None]
    if any(fill.kind == "rate" for step in steps for fill in step.fills.values()):
        return []
    now = {
        **run.passed,
        **{name: path.get(run.root) for name, path in run.places.items() if name not in run.passed},
    }
    return [
        f"the code writes into its parameter `{name}`."
        for name, before in run.before.items()
        if name in now and not np.array_equal(now[name], before.astype(now[name].dtype), equal_nan=True)
    ]
