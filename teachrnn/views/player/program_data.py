"""The program of a story as the player takes it: once, and for each step which of its lines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from teachrnn.formulas.code_line import Code, Token
from teachrnn.views.program import LinesOfStep, Mark, NumpyProgram
from teachrnn.views.program.given import GivenArray
from teachrnn.views.program.instruction import Use
from teachrnn.views.story import StoryStep


class ProgramTable:
    """The lines of a program, and of its steps, each kept once and referred to by number.

    Parameters
    ----------
    steps : sequence of StoryStep
        The story.
    """

    def __init__(self, steps: Sequence[StoryStep]) -> None:
        self._letters: dict[tuple[str, str, int | None, str], int] = {}
        self._steps: dict[int, int] = {}
        self._told: list[dict[str, Any]] = []
        self.lines = [self._number(step.lines) for step in steps]
        program = next((step.lines.program for step in steps if step.lines is not None), None)
        self.program = None if program is None else self._all(program)

    def _all(self, program: NumpyProgram) -> dict[str, Any]:
        lines = [self._line(line, program) for line in program.lines]
        numbers = range(len(lines))
        pieces = [[n, *piece] for n in numbers for piece in self._pieces(n, program)]
        return {
            "lines": lines,
            "pieces": pieces,
            "letters": [[part for part in letter if part != ""] for letter in self._letters],
            "given": [one if isinstance(one, str) else _given(one) for one in program.given],
            "shown": program.shown,
            "loop": program.loop,
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
        return [token.text, self._letter("value" if letter.kind == "value" else "gradient", use)]

    def _letter(self, kind: str, use: Use, via: str = "") -> int:
        return self._letters.setdefault((kind, use.name, use.by, via), len(self._letters))

    def _pieces(self, number: int, program: NumpyProgram) -> list[list[int]]:
        """Parts of a line that are an array of their own: a summand, or a part of a gradient."""
        line = program.lines[number]
        target = next((token.letter for token in line if token.letter is not None), None)
        if target is None:
            return []
        use = program.uses[target.name]
        found: list[list[int]] = []
        for owner in dict.fromkeys(owner for token in line for owner in sorted(token.of)):
            at = [i for i, token in enumerate(line) if owner in token.of]
            if any(first <= at[0] <= last for first, last, _ in found):
                continue  # it is inside another
            if target.kind == "value":
                if Mark(number) in program.forward[owner].marks:
                    continue  # the line is its own
                letter = self._letter("value", Use(owner, 0 if program.loop else None))
            else:
                letter = self._letter("part", use, owner)
            found.append([at[0], at[-1], letter])
        return found


def _given(one: GivenArray) -> dict[str, Any]:
    """What was given under one name, by the names of the arrays that the player has."""
    return {
        "name": one.name.text,
        "of": one.of,
        "axes": one.arrays[0].ndim,
        "times": list(one.data) if isinstance(one.data, dict) else None,
        "numbers": one.numbers,
    }
