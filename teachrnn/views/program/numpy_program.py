"""A program, line by line, and which of its lines do what a step of the story shows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from teachrnn.formulas.code_line import Code, source
from teachrnn.formulas.name import timeless
from teachrnn.views.program.given import GivenArray
from teachrnn.views.program.instruction import Use


@dataclass(frozen=True)
class Mark:
    """A line that belongs to a step, or a part of one.

    Attributes
    ----------
    line : int
        Its number in the program, from 0.
    first, last : int or None
        The tokens that belong to the step, where others on the line do not.
    """

    line: int
    first: int | None = None
    last: int | None = None


@dataclass(frozen=True, eq=False)
class LinesOfStep:
    """The lines of a step of the story.

    Attributes
    ----------
    program : NumpyProgram
        What they are lines of.
    around : range
        The lines of the same time step and direction.
    marks : tuple of Mark
        Those that do what the step shows.
    note : str
        What needs no line: that a gradient is passed on as it is.
    noted : int or None
        The line that the note belongs to.
    """

    program: NumpyProgram
    around: range
    marks: tuple[Mark, ...]
    note: str = ""
    noted: int | None = None

    def text(self) -> list[str]:
        """The marked lines, without their indentation.

        Returns
        -------
        list of str
            The lines; the note is a comment behind its line.
        """
        lines = [source(self.program.lines[mark.line]).strip() for mark in self.marks]
        if not self.note:
            return lines
        at = next((i for i, mark in enumerate(self.marks) if mark.line == self.noted), None)
        if at is None:
            return [*lines, f"# {self.note}"]
        return [*lines[:at], f"{lines[at]}  # {self.note}", *lines[at + 1 :]]


@dataclass(eq=False)
class NumpyProgram:
    """A forward and a backward pass as a student would write it.

    Attributes
    ----------
    lines : list of Code
        The program as it is shown: what the trace was given is said by its shape.
    given : list
        What a copy has in place of the first lines: text, and what is written with its numbers.
    shown : int
        How many lines they take the place of.
    uses : dict
        What the letters of the tokens stand for, by their names.
    forward, backward : dict
        Lines of the operations, by the name of the result (in a loop without the time step).
    turn : LinesOfStep or None
        Lines of the turning point.
    loop : bool
        Whether the program is a loop over time.
    gradients : dict
        What holds the gradient of a value when the program has run, by the value's name.
    local : dict
        In a loop, what holds the gradient of a result at the end of its time step, by its name there.
    """

    lines: list[Code] = field(default_factory=list)
    given: list[str | GivenArray] = field(default_factory=list)
    shown: int = 0
    uses: dict[str, Use] = field(default_factory=dict)
    forward: dict[str, LinesOfStep] = field(default_factory=dict)
    backward: dict[str, LinesOfStep] = field(default_factory=dict)
    turn: LinesOfStep | None = None
    loop: bool = False
    gradients: dict[str, str] = field(default_factory=dict)
    local: dict[str, str] = field(default_factory=dict)

    def of_step(self, phase: Literal["forward", "backward"], name: str) -> LinesOfStep | None:
        """The lines of an operation.

        Parameters
        ----------
        phase : {"forward", "backward"}
            In which direction.
        name : str
            The name of its result.

        Returns
        -------
        LinesOfStep or None
            None if there are none: the loss does not depend on it.
        """
        found = self.forward if phase == "forward" else self.backward
        return found.get(timeless(name) if self.loop else name)

    def script(self) -> str:
        """The program with what the trace was given, to be run.

        Returns
        -------
        str
            The text of a Python file.
        """
        given = [one if isinstance(one, str) else one.copied() for one in self.given]
        return "\n".join([*given, *map(source, self.lines[self.shown :])]) + "\n"

    def text(self) -> str:
        """The program as it is shown.

        Returns
        -------
        str
            Its lines.
        """
        return "\n".join(map(source, self.lines)) + "\n"
