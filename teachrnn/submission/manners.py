"""Side effects that code should not have, whatever its numbers: writing into its arguments."""

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
