"""One submission to one exercise, judged."""

from __future__ import annotations

from dataclasses import dataclass

from teachrnn.exercises import Judgement
from teachrnn.views.prose import prose_text


@dataclass(frozen=True)
class Graded:
    """What a submission earns in an exercise.

    Attributes
    ----------
    submission : str
        Its name.
    judgement : Judgement
        What was found.
    points, maximum : float
        What it earns, and the most that can be earned.
    seconds : float
        How long it took; 0 if it had been judged before.

    Examples
    --------
    >>> found = Judgement("bptt", "wrong", 0.5, {"dU": True, "dW": False}, "dW is wrong.")
    >>> Graded("ada.py", found, 5.0, 10.0).key
    ('ada.py', 'bptt')
    """

    submission: str
    judgement: Judgement
    points: float
    maximum: float
    seconds: float = 0.0

    @property
    def exercise(self) -> str:
        """The exercise's name."""
        return self.judgement.exercise

    @property
    def key(self) -> tuple[str, str]:
        """Its submission and its exercise."""
        return (self.submission, self.exercise)

    def feedback(self, hints: int) -> str:
        """What its author is told.

        Parameters
        ----------
        hints : int
            How many rungs of the ladder, from 0 to 4.

        Returns
        -------
        str
            A few lines.
        """
        found = self.judgement
        lines = [
            f"{self.exercise}: {found.outcome}, {self.points:g} of {self.maximum:g} points.",
            *(prose_text(said) for said in (found.said, *found.hints[:hints])),
        ]
        return "\n".join(line for line in lines if line)
