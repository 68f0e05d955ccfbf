"""The program of a story as the player takes it: once, and for each step which of its lines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from teachrnn.formulas.numpy_code import Code, Token
from teachrnn.views.program import LinesOfStep, NumpyProgram
from teachrnn.views.program.given import GivenArray
from teachrnn.views.story import StoryStep


class ProgramTable:
    """The lines of a program, and of its steps, each kept once and referred to by number.

    Parameters
    ----------
    steps : sequence of StoryStep
        The story.
    """

    def __init__(self, steps: Sequence[StoryStep]) -> None:
        self._letters: dict[tuple[str, str, int | None], int] = {}
        self._steps: dict[int, int] = {}
        self._told: list[dict[str, Any]] = []
        self.lines = [self._number(step.lines) for step in steps]
        program = next((step.lines.program for step in steps if step.lines is not None), None)
        self.program = None if program is None else self._all(program)

    def _all(self, program: NumpyProgram) -> dict[str, Any]:
        lines = [self._line(line, program) for line in program.lines]
        return {
            "lines": lines,
            "letters": [list(letter) for letter in self._letters],
            "given": [one if isinstance(one, str) else _given(one) for one in program.given],
            "shown": program.shown,
            "steps": self._told,
        }

    def _number(self, lines: LinesOfStep | None) -> int | None:
        """Number of the lines of a step."""
        if lines is None:
            return None
        if id(lines) not in self._steps:  # they live as long as the story
            self._steps[id(lines)] = len(self._told)
            marks = [[m.line] if m.first is None else [m.line, m.first, m.last] for m in lines.marks]
            note = {"note": lines.note, "noted": lines.noted} if lines.note else {}
            around = [lines.around.start, lines.around.stop]
            self._told.append({"around": around, "marks": marks, **note})
        return self._steps[id(lines)]

    def _line(self, line: Code, program: NumpyProgram) -> list[Any]:
        return [self._token(token, program) for token in line]

    def _token(self, token: Token, program: NumpyProgram) -> str | list[Any]:
        """The characters; with the number of the letter that they stand for, if they do."""
        letter = token.letter
        if letter is None:
            return token.text
        use = program.uses[letter.name]
        kind = "value" if letter.kind == "value" else "gradient"
        return [token.text, self._letters.setdefault((kind, use.name, use.by), len(self._letters))]


def _given(one: GivenArray) -> dict[str, Any]:
    """What was given under one name, by the names of the arrays that the player has."""
    return {
        "name": one.name.text,
        "of": one.of,
        "axes": one.arrays[0].ndim,
        "times": list(one.data) if isinstance(one.data, dict) else None,
        "numbers": one.numbers,
    }
