"""The course of a training run (time, losses, gradient norms), in little memory however long it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import inf, nan
from pathlib import Path
from typing import Any, NamedTuple, Self

from teachrnn.files import load_json, pack, save_json, unpack
from teachrnn.training.train_step import TrainStep

MAX_BLOCKS = 100
"""Maximum number of blocks; with one more, they are merged in pairs."""


class Block(NamedTuple):
    """Consecutive updates, summarised.

    Attributes
    ----------
    last : int
        The last of them.
    updates : int
        Their number.
    loss : float
        The sum of their losses, in nats per sequence.
    smooth_loss : float
        The smooth loss after the last, in nats per sequence.
    norm : float
        The sum of the norms of their gradients before clipping.
    largest : float
        The largest of those norms.
    clipped : int
        In how many of them clipping changed the gradient.
    """

    last: int
    updates: int
    loss: float
    smooth_loss: float
    norm: float
    largest: float
    clipped: int

    def __add__(self, later: Block) -> Block:  # type: ignore[override]
        return Block(
            later.last,
            self.updates + later.updates,
            self.loss + later.loss,
            later.smooth_loss,
            self.norm + later.norm,
            max(self.largest, later.largest),
            self.clipped + later.clipped,
        )


@dataclass
class Journal:
    """Summarises the steps of a training run in blocks that grow with it; saved beside a run.

    Attributes
    ----------
    iteration : int
        The last update that was noted.
    updates : int
        How many were noted: fewer, if a part of the training had no journal.
    seconds : float
        Their total time, with validation, without samples and saving.
    loss : float
        The loss of the last, in nats per sequence; infinite before the first.
    size : int
        How many updates make a block.
    blocks : list of Block
        The blocks so far; the last may hold fewer updates than the others.

    Examples
    --------
    >>> journal = Journal()
    >>> for n in range(1, 1001):
    ...     journal.note(TrainStep(n, 1, 25, 3.0, 3.0, 2.0, 2.0, 0.1, 0.0, None))
    >>> len(journal.blocks), journal.size, sum(block.updates for block in journal.blocks)
    (63, 16, 1000)
    """

    iteration: int = 0
    updates: int = 0
    seconds: float = 0.0
    loss: float = inf
    size: int = 1
    blocks: list[Block] = field(default_factory=list)

    def note(self, step: TrainStep) -> None:
        """Add an update.

        Parameters
        ----------
        step : TrainStep
            The update.
        """
        self.iteration, self.loss = step.iteration, step.loss
        self.updates += 1
        self.seconds += step.seconds
        clipped = int(step.clipped_norm < step.gradient_norm)
        norm = step.gradient_norm
        new = Block(step.iteration, 1, step.loss, step.smooth_loss, norm, norm, clipped)
        if self.blocks and self.blocks[-1].updates < self.size:
            self.blocks[-1] += new
        else:
            self.blocks.append(new)
            self._join()

    def save(self, path: Path) -> None:
        """Write it to a file.

        Parameters
        ----------
        path : Path
            Where to.

        Raises
        ------
        FileFormatError
            If the place cannot be written to.
        """
        save_json(path, pack(self)[0], indent=None)

    @classmethod
    def load(cls, path: Path, *, iteration: int) -> Self:
        """Read it back, to continue from an update; a run that has no journal gets a new one.

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
        advice = "delete it to continue without its figures."
        journal = load_json(cls, path, advice=advice, upgrade=_upgraded)
        journal.blocks = [block for block in journal.blocks if block.last <= iteration]
        journal.iteration = iteration
        journal._join()
        return journal

    def _join(self) -> None:
        """Merge the blocks in pairs if there are too many; one that is left over is continued."""
        while len(self.blocks) > MAX_BLOCKS:
            pairs = zip(self.blocks[::2], self.blocks[1::2], strict=False)
            left = self.blocks[-1:] if len(self.blocks) % 2 else []
            self.blocks = [*(earlier + later for earlier, later in pairs), *left]
            self.size *= 2


@dataclass
class _Journal010:
    """What `report` in teachrnn 0.1.0 kept: blocks of 100 updates, with the mean of their norms."""

    iteration: int
    updates: int
    seconds: float
    blocks: list[tuple[int, float, float, int]]
    total: float
    largest: float
    clipped: int
    count: int


def _upgraded(plain: Any) -> Any:
    if not (isinstance(plain, dict) and "total" in plain):
        return plain
    old = unpack(_Journal010, plain)
    blocks = [
        Block(last, 100, nan, nan, 100 * mean, largest, clipped)
        for last, mean, largest, clipped in old.blocks
    ]
    if old.count:
        end = Block(old.iteration, old.count, nan, nan, old.total, old.largest, old.clipped)
        blocks.append(end)
    return pack(Journal(old.iteration, old.updates, old.seconds, inf, 100, blocks))[0]
