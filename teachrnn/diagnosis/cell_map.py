"""What a cell has to mix up: its values, its gradients, who uses what; read from one recorded trace."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property, lru_cache

import numpy as np

from teachrnn.diagnosis.changes.change import Change
from teachrnn.diagnosis.site import Site, timeless
from teachrnn.diagnosis.tape import Edge, Tape


class CellMap:
    """Answers what a change needs to know to decide where it can happen.

    Parameters
    ----------
    tape : Tape
        Of a trace with at least two time steps.
    """

    def __init__(self, tape: Tape) -> None:
        self.tape = tape
        self._reads = lru_cache(maxsize=None)(self._read)

    def same_shape(self, site: Site) -> bool:
        """Whether the gradient that arrives has the shape of what is sent."""
        edge = self.tape.example(site)
        return edge.op.shape == edge.value.shape

    def has_several_uses(self, site: Site) -> bool:
        """Whether something else uses the value too, or it is a loss itself."""
        return sum(other.of == site.of for other in self.tape.sites) > 1

    def goes_on(self, site: Site) -> bool:
        """Whether the gradient that is sent goes on from the value to others that are no parameters."""
        return site.carries or any(other.op == site.of and other.flows for other in self.tape.sites)

    def users(self, name: str) -> list[Site]:
        """The sites at which a value is used."""
        return [site for site in self.tape.sites if site.of == name and site.flows]

    def arguments(self, site: Site) -> list[tuple[int, str]]:
        """What the derivative can be made of, weights apart: place and name; the result is at -1."""
        op = self.tape.example(site).op
        values = [(i, timeless(v)) for i, v in enumerate(op.operands) if v.role != "parameter"]
        return values if op.shape == () or op in self.tape.trace.losses else [*values, (-1, site.op)]

    def steps_back(self, site: Site, place: int) -> int:
        """How many steps before the operation an operand was made."""
        op = self.tape.example(site).op
        made = op.operands[place].t
        return 0 if made is None or op.t is None else op.t - made

    def reads(self, site: Site, place: int) -> bool:
        """Whether the derivative looks at that argument at all: it is asked with another one."""
        return self._reads(site, place)

    def _read(self, site: Site, place: int) -> bool:
        edge = self.tape.example(site)
        old = edge.arrays[place]
        other = old + 0.37 if old.dtype.kind == "f" else np.where(old > 0, 0, 1)
        dy = np.random.default_rng(0).normal(size=edge.op.shape)
        return not np.array_equal(edge.right(dy), edge.with_array(place, other)(dy))

    def matters(self, change: Change, site: Site) -> bool:
        """Whether a change makes a difference at all: nothing is lacking where the derivative is 1."""
        if not change.shows_on_every_input:
            return True
        rng = np.random.default_rng(0)
        for edge in self._edges[site]:
            portions = change.portions(self.tape, edge)
            if portions is None or [origin for origin, _ in portions] != [edge.op]:
                return True
            dy = rng.normal(size=edge.op.shape)
            with np.errstate(all="ignore"):
                if not np.array_equal(portions[0][1](dy), edge.right(dy)):
                    return True
        return False

    @cached_property
    def _edges(self) -> dict[Site, list[Edge]]:
        by: dict[Site, list[Edge]] = defaultdict(list)
        for edge in self.tape.edges():
            by[edge.site].append(edge)
        return by

    def values_like(self, site: Site, place: int) -> list[str]:
        """Values that could stand in place of an argument: what a student has a variable for."""
        array = self.tape.example(site).arrays[place]
        own = dict(self.arguments(site)).get(place, "")
        before = timeless(self.tape.example(site).op.operands[0])
        near = {own} | ({before} if place == -1 and site.squashes else set())
        return [
            name
            for name in sorted(self._variables | near)
            if (last := self.tape.by_place.get((name, self.tape.T))) is not None
            and last.shape == array.shape
            and last.data.dtype.kind == array.dtype.kind
        ]

    def gradients_like(self, site: Site) -> list[str]:
        """Other results whose gradients have the shape of the one that arrives at the site."""
        shape = self.tape.example(site).op.shape
        names = {s.op: self.tape.example(s).op.shape for s in self.tape.sites}
        lost = {timeless(loss) for loss in self.tape.trace.losses}
        return sorted(n for n, s in names.items() if s == shape and n != site.op and n not in lost)

    @cached_property
    def _variables(self) -> set[str]:
        """Inputs, states, and the results of squashing functions."""
        made = {site.op for site in self.tape.sites if site.squashes}
        states = {name for name, t in self.tape.by_place if t == 0}
        given = {timeless(v) for v in self.tape.trace.values if v.role == "input" and v.t is not None}
        return made | states | given
