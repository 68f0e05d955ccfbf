"""A learner's attempts, kept in files: none is lost, and they say which hints are open."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from teachrnn.errors import FileFormatError
from teachrnn.exercises.exercise import RUNGS
from teachrnn.exercises.handed_in import HandedInAttempt, normalised
from teachrnn.exercises.judgement import Judgement
from teachrnn.files import load_json, make_folder, pack, save_json

if TYPE_CHECKING:
    from teachrnn.exercises.exercise import Exercise

VARIABLE = "TEACHRNN_ATTEMPTS"
"""Environment variable: the folder in which attempts are kept."""

ADVICE = "it is put aside."


@dataclass(frozen=True)
class KeptAttempt:
    """An attempt that was judged.

    Attributes
    ----------
    when : str
        Date and time at which it was judged, in UTC.
    key : str
        The same for attempts that differ in spaces and comments only.
    answer : str
        What was handed in: code, or an answer.
    judgement : Judgement
        What was found.
    """

    when: str
    key: str
    answer: str
    judgement: Judgement


@dataclass(frozen=True)
class KeptAttempts:
    """All attempts at one exercise, oldest first.

    Attributes
    ----------
    exercise : str
        The exercise's name.
    kept : list of KeptAttempt
        The attempts.
    """

    exercise: str
    kept: list[KeptAttempt] = field(default_factory=list)

    @classmethod
    def load(cls, exercise: Exercise, folder: Path | None = None) -> KeptAttempts:
        """The attempts that were kept.

        Parameters
        ----------
        exercise : Exercise
            The exercise.
        folder : Path, optional
            Where; by default `attempts_folder`.

        Returns
        -------
        KeptAttempts
            None yet, if there is no file. One that is damaged is put aside under another name.
        """
        kept = []
        for path in _folder(exercise, folder).glob("*.json"):
            try:
                kept.append(load_json(KeptAttempt, path, advice=ADVICE))
            except FileFormatError:
                with contextlib.suppress(OSError):
                    path.replace(path.with_suffix(".damaged"))
        return cls(exercise.name, sorted(kept, key=lambda attempt: attempt.when))

    def find(self, key: str) -> KeptAttempt | None:
        """An attempt by its key.

        Parameters
        ----------
        key : str
            As `key_of` gives it.

        Returns
        -------
        KeptAttempt or None
            None if there was none.
        """
        return next((kept for kept in self.kept if kept.key == key), None)

    @property
    def changed(self) -> int:
        """How many attempts, all different, were wrong."""
        return sum(kept.judgement.outcome in ("wrong", "stopped") for kept in self.kept)

    def opened(self, exercise: Exercise) -> int:
        """How many rungs of the ladder are open: one more after each attempt that was changed.

        Parameters
        ----------
        exercise : Exercise
            The exercise.

        Returns
        -------
        int
            From 0 to 4.
        """
        return len(RUNGS) if self.shows_solution(exercise) else min(self.changed, len(RUNGS))

    def shows_solution(self, exercise: Exercise) -> bool:
        """Whether the solution is open: after enough attempts, or when it was found.

        Parameters
        ----------
        exercise : Exercise
            With how many attempts are enough.

        Returns
        -------
        bool
            The answer.
        """
        solved = any(kept.judgement.right for kept in self.kept)
        return solved or 0 < exercise.solution_after <= self.changed


def keep(
    exercise: Exercise, attempt: HandedInAttempt, judgement: Judgement, folder: Path | None = None
) -> KeptAttempts:
    """Keep an attempt, beside those before it.

    Parameters
    ----------
    exercise : Exercise
        The exercise.
    attempt : HandedInAttempt
        What was handed in.
    judgement : Judgement
        What was found.
    folder : Path, optional
        Where; by default `attempts_folder`.

    Returns
    -------
    KeptAttempts
        All of them.

    Raises
    ------
    FileFormatError
        If the folder cannot be written to.
    """
    key, place = key_of(exercise, attempt), _folder(exercise, folder)
    make_folder(place)
    now = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"
    one = KeptAttempt(now, key, _text(attempt), judgement)
    save_json(place / f"{key}.json", pack(one)[0])
    return KeptAttempts.load(exercise, folder)


def key_of(exercise: Exercise, attempt: HandedInAttempt) -> str:
    """What is the same for attempts that are to be judged alike.

    Parameters
    ----------
    exercise : Exercise
        The exercise, all of which counts: if it is changed, everything is judged again.
    attempt : HandedInAttempt
        What was handed in.

    Returns
    -------
    str
        A digest.
    """
    own = normalised(attempt.source) if attempt.source else _text(attempt)
    whole = json.dumps([pack(exercise)[0], own], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def attempts_folder() -> Path:
    """Where attempts are kept: what the variable TEACHRNN_ATTEMPTS says, or the user's own data.

    Returns
    -------
    Path
        The folder; it need not be there yet.
    """
    said = os.environ.get(VARIABLE)
    if said:
        return Path(said)
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Application Support"
    else:
        base = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    return base / "teachrnn" / "attempts"


def _folder(exercise: Exercise, folder: Path | None) -> Path:
    """The folder of an exercise: a file for each attempt, so that two notebooks lose none."""
    return (folder or attempts_folder()) / exercise.name


def _text(attempt: HandedInAttempt) -> str:
    answer = attempt.answer
    if attempt.source or answer is None:
        return attempt.source
    return "\n".join(map(str, answer)) if isinstance(answer, list | tuple) else str(answer)
