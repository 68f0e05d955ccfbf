"""A step that a run has kept: the run that it belongs to, and its vocabulary."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

from teachrnn.data import Vocabulary
from teachrnn.files import pack, unpack
from teachrnn.trace import Trace
from teachrnn.trace_file import TRACE, load_noted_trace, save_trace
from teachrnn.training import Kept

if TYPE_CHECKING:
    from teachrnn.runs.run import Run


@dataclass(frozen=True, eq=False)
class KeptStep:
    """The notes in the file of a trace that the flight recorder kept.

    A folder may hold one run after another, on different texts, so each step states which
    run it belongs to and has the vocabulary of that run.

    Attributes
    ----------
    run : str
        Which run: see `Run.identity`.
    recipe, text, seed, eta
        The same for people: names of recipe and text, seed, and the learning rate of the recipe.
    iteration, reason : int, str
        Which update it is, and why it was kept.
    vocabulary : Vocabulary
        What its symbols stand for.
    """

    run: str
    recipe: str
    text: str
    seed: int
    eta: float
    iteration: int
    reason: str
    vocabulary: Vocabulary

    @classmethod
    def save(cls, run: Run, kept: Kept, path: Path) -> Path:
        """Write the trace of a kept step with its note.

        Parameters
        ----------
        run : Run
            The run that kept the step.
        kept : Kept
            The step.
        path : Path
            Where to.

        Returns
        -------
        Path
            The file.
        """
        note = cls(
            run=run.identity,
            recipe=run.recipe.name,
            text=run.source.name,
            seed=run.seed,
            eta=run.training.eta,
            iteration=kept.iteration,
            reason=kept.reason,
            vocabulary=run.vocabulary,
        )
        return save_trace(kept.snapshot.open(), path, note=pack(note)[0])

    @classmethod
    def load(cls, path: str | Path) -> tuple[Trace, Self | None]:
        """Read a trace, with its notes if it was kept by a run.

        Parameters
        ----------
        path : str or Path
            The file of a trace.

        Returns
        -------
        tuple of (Trace, KeptStep or None)
            The record, and the note on it; None where there is no note.

        Raises
        ------
        FileFormatError
            As `load_trace`.
        """
        trace, note = load_noted_trace(path)
        if not note:
            return trace, None
        with TRACE.opening(path):
            return trace, unpack(cls, note)

    def __str__(self) -> str:
        return (
            f"Update {self.iteration:,} of a run of the recipe {self.recipe} on {self.text}, eta = "
            f"{self.eta:g}, seed {self.seed}; kept: {self.reason}."
        )
