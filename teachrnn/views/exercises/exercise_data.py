"""An exercise that is answered without code, as its page needs it: what is asked, and what is right."""

from __future__ import annotations

from typing import Any

from teachrnn.exercises import Exercise
from teachrnn.exercises.kinds import OrderExercise, PredictionExercise
from teachrnn.views.prose import prose_html


def exercise_data(exercise: Exercise) -> dict[str, Any] | None:
    """What the page asks, and how it judges an answer; None for an exercise in which code is written.

    Parameters
    ----------
    exercise : Exercise
        The exercise.

    Returns
    -------
    dict or None
        As ``types`` in ``exercise.js`` has it.

    Examples
    --------
    >>> exercise_data(Exercise.find("gradient-shape"))["answer"]
    [3, 2]
    """
    kind = exercise.judged_by
    if isinstance(kind, OrderExercise):
        return _order(exercise, kind)
    if isinstance(kind, PredictionExercise):
        return _prediction(exercise, kind)
    return None


def exercise_text(exercise: Exercise) -> str:
    """The task, with its blanks filled.

    Parameters
    ----------
    exercise : Exercise
        The exercise.

    Returns
    -------
    str
        Markdown.
    """
    kind = exercise.judged_by
    return kind.filled(exercise.text) if isinstance(kind, PredictionExercise) else exercise.text


def _order(exercise: Exercise, kind: OrderExercise) -> dict[str, Any]:
    offered = kind.offered(exercise)
    return {
        "kind": "order",
        "name": exercise.name,
        "lines": [
            {"text": line.text, "indent": line.indent, "place": line.place, "why": line.why}
            for line in offered
        ],
        "count": len({line.place for line in offered}),
        "pairs": [list(pair) for pair in kind.pairs(exercise)],
        "heads": kind.heads(exercise),
        "yours": kind.indentation == "yours",
    }


def _prediction(exercise: Exercise, kind: PredictionExercise) -> dict[str, Any]:
    right = kind.right
    return {
        "kind": "prediction",
        "name": exercise.name,
        "asks": kind.asks,
        "choices": [
            {"text": choice, "html": prose_html(choice, inline=True)} for choice in kind.choices
        ],
        "answer": list(right) if isinstance(right, tuple) else right,
        "written": kind.said(right),
        "tolerance": kind.tolerance,
        "because": prose_html(kind.filled(kind.because), inline=True),
    }
