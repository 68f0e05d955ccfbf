"""What a student's training step leaves behind, in their own arrays."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from teachrnn.array import Array

Named = dict[str, Array]


@dataclass(frozen=True)
class TrainingAnswer:
    """One training step.

    Attributes
    ----------
    own : dict
        The gradients that the step computes, before anything is done to them, by the student's names of
        the parameters and in their unit.
    before, after : dict
        The parameters.
    memory, memory_after : dict of str to dict
        What is kept from step to step, by its name: for each parameter an array.
    hyper : dict
        Hyper-parameters that are known by their names.
    constants : tuple of float
        Numbers that stand in the code: others may be among them.
    t : int
        The number that this update has to have.
    clips : str
        Whether the code clips, by its names: "" if nothing says so, "norm", "value" or "somehow".
    speaks_of_norm : bool
        Whether the text of the code has the word.
    loss : float or None
        What is returned as the loss, and `losses`: what it is before the update and after it.
    state : ndarray or None
        What is returned as the state to go on with; `states`: those of the steps 0 to T, and
        `new_state` the last one with the new parameters.
    said_sizes : str
        Its sizes in words.
    remarks : list of str
        What was noticed, a sentence each.
    """

    own: Named
    before: Named
    after: Named
    memory: dict[str, Named] = field(default_factory=dict)
    memory_after: dict[str, Named] = field(default_factory=dict)
    hyper: dict[str, float] = field(default_factory=dict)
    constants: tuple[float, ...] = ()
    t: int = 3
    clips: str = ""
    speaks_of_norm: bool = False
    loss: float | None = None
    losses: tuple[float, float] | None = None
    state: Array | None = None
    states: Array | None = None
    new_state: Array | None = None
    said_sizes: str = ""
    remarks: list[str] = field(default_factory=list)

    @property
    def names(self) -> list[str]:
        """The parameters, in one order for all."""
        return list(self.own)

    def flat(self, arrays: Named) -> Array:
        """The arrays of all parameters as one vector.

        Parameters
        ----------
        arrays : dict
            By the student's names.

        Returns
        -------
        ndarray
            In the order of `names`.
        """
        return np.concatenate([np.asarray(arrays[n], dtype=float).ravel() for n in self.names])

    @cached_property
    def places(self) -> dict[str, slice]:
        """Where each parameter is in that vector."""
        ends = np.cumsum([self.own[n].size for n in self.names])
        return {
            n: slice(int(e) - self.own[n].size, int(e)) for n, e in zip(self.names, ends, strict=True)
        }
