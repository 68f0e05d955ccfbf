"""What a run's steps tell and the run itself does not keep: time, and how large gradients were."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import NamedTuple, Self

from teachrnn.files import load_json, write_atomically
from teachrnn.training import TrainStep

EVERY = 100
"""Updates in a block."""


class Norms(NamedTuple):
    """Norm of the gradient before clipping, over a block of updates.

    Attributes
    ----------
    last : int
        The last update of the block.
    mean, largest : float
        Over the block.
    clipped : int
        In how many updates clipping changed the gradient.
    """

    last: int
    mean: float
    largest: float
    clipped: int


@dataclass
class Journal:
    """Goes along with a run, and is saved and opened with it.

    Attributes
    ----------
    iteration : int
        The last update that was noted.
    updates : int
        How many were: fewer, where a part of the run went without a journal.
    seconds : float
        What they took together, with validation, without samples and saving.
    blocks : list of Norms
        Gradient norms, block by block.
    """

    iteration: int = 0
    updates: int = 0
    seconds: float = 0.0
    blocks: list[Norms] = field(default_factory=list)
    total: float = 0.0
    largest: float = 0.0
    clipped: int = 0
    count: int = 0

    def note(self, step: TrainStep) -> None:
        """Take in what an update did.

        Parameters
        ----------
        step : TrainStep
            The update.
        """
        self.iteration = step.iteration
        self.updates += 1
        self.seconds += step.seconds
        self.count += 1
        self.total += step.gradient_norm
        self.largest = max(self.largest, step.gradient_norm)
        self.clipped += step.clipped_norm < step.gradient_norm
        if step.iteration % EVERY == 0:
            self.blocks.append(
                Norms(step.iteration, self.total / self.count, self.largest, self.clipped)
            )
            self.total, self.largest, self.clipped, self.count = 0.0, 0.0, 0, 0

    def save(self, path: Path) -> None:
        """Write it to a file.

        Parameters
        ----------
        path : Path
            Where to.
        """
        write_atomically(path, json.dumps(asdict(self)).encode())

    @classmethod
    def load(cls, path: Path, *, iteration: int) -> Self:
        """Read it back, to go on from an update; a run that has no journal gets a new one.

        Parameters
        ----------
        path : Path
            The file that `save` wrote, or would have.
        iteration : int
            How many updates the run has made.

        Returns
        -------
        Journal
            The journal up to that update.

        Raises
        ------
        FileFormatError
            If the file is damaged.
        """
        if iteration == 0 or not path.exists():
            return cls(iteration=iteration)
        journal = load_json(cls, path, advice="delete it to go on without its figures.")
        journal.blocks = [block for block in journal.blocks if block.last <= iteration]
        if journal.iteration != iteration:  # the last one was cut off
            journal.total, journal.largest, journal.clipped, journal.count = 0.0, 0.0, 0, 0
        journal.iteration = iteration
        return journal
