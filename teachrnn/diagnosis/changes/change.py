"""What a wrong line does to the gradient on one edge of the graph."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from teachrnn.array import Array
from teachrnn.formulas.tree import Formula
from teachrnn.op import Value
from teachrnn.part import Part
from teachrnn.registry import Registry

if TYPE_CHECKING:
    from teachrnn.diagnosis.cell_map import CellMap
    from teachrnn.diagnosis.site import Site
    from teachrnn.diagnosis.sweeps import Row
    from teachrnn.diagnosis.tape import Edge, Tape

CHANGES: Registry[type[Change]] = Registry("change of a gradient")


Portion = tuple["Value | Edge", Callable[[Array], Array]]
"""A linear function of the gradient that arrived at a value, or that another edge sent."""


class Change(Part, registry=CHANGES, required=("why", "seen")):
    """Base of all: a way in which the term that an edge sends can be wrong, at every step alike.

    Subclasses are frozen dataclasses: two changes that say the same are equal. Most changes are a
    wrong local derivative, linear in a gradient that arrives: `source` says at which value, `local`
    what becomes of it. A change that depends on what other edges have sent overrides `portions` instead.

    Attributes
    ----------
    name : str
        What the mistake is called.
    why : str
        Why it is wrong, in a sentence or two, for whoever made it.
    seen : str
        What a check must have to see it.
    shows_on_every_input : bool
        Whether one input is enough to find out that it makes no difference at a site.
    """

    why: ClassVar[str]
    seen: ClassVar[str]
    shows_on_every_input: ClassVar[bool] = True

    @classmethod
    @abstractmethod
    def at(cls, site: Site, cell: CellMap) -> Iterator[Change]:
        """The ways in which this can happen at a site.

        Parameters
        ----------
        site : Site
            An edge of the graph, at every time step.
        cell : CellMap
            What is known of the cell that the edge belongs to.

        Yields
        ------
        Change
            One way.
        """

    @property
    def weight(self) -> int:
        """How far-fetched it is: of mistakes with the same numbers, the lightest is named."""
        return 1

    def source(self, tape: Tape, edge: Edge) -> Value | None:
        """At which value the gradient has arrived that is passed on; None where there is no such.

        Parameters
        ----------
        tape : Tape
            The recorded sweep.
        edge : Edge
            One use of a value by an operation.

        Returns
        -------
        Value or None
            The value.
        """
        return edge.op

    def local(self, tape: Tape, edge: Edge) -> Callable[[Array], Array] | None:
        """What is sent for a gradient that arrives; None where that cannot be done (shapes).

        Parameters
        ----------
        tape : Tape
            The recorded sweep.
        edge : Edge
            One use of a value by an operation.

        Returns
        -------
        callable or None
            From the gradient that arrives to the term that is sent.
        """
        return edge.right

    def portions(self, tape: Tape, edge: Edge) -> list[Portion] | None:
        """What the wrong term is the sum of; None where it cannot be formed.

        Parameters
        ----------
        tape : Tape
            The recorded sweep.
        edge : Edge
            One use of a value by an operation.

        Returns
        -------
        list of (Value or Edge, callable) or None
            Where each portion comes from, and what becomes of the gradient there. Without the first
            there is no term; of the others, those count that are there when the edge is come to.
        """
        value, local = self.source(tape, edge), self.local(tape, edge)
        return None if value is None or local is None else [(value, local)]

    def send(self, row: Row, edge: Edge) -> Array | None:
        """The wrong term in a sweep; None where it cannot be formed.

        Parameters
        ----------
        row : Row
            What has arrived so far.
        edge : Edge
            One use of a value by an operation.

        Returns
        -------
        ndarray or None
            The term, of the value's shape.
        """
        portions = self.portions(row.tape, edge)
        if portions is None:
            return None
        total: Array | None = None
        for number, (origin, local) in enumerate(portions):
            dy = row.arrived(origin) if isinstance(origin, Value) else row.sent_along(origin)
            if dy is None and number == 0:
                return None
            if dy is not None:
                d = local(dy)
                if d.shape != edge.value.shape:
                    return None
                total = d if total is None else total + d
        return np.zeros_like(edge.value.data) if total is None else total

    @abstractmethod
    def words(self, site: Site) -> str:
        """What happens, after the words "the gradient that h.x sends": "is left out".

        Parameters
        ----------
        site : Site
            Where it happens.

        Returns
        -------
        str
            The end of a sentence, without a full stop.
        """

    def rewritten(self, formula: Formula, site: Site) -> Formula | None:
        """The right side of the wrong line, made of that of the right one; None if it is no formula.

        Parameters
        ----------
        formula : Formula
            The right side of the right line.
        site : Site
            Where it happens.

        Returns
        -------
        Formula or None
            The right side of the wrong line.
        """
        return None
