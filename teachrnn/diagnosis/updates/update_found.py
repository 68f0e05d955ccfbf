"""One explanation of what a training step does."""

from __future__ import annotations

from dataclasses import dataclass, field

from teachrnn.diagnosis.mistake import WrittenMistake
from teachrnn.diagnosis.updates.clip import Clip
from teachrnn.diagnosis.updates.update_lines import UpdateRule


@dataclass(frozen=True)
class UpdateFound:
    """One explanation of a training step.

    Attributes
    ----------
    rule : UpdateRule
        The optimizer, in one of its conventions.
    clip : Clip
        How gradients are clipped.
    limit : float
        The limit to which they are clipped; infinite if they are not.
    mistakes : tuple of WrittenMistake
        What is wrong; empty of a right step.
    error : float
        The largest error that is left, relative to the step.
    hyper : dict
        The hyper-parameters with which it holds.
    order : tuple of str
        What the student calls the vectors of the rule's state, in its order.
    """

    rule: UpdateRule
    clip: Clip
    limit: float
    mistakes: tuple[WrittenMistake, ...] = ()
    error: float = 0.0
    hyper: dict[str, float] = field(default_factory=dict, compare=False)
    order: tuple[str, ...] = field(default=(), compare=False)

    @property
    def weight(self) -> tuple[int, int]:
        """How far-fetched it is: fewer mistakes first."""
        return len(self.mistakes), sum(m.weight for m in self.mistakes)
