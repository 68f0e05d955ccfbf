"""Exercises in which something is predicted: a choice, a sign, an order, a shape, a number."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from teachrnn.errors import FileFormatError, SubmissionError
from teachrnn.exercises.compared import written
from teachrnn.exercises.handed_in import HandedInAttempt
from teachrnn.exercises.judgement import Judgement
from teachrnn.exercises.kinds.kind import ExerciseKind
from teachrnn.trace import Trace

if TYPE_CHECKING:
    from teachrnn.exercises.exercise import Exercise

BLANK = re.compile(r"<<(.+?)(?:\|([^<>|]*))?>>")
"""A blank in a text: an expression, and how it is formatted."""

SIGNS = {"positive": "positive +", "negative": "negative - \N{MINUS SIGN}", "zero": "zero 0"}
"""What is said of a sign, and what else may be written for it."""


@dataclass(frozen=True)
class PredictionExercise(ExerciseKind):
    """A prediction, whose answer is computed.

    Attributes
    ----------
    asks : {"choice", "sign", "order", "shape", "number"}
        What is answered: one of several, "positive", "negative" or "zero", several in order, a
        shape such as (2, 3), a number.
    answer : str
        An expression for the right answer, in what ``compute`` defines.
    because : str
        The reason, with blanks such as ``<<dh[0]|.4f>>``: an expression, and its format.
    compute : str
        Code that defines what ``answer``, the text and the reason speak of.
    choices : list of str
        What can be chosen, or is to be ordered.
    tolerance : float
        Of a number, what it may differ by, relative to the right one.
    at : str
        Where the question stands in the player: the step that makes this, such as ``do[2]``. Then
        ``compute`` defines ``trace``, the record to step through.
    symbols : str
        What the numbers of symbols in that record stand for.
    """

    name = "prediction"
    is_code = False

    asks: Literal["choice", "sign", "order", "shape", "number"]
    answer: str
    because: str
    compute: str = ""
    choices: list[str] = field(default_factory=list)
    tolerance: float = 0.01
    at: str = ""
    symbols: str = ""

    def complaints(self, exercise: Exercise) -> Iterator[str]:
        if self.asks in ("choice", "order") and len(self.choices) < 2:
            yield f"[judge] `choices` needs two or more for {self.asks!r}."
        if self.asks not in ("choice", "order") and self.choices:
            yield f"[judge] `choices` is not for {self.asks!r}."
        try:
            self.said(self.right)
        except SubmissionError as error:
            yield f"[judge] `answer`: {error}"
        for text in (exercise.text, self.because):
            self.filled(text)
        if self.at and not isinstance(self._names.get("trace"), Trace):
            yield "[judge] `at` needs a `trace`, which `compute` defines."

    @cached_property
    def _names(self) -> dict[str, Any]:
        names: dict[str, Any] = {"np": np}
        try:
            exec(compile(self.compute, "compute", "exec"), names)
        except Exception as error:
            raise FileFormatError(
                f"[judge] `compute` cannot be run: {type(error).__name__}: {error}"
            ) from error
        return names

    def _value(self, expression: str) -> Any:
        try:
            return eval(expression, self._names)
        except Exception as error:
            raise FileFormatError(
                f"[judge] {expression!r} cannot be computed: {type(error).__name__}: {error}"
            ) from error

    @cached_property
    def right(self) -> Any:
        """The right answer."""
        value = self._value(self.answer)
        if self.asks == "number":
            return float(value)
        if self.asks == "sign" and not isinstance(value, str):
            return "zero" if value == 0 else "positive" if value > 0 else "negative"
        if isinstance(value, np.ndarray):
            value = value.tolist()
        return self._read(value)

    @property
    def trace(self) -> Trace | None:
        """The record in which the question stands; None if it stands in none."""
        return self._names["trace"] if self.at else None

    def filled(self, text: str) -> str:
        """A text with its blanks filled.

        Parameters
        ----------
        text : str
            With blanks.

        Returns
        -------
        str
            With numbers.
        """
        return BLANK.sub(lambda blank: _formatted(self._value(blank[1]), blank[2] or ""), text)

    def said(self, answer: Any) -> str:
        """An answer as it is written.

        Parameters
        ----------
        answer : object
            As `judged` reads it.

        Returns
        -------
        str
            A word, a number, a list.
        """
        if self.asks == "order":
            return ", ".join(answer)
        return answer if isinstance(answer, str) else written(answer)

    def judged(
        self, exercise: Exercise, attempt: HandedInAttempt, *, isolated: bool, seed: int
    ) -> Judgement:
        own = self._read(attempt.answer)
        because = self.filled(self.because)
        if self._same(own, self.right):
            said = f"You said {self.said(own)}, and so it is, because {because}"
            return Judgement(exercise.name, "right", 1.0, {"answer": True}, said)
        mistakes = [d.name for d in exercise.distractors if self._same(own, self._read(d.by))]
        return Judgement(
            exercise.name,
            "wrong",
            0.0,
            {"answer": False},
            f"You said {self.said(own)}; it is {self.said(self.right)}, because {because}",
            mistakes,  # and no hints: the answer has been said
        )

    def _same(self, own: Any, right: Any) -> bool:
        if self.asks == "number":
            return bool(abs(own - right) <= max(self.tolerance * abs(right), 1e-12))
        return bool(own == right)

    def _read(self, given: Any) -> Any:
        """An answer, as it is compared."""
        try:
            return getattr(self, f"_read_{self.asks}")(given)
        except (ValueError, TypeError, SyntaxError) as error:
            raise SubmissionError(f"{given!r} is no answer: {error}") from None

    def _read_number(self, given: Any) -> float:
        if isinstance(given, str):
            given = given.strip().replace("\N{MINUS SIGN}", "-")
        try:
            number = float(given)
        except (TypeError, ValueError):
            raise ValueError("a number is needed, such as 0.25.") from None
        if not np.isfinite(number):
            raise ValueError("a number is needed, such as 0.25.")
        return number

    def _read_sign(self, given: Any) -> str:
        word = str(given).strip().lower()
        for sign, words in SIGNS.items():
            if word in words.split():
                return sign
        raise ValueError('it must be "positive", "negative" or "zero".')

    def _read_shape(self, given: Any) -> tuple[int, ...]:
        if isinstance(given, str):
            given = [int(n) for n in re.findall(r"\d+", given)]
        elif isinstance(given, int):
            given = [given]
        return tuple(int(n) for n in given)

    def _read_choice(self, given: Any) -> str:
        if isinstance(given, int) and not isinstance(given, bool) and 1 <= given <= len(self.choices):
            return self.choices[given - 1]
        word = str(given).strip()
        for choice in self.choices:
            if word.casefold() == choice.casefold():
                return choice
        raise ValueError(f"it must be one of: {'; '.join(self.choices)}.")

    def _read_order(self, given: Any) -> list[str]:
        parts = [part.strip() for part in given.split(",")] if isinstance(given, str) else given
        parts = [self._read_choice(part) for part in parts]
        if sorted(parts) != sorted(self.choices):
            raise ValueError(f"it must have each of these once: {', '.join(self.choices)}.")
        return parts


def _formatted(value: Any, how: str) -> str:
    return format(value, how).replace("-", "\N{MINUS SIGN}") if how else written(value)
