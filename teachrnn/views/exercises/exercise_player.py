"""A prediction in the player: asked at a step of the record that it is about, as a tour asks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from teachrnn.errors import DomainError
from teachrnn.exercises import Exercise
from teachrnn.exercises.kinds import PredictionExercise
from teachrnn.files import write_atomically
from teachrnn.views.page.standalone import stories_page
from teachrnn.views.prose import prose_text
from teachrnn.views.story.named_story import NamedStory
from teachrnn.views.tour.tour import TourQuestion


def exercise_player_page(exercise: Exercise) -> str:
    """A page that steps through the record of a prediction, and asks it at its step.

    Parameters
    ----------
    exercise : Exercise
        A prediction that says ``at`` which step it stands.

    Returns
    -------
    str
        A complete page, as `story_page` makes it.

    Raises
    ------
    DomainError
        If the exercise stands at no step.

    Examples
    --------
    >>> "data-tour" in exercise_player_page(Exercise.find("two-gradients"))
    True
    """
    kind = exercise.judged_by
    if not isinstance(kind, PredictionExercise) or kind.trace is None:
        raise DomainError(
            f"the exercise {exercise.name!r} stands at no step of a record: a prediction does, whose "
            "[judge] has `at`."
        )
    before, question = told(exercise, kind)
    story = NamedStory(kind.trace, list(kind.symbols) or None, name=exercise.name)
    phase: dict[str, Any] = {
        "title": exercise.title,
        "say": before,
        "at": kind.at,
        "level": "operations",
        "story": exercise.name,
        "result": None,
        "light": [],
        "zoom": None,
        "horizon": 0,
        "ask": {"question": question.question, "answer": question.answer},
        "offer": [],
    }
    tour = {"id": exercise.name, "title": exercise.title, "phases": [phase]}
    return stories_page([story], tours=[tour], title=exercise.title)


def told(exercise: Exercise, kind: PredictionExercise) -> tuple[str, TourQuestion]:
    """What is said before the question, and the question with its answer, as a tour has them.

    Parameters
    ----------
    exercise : Exercise
        The exercise.
    kind : PredictionExercise
        Its kind.

    Returns
    -------
    str, TourQuestion
        Plain text: the last paragraph of the exercise is the question.

    Examples
    --------
    >>> one = Exercise.find("two-gradients")
    >>> told(one, one.judged_by)[1].question
    'What is the first entry of dh₂?'
    """
    *before, question = [
        " ".join(part.split()) for part in prose_text(kind.filled(exercise.text)).strip().split("\n\n")
    ]
    answer = f"{kind.said(kind.right)}, because {prose_text(kind.filled(kind.because))}"
    return " ".join(before), TourQuestion(question, answer)


def save_exercise_player(exercise: Exercise, path: str | Path) -> Path:
    """Write `exercise_player_page` to a file.

    Parameters
    ----------
    exercise : Exercise
        A prediction that says ``at`` which step it stands.
    path : str or Path
        The file.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    DomainError
        If the exercise stands at no step.
    FileFormatError
        If it cannot be written there.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_exercise_player(Exercise.find("two-gradients"), Path(folder, "h2.html")).name
    'h2.html'
    """
    return write_atomically(Path(path), exercise_player_page(exercise).encode("utf-8"))
