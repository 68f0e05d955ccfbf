"""How a run has gone so far, in little memory however long it is."""

from __future__ import annotations

from typing import NamedTuple

from teachrnn.training.train_step import TrainStep

MOST = 100
"""Blocks that are held; one more, and they are joined by twos."""


class Block(NamedTuple):
    """Updates taken together.

    Attributes
    ----------
    last : int
        The last of them.
    updates : int
        How many they are.
    loss : float
        Their losses added up, in nats per sequence.
    smooth_loss : float
        The smooth loss after the last, in nats per sequence.
    norm : float
        The norms of their gradients before clipping, added up.
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


class Progress:
    """Takes in the steps of a training, in blocks that grow with the run.

    Attributes
    ----------
    last : TrainStep or None
        The last step; None before the first.

    Examples
    --------
    >>> progress = Progress()
    >>> for n in range(1, 1001):
    ...     progress.note(TrainStep(n, 1, 25, 3.0, 3.0, 2.0, 2.0, 0.1, 0.0, None))
    >>> blocks = progress.blocks
    >>> len(blocks), blocks[0].updates, sum(block.updates for block in blocks)
    (63, 16, 1000)
    """

    def __init__(self) -> None:
        self.last: TrainStep | None = None
        self._blocks: list[Block] = []
        self._open: Block | None = None
        self._size = 1

    def note(self, step: TrainStep) -> None:
        """Take in what an update did.

        Parameters
        ----------
        step : TrainStep
            The update.
        """
        self.last = step
        clipped = int(step.clipped_norm < step.gradient_norm)
        norm = step.gradient_norm
        new = Block(step.iteration, 1, step.loss, step.smooth_loss, norm, norm, clipped)
        self._open = new if self._open is None else self._open + new
        if self._open.updates == self._size:
            self._blocks.append(self._open)
            self._open = None
            if len(self._blocks) > MOST:
                self._join()

    @property
    def blocks(self) -> list[Block]:
        """The blocks so far; the last may hold fewer updates than the others."""
        return [*self._blocks, self._open] if self._open else [*self._blocks]

    def _join(self) -> None:
        """Join the blocks by twos; one that is left over is the beginning of the next."""
        pairs = zip(self._blocks[::2], self._blocks[1::2], strict=False)
        self._open = self._blocks[-1] if len(self._blocks) % 2 else None
        self._blocks = [earlier + later for earlier, later in pairs]
        self._size *= 2
