"""What a case has to be like, for a student's operation to be able to answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from teachrnn.diagnosis.operations import OperationCase
from teachrnn.op import OPS

SQUARE = (3, 3, 3, 3)


@dataclass(frozen=True)
class OperationNeeds:
    """What a case has to be like.

    Attributes
    ----------
    op : str
        Name of the operation.
    single : bool
        Whether it takes one row only.
    square : bool
        Whether it works with square matrices only.
    arrives : str
        What arrives at every entry: "anything", "1", or "1/N" of a mean.
    """

    op: str
    single: bool = False
    square: bool = False
    arrives: Literal["anything", "1", "1/N"] = "anything"

    def draw(self, *, N: int, sizes: tuple[int, ...], seed: int) -> OperationCase:
        """A case at random that the code can answer; arguments as `OperationCase.draw` has them.

        Parameters
        ----------
        N : int
            How many rows; one where the code takes one only.
        sizes : tuple of int
            Lengths of the axes.
        seed : int
            Of the random numbers.

        Returns
        -------
        OperationCase
            The numbers.
        """
        N = 1 if self.single else N
        arrives = {"anything": None, "1": 1.0, "1/N": 1.0 / N}[self.arrives]
        sizes = SQUARE if self.square else sizes
        return OperationCase.draw(OPS.find(self.op), N=N, sizes=sizes, arrives=arrives, seed=seed)
