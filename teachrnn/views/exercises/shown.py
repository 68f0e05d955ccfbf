"""Exercises in a notebook: one is shown by its name, and an attempt at it is judged at once."""

from __future__ import annotations

import html
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from teachrnn.errors import FileFormatError, MissingExtraError
from teachrnn.exercises import Exercise, Judgement, judge_attempt
from teachrnn.exercises.attempts import KeptAttempts, keep, key_of
from teachrnn.exercises.handed_in import HandedInAttempt
from teachrnn.views.exercises.exercise_data import exercise_data, exercise_text
from teachrnn.views.exercises.exercise_html import exercise_style, facts, task_html
from teachrnn.views.exercises.judged_html import judged_html, judged_text
from teachrnn.views.prose import prose_text

ALL_HINTS = 4


@dataclass(frozen=True)
class JudgedAttempt(Judgement):
    """A judgement as a learner sees it: with the hints that are open to them.

    Attributes
    ----------
    opened : int
        How many rungs of the ladder are open.
    most : int
        How many the instructor opens at all.
    solution : bool
        Whether the solution is open.
    again : bool
        Whether the same attempt was judged before: then it shows itself in a single line.
    of : Exercise
        The exercise.
    """

    opened: int = 0
    most: int = ALL_HINTS
    solution: bool = False
    again: bool = False
    of: Exercise = field(default=None, repr=False, compare=False)  # type: ignore[assignment]

    def _shown(self) -> dict[str, Any]:
        return {
            "opened": self.opened,
            "most": self.most,
            "solution": self.solution,
            "again": self.again,
        }

    def __str__(self) -> str:
        return judged_text(self.of, self, **self._shown())

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        return judged_html(self.of, self, **self._shown())

    def plain(self) -> Judgement:
        """The judgement alone, as it is kept and graded.

        Returns
        -------
        Judgement
            All hints, whoever may see them.
        """
        return Judgement.from_dict({name: getattr(self, name) for name in Judgement.__match_args__})

    def to_dict(self) -> dict[str, Any]:
        return self.plain().to_dict()


@dataclass(frozen=True)
class ShownExercise:
    """An exercise as a notebook shows it.

    Attributes
    ----------
    exercise : Exercise
        The exercise.
    """

    exercise: Exercise

    def __repr__(self) -> str:
        one = self.exercise
        parts = [one.title, facts(one), "", prose_text(exercise_text(one)).strip()]
        if one.judged_by.is_code:
            parts += ["", one.starting.strip()]
        return "\n".join(parts)

    def _repr_html_(self) -> str:
        one = self.exercise
        return (
            f'<section class="trnn-exercise"><style>{exercise_style()}</style>'
            f"<h3>{html.escape(one.title)}</h3>{task_html(one)}</section>"
        )

    def _live(self) -> Any:
        """The widget with which an order or a prediction is answered; None for code."""
        if exercise_data(self.exercise) is None:
            return None
        try:
            # The widget stands above this module, and needs anywidget; it is loaded when it is shown.
            from teachrnn.widgets.exercise_widget import ExerciseWidget
        except MissingExtraError:
            return None
        return ExerciseWidget(self.exercise)

    def _ipython_display_(self) -> None:
        from IPython.display import display

        live = self._live()
        if live is not None:
            live.show()
            return
        display({"text/html": self._repr_html_(), "text/plain": repr(self)}, raw=True)

    def _display_(self) -> Any:
        """What marimo shows, which asks for it by this name."""
        live = self._live()
        if live is not None:
            return live
        marimo = sys.modules["marimo"]  # it asks, so it is there
        return marimo.Html(self._repr_html_())


def exercise(which: str | Path | Exercise) -> ShownExercise:
    """Show an exercise in a notebook: its text, and the code to begin with.

    An exercise in which lines are put in order, or something is predicted, is answered where it is
    shown. Code is written in the next cell, and handed to `judge` in the one after it.

    Parameters
    ----------
    which : str, Path or Exercise
        The name of an exercise that teachrnn comes with, or a file of your own.

    Returns
    -------
    ShownExercise
        At the end of a cell it shows itself; its ``exercise`` holds everything.

    Raises
    ------
    NameLookupError
        If there is no such exercise, with those that there are.
    FileFormatError
        If the file cannot be read as an exercise.

    Examples
    --------
    >>> print(exercise("tanh-gradient").exercise.starting.strip().splitlines()[0])
    def tanh_backward(dy, y):
    """
    return ShownExercise(Exercise.find(which))


def judge(
    which: str | Path | Exercise,
    attempt: Any,
    *,
    hints: int = ALL_HINTS,
    isolated: bool = True,
    seed: int | None = None,
    folder: str | Path | None = None,
) -> JudgedAttempt:
    """Judge an attempt at an exercise, and keep it.

    A hint opens after each attempt that was wrong and has been changed since; the solution opens after
    three of them. The starting code is "not yet", without further words; what was judged before is told
    again in one line, so that a notebook that is run as a whole stays quiet.

    Parameters
    ----------
    which : str, Path or Exercise
        The name of an exercise that teachrnn comes with, or a file of your own.
    attempt : function, class, str, Path, list or answer
        What you have: a function or class, the text of a program, a file or a notebook; lines in order;
        an answer.
    hints : int
        How many hints can open, from 0 to 4; with fewer than 4, the solution stays closed.
    isolated : bool
        Whether code runs in a process of its own, with limits of time, memory and output.
    seed : int, optional
        Of the numbers on which it is tried.
    folder : str or Path, optional
        Where attempts are kept; by default what the variable TEACHRNN_ATTEMPTS says, or the
        user's own data.

    Returns
    -------
    JudgedAttempt
        The judgement. At the end of a cell it shows itself; ``judge(...).points(10)`` is a plain number.

    Raises
    ------
    NameLookupError
        If there is no such exercise, with those that there are.
    FileFormatError
        If the exercise's file cannot be read.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as mine:
    ...     print(judge("gradient-shape", (3, 2), folder=mine).outcome)
    right
    """
    one = Exercise.find(which)
    place = None if folder is None else Path(folder)
    try:
        handed_in = HandedInAttempt.of(one, attempt)
    except FileFormatError:
        raise
    except Exception:
        handed_in = HandedInAttempt()
    before = KeptAttempts.load(one, place)
    key = key_of(one, handed_in)
    known = before.find(key) if (handed_in.source or handed_in.answer is not None) else None
    settled = known is not None and known.judgement.outcome in ("right", "wrong")
    if known is not None and settled and seed is None:
        return _judged(one, known.judgement, before, hints, again=True)
    found = judge_attempt(one, attempt, isolated=isolated, seed=seed)
    if found.outcome in ("not yet", "not readable"):
        return _judged(one, found, before, hints, again=False)
    try:
        after = keep(one, handed_in, found, place)
    except FileFormatError as error:
        remarks = [*found.remarks, f"the attempt could not be kept: {error}"]
        found = Judgement.from_dict({**found.to_dict(), "remarks": remarks})
        after = before
    return _judged(one, found, after, hints, again=False)


def _judged(
    one: Exercise, found: Judgement, attempts: KeptAttempts, hints: int, *, again: bool
) -> JudgedAttempt:
    return JudgedAttempt(
        **found.to_dict(),
        opened=attempts.opened(one),
        most=hints,
        solution=hints >= ALL_HINTS and attempts.shows_solution(one),
        again=again,
        of=one,
    )
