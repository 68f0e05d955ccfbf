"""Judge an attempt at an exercise."""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import Any

from teachrnn.errors import SubmissionError
from teachrnn.exercises.exercise import Exercise
from teachrnn.exercises.handed_in import HandedInAttempt
from teachrnn.exercises.judgement import JudgedAs, Judgement
from teachrnn.exercises.ladder import ladder
from teachrnn.exercises.stopped import was_stopped
from teachrnn.exercises.whose_work import judged_as_own_work
from teachrnn.submission.isolated_process import own_work

TOO_LONG = "It was stopped, as it did not come to an end: does a loop end?"
NOTHING_YET = "Nothing has been written yet."


def judge_attempt(
    which: str | Path | Exercise, attempt: Any, *, isolated: bool = True, seed: int | None = None
) -> Judgement:
    """Judge an attempt at an exercise.

    Parameters
    ----------
    which : str, Path or Exercise
        The exercise, by its name, its file, or itself.
    attempt : function, class, str, Path, list or answer
        What was handed in: a function or class, from whose text a program is made; the text of a
        program; a file or a notebook, of which only the cells count that are marked with the exercise's
        name, if there are such; lines in order; an answer. None is nothing yet.
    isolated : bool
        Whether the learner's code runs in a process of its own, with limits of time, memory and output.
        That process sees the numbers that its functions are called with, and nothing else: what is right
        stays in this one.
    seed : int, optional
        Of the numbers on which it is tried; by default the exercise's own.

    Returns
    -------
    Judgement
        The outcome, partial credit, words, hints. Whatever the learner's code does, this is
        returned.

    Raises
    ------
    NameLookupError
        If there is no such exercise, with those that there are.
    FileFormatError
        If the exercise's own file cannot be read.

    Examples
    --------
    >>> code = "def tanh_backward(dy, y): return dy * (1 - y)"
    >>> found = judge_attempt("tanh-gradient", code, isolated=False)
    >>> found.outcome, found.mistakes
    ('wrong', ['dx has y in place of y^2'])
    """
    exercise = Exercise.find(which)
    if seed is None:
        seed = zlib.crc32(exercise.name.encode()) % 10_000
    try:
        handed_in = HandedInAttempt.of(exercise, attempt)
        if exercise.judged_by.untouched(exercise, handed_in):
            return Judgement(exercise.name, "not yet", said=NOTHING_YET, hints=ladder(exercise, {}))
        with own_work() as noticed:
            try:
                found = exercise.judged_by.judged(exercise, handed_in, isolated=isolated, seed=seed)
            except SubmissionError as error:
                found = _failed(exercise, str(error))
        return judged_as_own_work(found, noticed, handed_in.source)
    except SubmissionError as error:
        return _failed(exercise, str(error))


def _failed(exercise: Exercise, said: str) -> Judgement:
    """The judgement of what could not be run to its end."""
    outcome: JudgedAs = "not readable"
    if "NotImplementedError" in said:
        outcome, said = "not yet", "It is not finished: NotImplementedError is raised."
    elif was_stopped(said):
        outcome = "stopped"
        if "was stopped after" in said:  # by which limit, and when, depends on how busy the machine is
            said = TOO_LONG
    return Judgement(exercise.name, outcome, said=said, hints=ladder(exercise, {}))
