"""A graded class at a glance: who earned what, and which mistakes were made by how many."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from teachrnn.exercises import Judgement
from teachrnn.grading.graded import Graded
from teachrnn.views.prose import prose_text

UNNAMED = "no mistake of the catalogue explains it"
FORMULAS = ("=", "+", "-", "@", "\t", "\r")
"""Text that begins with one of these, a spreadsheet would compute."""


@dataclass(frozen=True)
class RowOfClass:
    """A submission, with its results in the order of the exercises."""

    submission: str
    graded: list[Graded]

    @property
    def points(self) -> float:
        """What it earns in all."""
        return sum(one.points for one in self.graded)

    @property
    def maximum(self) -> float:
        """The most that can be earned."""
        return sum(one.maximum for one in self.graded)


@dataclass(frozen=True)
class MistakeOfClass:
    """A mistake that was made in an exercise, by some or many.

    Attributes
    ----------
    exercise : str
        In which exercise.
    mistake : str
        Its name.
    count : int
        In how many submissions.
    smallest : str
        The shortest of the smallest cases that fail, of code without another mistake if there is such;
        with nothing that tells whose it is.
    """

    exercise: str
    mistake: str
    count: int
    smallest: str


class ClassTable:
    """The results of a class.

    Parameters
    ----------
    exercises : sequence of str
        Their names, in order.
    results : sequence of Graded
        What was graded.

    Examples
    --------
    >>> from teachrnn.exercises import Judgement
    >>> said = "dW lacks the term of t = 1"
    >>> found = Judgement("bptt", "wrong", 0.8, {"dW": False}, "dW is wrong.", [said], smallest="T = 1")
    >>> table = ClassTable(["bptt"], [Graded("ada.py", found, 8.0, 10.0)])
    >>> print(table.csv())
    submission,points,maximum,bptt points,bptt outcome,bptt finding
    ada.py,8,10,8,wrong,dW is wrong. Mistake: dW lacks the term of t = 1.
    <BLANKLINE>
    >>> [(made.mistake, made.count) for made in table.mistakes()]
    [('dW lacks the term of t = 1', 1)]
    """

    def __init__(self, exercises: Sequence[str], results: Sequence[Graded]) -> None:
        self.exercises, self.results = list(exercises), list(results)

    @property
    def rows(self) -> list[RowOfClass]:
        """Each submission, in the order in which they were given."""
        rows: dict[str, list[Graded]] = {}
        for one in self.results:
            rows.setdefault(one.submission, []).append(one)
        return [RowOfClass(name, graded) for name, graded in rows.items()]

    def outcomes(self, exercise: str) -> dict[str, int]:
        """How often each outcome occurs in an exercise.

        Parameters
        ----------
        exercise : str
            Its name.

        Returns
        -------
        dict of str to int
            The most frequent first.
        """
        counted = Counter(g.judgement.outcome for g in self.results if g.exercise == exercise)
        return {str(outcome): count for outcome, count in counted.most_common()}

    def mistakes(self) -> list[MistakeOfClass]:
        """The mistakes that were made, exercise by exercise, the most frequent first.

        Returns
        -------
        list of MistakeOfClass
            With one small case each, anonymous.
        """
        found = []
        for exercise in self.exercises:
            made: dict[str, list[tuple[int, int, str]]] = {}
            for one in self.results:
                judgement = one.judgement
                if one.exercise == exercise and judgement.outcome == "wrong":
                    named, case = judgement.mistakes or [UNNAMED], judgement.smallest
                    for mistake in named:
                        made.setdefault(mistake, []).append((len(named), len(case), case))
            counted = sorted(made.items(), key=lambda item: (-len(item[1]), item[0]))
            for mistake, cases in counted:
                written = sorted(case for case in cases if case[2])  # of one mistake alone, if possible
                smallest = written[0][2] if written else ""
                found.append(MistakeOfClass(exercise, mistake, len(cases), smallest))
        return found

    def csv(self) -> str:
        """The results as comma-separated values, a submission a line.

        Returns
        -------
        str
            Lines of values, the first with their names. No text in them is a formula to a spreadsheet.
        """
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        parts = [
            f"{name} {what}" for name in self.exercises for what in ("points", "outcome", "finding")
        ]
        writer.writerow(["submission", "points", "maximum", *parts])
        for row in self.rows:
            cells: list[str] = [_as_text(row.submission), f"{row.points:g}", f"{row.maximum:g}"]
            by_exercise = {one.exercise: one for one in row.graded}
            for name in self.exercises:
                one = by_exercise.get(name)
                if one is None:
                    cells += ["", "", ""]
                else:
                    found = one.judgement
                    cells += [f"{one.points:g}", found.outcome, _as_text(_finding(found))]
            writer.writerow(cells)
        return out.getvalue()

    def to_dict(self, *, hints: int = 0) -> dict[str, Any]:
        """The results, and the mistakes, as plain data.

        Parameters
        ----------
        hints : int
            How many hints of each result.

        Returns
        -------
        dict
            As ``json.dumps`` takes it.
        """
        return {
            "exercises": self.exercises,
            "submissions": [
                {
                    "submission": row.submission,
                    "points": row.points,
                    "maximum": row.maximum,
                    "results": [_plain(one, hints) for one in row.graded],
                }
                for row in self.rows
            ],
            "mistakes": [vars(made) for made in self.mistakes()],
        }


def _plain(one: Graded, hints: int) -> dict[str, Any]:
    found = one.judgement.to_dict()
    return {**found, "hints": found["hints"][:hints], "points": one.points, "maximum": one.maximum}


def _finding(found: Judgement) -> str:
    """What was found in one line, with the mistakes that explain it, which an instructor looks for."""
    mistakes = "; ".join(found.mistakes)
    said = f"{found.said} Mistake: {mistakes}." if mistakes else found.said
    return " ".join(prose_text(said).split())


def _as_text(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULAS) else text
