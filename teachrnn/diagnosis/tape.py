"""A trace as its edges: which operation uses which value, in the order of the backward sweep."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from teachrnn.array import Array
from teachrnn.diagnosis.site import Site, timeless
from teachrnn.op import Op, Value
from teachrnn.trace import Trace

Outside = Literal["initial", "wrap", "zero"]
"""What stands before step 1 and after step T in the arrays of code that reaches too far: the initial
state, the other end (as Python's index -1 has it), or nothing but zeros."""


@dataclass(frozen=True, eq=False)
class Edge:
    """One use of one value by one operation.

    Attributes
    ----------
    op : Op
        The operation, at its time step.
    value : Value
        What it uses.
    site : Site
        The same, at every time step alike.
    gradient : callable
        The gradient method of that input.
    arrays : list of ndarray
        Its operands and then its result: what the gradient method is handed after dy.
    """

    op: Op
    value: Value
    site: Site
    gradient: Callable[..., Array]
    arrays: list[Array]

    def right(self, dy: Array) -> Array:
        """The term that belongs here."""
        return self.gradient(dy, *self.arrays)

    def with_array(self, place: int, array: Array) -> Callable[[Array], Array]:
        """The same term with another array in one place."""
        arrays = list(self.arrays)
        arrays[place] = array
        return lambda dy: self.gradient(dy, *arrays)


class Tape:
    """The edges of a trace, in the order in which backpropagation comes to them.

    Parameters
    ----------
    trace : Trace
        A record with losses.

    Attributes
    ----------
    steps : list of (Op, list of Edge)
        The operations, last first, each with the edges to earlier results and initial states.
    uses : dict
        The edges to each parameter, by its name, last time step first.
    sites : list of Site
        Every place where something can go wrong.
    """

    def __init__(self, trace: Trace) -> None:
        self.trace, self.T = trace, trace.T
        self.by_place: dict[tuple[str, int | None], Value] = {
            (timeless(v), v.t): v for v in trace.values
        }
        self.steps: list[tuple[Op, list[Edge]]] = []
        self.uses: dict[str, list[Edge]] = {name: [] for name in trace.parameters}
        sites: dict[tuple[str, str], Site] = {}
        for op in reversed(trace.ops):
            edges: list[Edge] = []
            arrays = [*(v.data for v in op.operands), op.data]
            for place, name, gradient in op.differentiable:
                value = op.operands[place]
                if value.role in ("input", "constant") and value.t != 0:
                    continue
                where = timeless(op), name
                if where not in sites:
                    sites[where] = Site.at(op, place)
                edge = Edge(op, value, sites[where], gradient, arrays)
                (self.uses[value.name] if value.role == "parameter" else edges).append(edge)
            self.steps.append((op, edges))
        self.sites = list(sites.values())
        self._into: dict[int, list[Edge]] = {}
        for _, edges in self.steps:
            for edge in edges:
                self._into.setdefault(edge.value.index, []).append(edge)

    def into(self, value: Value) -> list[Edge]:
        """The edges that send a gradient to a result, the first to do so first."""
        return self._into.get(value.index, [])

    def example(self, site: Site) -> Edge:
        """An edge of that site, where there is a choice one that has a step before it and one after."""
        edges = [e for e in self.edges() if e.site == site]
        return edges[len(edges) // 2]

    def edges(self) -> list[Edge]:
        """Every edge."""
        inner = [edge for _, edges in self.steps for edge in edges]
        return [*inner, *(edge for edges in self.uses.values() for edge in edges)]

    def at(self, name: str, t: int, outside: Outside) -> Array | None:
        """A value at a time step; before the first and after the last, what wrong code finds there.

        Returns
        -------
        ndarray or None
            None if there is no such value at any step.
        """
        found = self.by_place.get((name, t))
        if found is not None and (t > 0 or outside == "initial"):
            return found.data
        last = self.by_place.get((name, self.T))
        if last is None:
            return None
        if outside == "wrap":
            return self.by_place[name, (t - 1) % self.T + 1].data
        return np.zeros_like(last.data)
