"""The ladder of hints, and when a rung of it opens."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from teachrnn.exercises.exercise import Exercise


def ladder(exercise: Exercise, found: Mapping[int, str]) -> list[str]:
    """The hints for an attempt, rung by rung.

    Parameters
    ----------
    exercise : Exercise
        With hints of its own.
    found : mapping of int to str
        What the judge can say of the attempt itself, by rung.

    Returns
    -------
    list of str
        One for each rung on which there is something to say. What is known of the attempt comes before
        what the exercise says to everybody, unless its hint stands ``instead``.
    """
    own = {hint.rung: hint for hint in exercise.hints}
    hints = []
    for rung in sorted({*own, *found}):
        written = own.get(rung)
        if written is not None and (written.instead or rung not in found):
            hints.append(written.text)
        else:
            hints.append(found[rung])
    return hints
