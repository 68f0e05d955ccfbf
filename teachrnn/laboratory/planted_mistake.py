"""A mistake that is switched on in a right network: in its backward pass, or around it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from teachrnn.diagnosis.description import Description, describe
from teachrnn.diagnosis.mistake import Mistake
from teachrnn.laboratory.mistaken_path import MistakenPath
from teachrnn.models import CharRNN, ParameterVector, Path
from teachrnn.training import Training


@dataclass(frozen=True)
class PlantedMistake:
    """What is done wrong, and where it is made.

    Attributes
    ----------
    name : str
        What it is called: "no carry".
    described : Description
        What happens, in a line, why it is wrong, and what a check must have to see it.
    backward : tuple of Mistake
        Mistakes in the backward pass.
    around : callable, optional
        What it does to a training loop, where it is not in the backward pass: no check of a gradient can
        see it then.
    place : str
        Where it is made: "backward pass", "data", "training loop" or "optimizer".

    Examples
    --------
    >>> from teachrnn.laboratory import find_mistake
    >>> find_mistake("no carry", "vanilla").described.wrong
    'dh[t-1] += 0'
    >>> find_mistake("targets not shifted", "vanilla").place
    'data'
    """

    name: str
    described: Description
    backward: tuple[Mistake, ...] = ()
    around: Callable[[Training], None] | None = field(default=None, compare=False)
    place: str = "backward pass"

    @classmethod
    def of(cls, name: str, mistake: Mistake) -> PlantedMistake:
        """One of the catalogue of a cell.

        Parameters
        ----------
        name : str
            What it is to be called.
        mistake : Mistake
            A mistake of the backward pass.

        Returns
        -------
        PlantedMistake
            The mistake, to be planted.
        """
        return cls(name, describe(mistake), (mistake,))

    def plant(self, training: Training) -> None:
        """Switch it on in a training loop: the updates that follow are made with it.

        Parameters
        ----------
        training : Training
            The loop, new or restored.

        Raises
        ------
        DomainError
            If the network has several layers, and the mistake is in the backward pass.
        """
        if self.backward:
            training.compute_with(self.path)
        if self.around is not None:
            self.around(training)

    def path(self, model: CharRNN, *, length: int, batch: int, gradients: ParameterVector) -> Path:
        """A way through the network that makes the mistake; the right one where it is elsewhere.

        Parameters
        ----------
        model : CharRNN
            A network of one layer.
        length, batch : int
            T and B.
        gradients : ParameterVector
            Where the gradients go.

        Returns
        -------
        Path
            What computes loss and gradients.

        Raises
        ------
        DomainError
            If the network has several layers.
        """
        if not self.backward:
            return model.path(length=length, batch=batch, gradients=gradients, checked=False)
        return MistakenPath(model, self.backward, gradients, length=length, batch=batch)
