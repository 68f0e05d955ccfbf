"""The mistakes that are made most, by a short name each, for any cell that has a place for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

from teachrnn.diagnosis.cell_map import CellMap
from teachrnn.diagnosis.changes import (
    AnotherGradient,
    AnotherValue,
    Bare,
    Cut,
    SquashedAgain,
    Transposed,
)
from teachrnn.diagnosis.changes.change import Change
from teachrnn.diagnosis.changes.scores import Scores
from teachrnn.diagnosis.diagnose import catalogue_of
from teachrnn.diagnosis.instance import Instance
from teachrnn.diagnosis.mistake import Mistake, ParameterMistake, SweepMistake
from teachrnn.diagnosis.reading import WrongTerm
from teachrnn.diagnosis.site import Site
from teachrnn.diagnosis.whole import clipped_values
from teachrnn.diagnosis.wrong_sum import WRONG_SUMS
from teachrnn.formulas.name import Name
from teachrnn.laboratory.around import AROUND
from teachrnn.laboratory.planted_mistake import PlantedMistake

LIMIT = 5.0
"""The limit of clipping that is most in use."""


@lru_cache
def well_known(cell: str) -> dict[str, PlantedMistake]:
    """The well-known mistakes that can be made in a network of this cell.

    Parameters
    ----------
    cell : str
        Name of the cell.

    Returns
    -------
    dict
        By name: those of the backward pass first.

    Examples
    --------
    >>> list(well_known("vanilla"))[:4]
    ['no carry', 'no transpose', 'dh for da', 'no slope']
    >>> "dh for da" in well_known("lstm")           # it has no single da
    False
    """
    found = {name: PlantedMistake.of(name, mistake) for name, mistake in _Cell(cell).mistakes()}
    return {**found, **AROUND}


class _Cell:
    """The places of a cell at which the well-known mistakes are made."""

    def __init__(self, cell: str) -> None:
        tape = Instance.draw(cell, T=4, hidden=3, symbols=7, distinct=True).tape
        self.map, self.sites, self.names = CellMap(tape), tape.sites, list(tape.uses)
        catalogue = catalogue_of(cell)
        self.sweep = {frozenset(m.changes): m for m in catalogue.sweep if m.changes}
        self.losses = {m.losses: m for m in catalogue.sweep if not m.changes}
        self.parameter = {frozenset(m.specs): m for m in catalogue.parameter}

    def mistakes(self) -> Iterator[tuple[str, Mistake]]:
        """All that can be made, each with its name."""
        sites, W = self.sites, self._letter("W")
        carrying = [s for s in sites if s.carries]
        squashing = [s for s in sites if s.squashes and s.flows and self.map.reads(s, -1)]
        through = [s for s in carrying if s.matrices]
        yield from self._swept("no carry", "nothing is carried back in time", carrying, lambda s: Cut())
        yield from self._swept(
            "no transpose",
            "every gradient that is carried back through W misses its transpose",
            through,
            lambda s: Transposed(s.matrices[0]),
        )
        if [s.op for s in squashing] == ["h"]:  # else there is no single da that dh could stand for
            yield from self._swept("dh for da", "", through, lambda s: AnotherGradient("h"))
        yield from self._swept("no slope", "every squashing lacks its derivative", squashing, _bare)
        yield from self._swept(
            "slope of t - 1",
            "every squashing has the derivative of the step before",
            squashing,
            lambda s: AnotherValue(-1, s.op, -1, "initial", True),
        )
        yield from self._swept(
            "squashed twice",
            "every squashing has its derivative taken at the result squashed again",
            squashing,
            lambda s: SquashedAgain(),
        )
        yield from self._formed("dW of h[t]", "h", "W", 0)
        yield from self._formed("dV of h[t-1]", "h", "V", -1)
        yield from self._summed("dW overwritten", "only the first step", W)
        yield from self._summed("h0 left out", "first step left out", W)
        yield from self._summed("no db", "left out", self._letter("b"))
        yield "last loss only", self.losses["last"]
        scores = [s for s in sites if s.input == "o"]
        yield from self._swept("p without y", "", scores, lambda s: Scores("p"))
        yield from self._summed("divided by T", "divided by T", self.names)
        yield "clipped early", clipped_values(LIMIT)

    def _letter(self, letter: str) -> list[str]:
        return [name for name in self.names if Name.of(name).letter == letter]

    def _swept(
        self, name: str, title: str, sites: Sequence[Site], change: Callable[[Site], Change]
    ) -> Iterator[tuple[str, Mistake]]:
        """A change at all of these sites, under the title that the catalogue has for it, if any."""
        if sites:
            changes = tuple((site, change(site)) for site in sites)
            yield name, self.sweep.get(frozenset(changes)) or SweepMistake(title, changes)

    def _formed(self, name: str, value: str, letter: str, step: int) -> Iterator[tuple[str, Mistake]]:
        """Gradients of a letter that are made of a value of another step."""
        sites = [
            s
            for s in self.sites
            if not s.flows and s.input == "W" and Name.of(s.of).letter == letter and value in _read(s)
        ]
        if sites:
            change = AnotherValue(0, value, step, "initial", True)
            specs = tuple((s.of, WrongTerm(change)) for s in sites)
            title = f"every d{letter} is made of {value}[{'t' if step == 0 else 't-1'}]"
            mistake = ParameterMistake(title, specs, sites=tuple(sites))
            yield name, self.parameter.get(frozenset(specs)) or mistake

    def _summed(self, name: str, kind: str, parameters: Sequence[str]) -> Iterator[tuple[str, Mistake]]:
        """A wrong sum of these parameters' terms."""
        wrong = next(w for w in WRONG_SUMS if w.name == kind)
        found = self.parameter.get(frozenset((parameter, wrong) for parameter in parameters))
        if found is not None:
            yield name, found


def _bare(site: Site) -> Change:
    return Bare()


def _read(site: Site) -> str:
    """The name of the vector that the matrix is multiplied by, without its step."""
    return site.operands[0].partition("[")[0]
