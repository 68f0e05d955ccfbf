"""Requirements on an instance, so that a student's code can handle it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from teachrnn.diagnosis.instance import Instance


@dataclass(frozen=True)
class Needs:
    """Requirements on an instance, so that the code can handle it.

    Attributes
    ----------
    zero : frozenset of str
        Parameters and states that the code does not have, so that they have to be zero.
    batches : bool
        Whether it takes more than one sequence.
    shared : bool
        Whether all sequences start from one state, a parameter like the others.
    """

    zero: frozenset[str] = frozenset()
    batches: bool = False
    shared: bool = False

    def draw(self, cell: str, **settings: Any) -> Instance:
        """A random instance that the code can handle; settings as `Instance.draw` has them."""
        if not self.batches:
            settings.pop("batch", None)
        instance = Instance.draw(cell, **settings)
        for name in self.zero & instance.model.shapes().keys():
            instance.model.parameters[name] = np.zeros_like(instance.model.parameters[name])
        state = {n: np.zeros_like(s) if n in self.zero else s for n, s in instance.state.items()}
        if self.shared and settings.get("batch"):
            state = {n: np.broadcast_to(s[:1], s.shape).copy() for n, s in state.items()}
        y = instance.y.copy()
        y.flat[-1] = instance.model.symbols - 1  # some take K to be the largest target and one
        return Instance(instance.model, instance.x, y, state)
