"""Results as Gradescope reads them from its autograder."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from teachrnn.grading.graded import Graded


def gradescope_results(graded: Sequence[Graded], *, hints: int = 1) -> dict[str, Any]:
    """The content of ``results.json``: a test for each exercise.

    Parameters
    ----------
    graded : sequence of Graded
        The results of one submission.
    hints : int
        How many hints its author sees, from 0 to 4.

    Returns
    -------
    dict
        As ``json.dumps`` takes it.

    References
    ----------
    Gradescope, Autograder specifications: Output format.

    Examples
    --------
    >>> from teachrnn.exercises import Judgement
    >>> found = Graded("ada.py", Judgement("bptt", "right", 1.0, said="All right."), 10.0, 10.0)
    >>> gradescope_results([found])["tests"][0]["score"]
    10.0
    """
    return {
        "tests": [
            {
                "name": one.exercise,
                "score": float(one.points),
                "max_score": float(one.maximum),
                "status": "passed" if one.judgement.right else "failed",
                "visibility": "visible",
                "output": one.feedback(hints),
                "output_format": "text",
            }
            for one in graded
        ],
        "stdout_visibility": "hidden",
    }
