"""Exercises in which the backward pass of a network is written, in whatever layout."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from teachrnn.cells import CELLS
from teachrnn.checking.check_backward import diagnose_parts
from teachrnn.diagnosis.instance import Instance
from teachrnn.exercises.diagnosed import judgement_of
from teachrnn.exercises.handed_in import HandedInAttempt
from teachrnn.exercises.judgement import Judgement
from teachrnn.exercises.kinds.kind import ExerciseKind
from teachrnn.exercises.program import program_file
from teachrnn.submission.isolated_program import IsolatedProgram
from teachrnn.submission.parts import parts_in

if TYPE_CHECKING:
    from teachrnn.exercises.exercise import Exercise


@dataclass(frozen=True)
class NetworkExercise(ExerciseKind):
    """A network's backward pass, found by its names and called in its own layout.

    Attributes
    ----------
    cell : str
        Which cell.
    forward, backward, loss : str
        Which functions they are, if their names do not say it.
    gradients : list of str
        The parameters whose gradients are asked for, such as ["U_f", "W_f"]; all of the network's, if
        none is named.
    forward_given : bool
        Whether the forward pass is given, and earns nothing.
    seconds : float
        How long to look for two mistakes at once.
    """

    name = "network"

    cell: str = "vanilla"
    forward: str = ""
    backward: str = ""
    loss: str = ""
    gradients: list[str] = field(default_factory=list)
    forward_given: bool = True
    seconds: float = 4.0

    def complaints(self, exercise: Exercise) -> Iterator[str]:
        yield from super().complaints(exercise)
        CELLS.find(self.cell)
        known = Instance.draw(self.cell, T=1, hidden=1, symbols=2).gradients
        for name in self.gradients:
            if name not in known:
                yield f"[judge] `gradients` has {name!r}, but {self.cell} has {', '.join(known)}."

    def judged(
        self, exercise: Exercise, attempt: HandedInAttempt, *, isolated: bool, seed: int
    ) -> Judgement:
        chosen = {
            "forward": self.forward or None,
            "backward": self.backward or None,
            "loss": self.loss or None,
        }
        with program_file(exercise, attempt) as path:
            if isolated:
                with IsolatedProgram(path, cell=self.cell, **chosen) as program:
                    found = diagnose_parts(program.parts, seconds=self.seconds, seed=seed)
            else:
                parts = parts_in(path, cell=self.cell, chosen=chosen)
                found = diagnose_parts(parts, seconds=self.seconds, seed=seed)
        without = ["forward pass"] if self.forward_given else []
        asked = {f"d{name}" for name in self.gradients}
        if asked:
            without += [part for part in found.parts_right() if part not in {*asked, "forward pass"}]
        return judgement_of(exercise, found, without=without, remarks=attempt.remarks)
