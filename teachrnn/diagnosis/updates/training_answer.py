"""What a student's training step leaves behind, in their own arrays."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from teachrnn.array import Array

Named = dict[str, Array]


@dataclass(frozen=True)
class TrainingAnswer:
    """What one training step starts from, and what it leaves behind.

    Attributes
    ----------
    own : dict
        The gradients that the step computes, before anything is done to them, by the student's names of
        the parameters and in the student's unit.
    before, after : dict
        The parameters before the step and after it.
    memory, memory_after : dict of str to dict
        What is kept from step to step, before and after: by its name, an array for each parameter.
    hyper : dict
        The hyper-parameters that the code names.
    constants : tuple of float
        The numbers in the code; those of other hyper-parameters may be among them.
    t : int
        The number of this update, counted from 1.
    clips : str
        Whether the code clips, by its names: "" if nothing says so, "norm", "value" or "somehow".
    speaks_of_norm : bool
        Whether the text of the code has the word.
    loss : float or None
        The loss that the step returns.
    losses : tuple of float, or None
        The loss with the parameters before the update, and with those after it.
    state : ndarray or None
        The state that the step returns, with which the next one goes on.
    states : ndarray or None
        The states of the time steps 0 to T.
    new_state : ndarray or None
        The state of step T with the parameters after the update.
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
        """The names of the parameters, in the order of `flat`."""
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
        """Where each parameter is in the vector of `flat`."""
        ends = np.cumsum([self.own[n].size for n in self.names])
        return {
            n: slice(int(e) - self.own[n].size, int(e)) for n, e in zip(self.names, ends, strict=True)
        }
