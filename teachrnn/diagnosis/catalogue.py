"""Every mistake that a cell can be written with, derived from one recorded trace of it.

No cell is named here. A mistake is a change at one site, at a group of sites that a student writes in
one line, or in the sum of some parameters; what changes there are is the registry `CHANGES`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace

from teachrnn.diagnosis.cell_map import CellMap
from teachrnn.diagnosis.changes import CHANGES, AnotherGradient, AnotherValue, Exchanged, Without
from teachrnn.diagnosis.changes.change import Change
from teachrnn.diagnosis.mistake import ParameterMistake, SweepMistake
from teachrnn.diagnosis.reading import GradientOf, WrongTerm
from teachrnn.diagnosis.site import Site
from teachrnn.diagnosis.tape import Tape
from teachrnn.diagnosis.wrong_sum import WRONG_SUMS
from teachrnn.formulas.name import Name

LOSSES = {
    "first": "only the loss of the first step is sent back",
    "last": "only the loss of the last step is sent back",
    "all but the first": "the loss of the first step is not sent back",
    "all but the last": "the loss of the last step is not sent back",
}


@dataclass(frozen=True)
class Catalogue:
    """The mistakes of a cell.

    Attributes
    ----------
    sweep : list of SweepMistake
        Those that change what goes back through the graph.
    parameter : list of ParameterMistake
        Those in the gradients of single parameters, or of several alike.
    """

    sweep: list[SweepMistake]
    parameter: list[ParameterMistake]

    @classmethod
    def of(cls, tape: Tape) -> Catalogue:
        """Derive the mistakes from a record of at least three time steps."""
        cell = CellMap(tape)
        changes = {site: _changes(site, cell) for site in tape.sites}
        sweep: list[SweepMistake] = []
        parameter: list[ParameterMistake] = []
        for mistake in _everywhere(changes, cell):
            if isinstance(mistake, SweepMistake):
                sweep.append(mistake)
            else:
                parameter.append(mistake)
        sweep += [SweepMistake(words, (), which) for which, words in LOSSES.items()]
        parameter += [*_sums(tape), *_exchanged_parameters(tape)]
        return cls(list(dict.fromkeys(sweep)), list(dict.fromkeys(parameter)))


def _changes(site: Site, cell: CellMap) -> list[Change]:
    every = (change for kind in CHANGES.values() for change in kind.at(site, cell))
    return [change for change in every if cell.matters(change, site)]


def _everywhere(
    changes: dict[Site, list[Change]], cell: CellMap
) -> Iterator[SweepMistake | ParameterMistake]:
    for site, own in changes.items():
        for change in own:
            yield _mistake(f"{_sent(site)} {change.words(site)}", ((site, change),), cell)
    for title, group in _groups(list(changes)):
        for change in changes[group[0]]:
            alike = tuple((site, _alike(change, site, group[0], cell)) for site in group)
            if all(own is not None and own in changes[site] for site, own in alike):
                yield _mistake(f"{title} {change.words(group[0])}", alike, cell)  # type: ignore[arg-type]
    yield from _exchanged_inputs(list(changes))


def _mistake(
    title: str, changes: tuple[tuple[Site, Change], ...], cell: CellMap
) -> SweepMistake | ParameterMistake:
    sites = [site for site, _ in changes]
    weight = max(change.weight for _, change in changes)
    if sites[0].flows:
        # Where only a parameter's gradient comes of it, that gradient is what a reader has a line for.
        weight += not any(cell.goes_on(site) for site in sites)
        return SweepMistake(title, changes, weight=weight)
    specs = tuple((site.of, WrongTerm(change)) for site, change in changes)
    return ParameterMistake(title, specs, weight, tuple(sites))


def _sent(site: Site) -> str:
    """What is sent there, in words."""
    if not site.flows:
        return f"what {site.result} adds to d{site.of}"
    if site.carries:
        return f"the gradient carried back from {site.result} to {site.source}"
    return f"the gradient that goes back from {site.result} to {site.source}"


def _alike(change: Change, site: Site, first: Site, cell: CellMap) -> Change | None:
    """The same change at another site of a group, in the names that hold there."""
    if isinstance(change, Without):
        return None
    if isinstance(change, AnotherGradient):
        own = _renamed(change.value, first, site) if change.proper else change.value
        return replace(change, value=own)
    if isinstance(change, AnotherValue) and change.proper:
        return replace(change, value=dict(cell.arguments(site)).get(change.place, ""))
    return change


def _renamed(value: str, first: Site, site: Site) -> str:
    return site.op if value == first.op else value


def _groups(sites: list[Site]) -> Iterator[tuple[str, list[Site]]]:
    """Sites that are written in one line: of all gates, or of all ways to one state."""
    by: dict[str, list[Site]] = defaultdict(list)
    for site in sites:
        letter = "" if site.flows else f" for d{Name.of(site.of).letter}"
        by[f"the gradient of {site.input}{letter} in every {site.kind.__name__}"].append(site)
        if site.carries:
            by[f"every gradient carried back to {site.source}"].append(site)
        elif site.flows:
            by[f"every gradient that goes back to {site.source} within its step"].append(site)
        gates = Name.of(site.op)
        if gates.gate:
            by[f"in every gate, the gradient of {site.input}{letter} at {gates.letter}"].append(site)
    seen: set[tuple[Site, ...]] = set()
    for title, group in by.items():
        if len(group) > 1 and tuple(group) not in seen:
            seen.add(tuple(group))
            yield title, group


def _exchanged_inputs(sites: list[Site]) -> Iterator[SweepMistake]:
    """The gradients of both inputs of a product, each in place of the other."""
    own: dict[str, list[Site]] = defaultdict(list)
    for site in sites:
        if site.flows and site.input not in site.kind.shared:
            own[site.op].append(site)
    for op, pair in own.items():
        for i, a in enumerate(pair):
            for b in pair[i + 1 :]:
                changes = ((a, Exchanged(b.input)), (b, Exchanged(a.input)))
                yield SweepMistake(f"the gradients of {a.of} and {b.of} at {op} are exchanged", changes)


def _sums(tape: Tape) -> Iterator[ParameterMistake]:
    """Wrong sums: of each parameter, of each letter, of the cell, of the readout, of all."""
    names = list(tape.uses)
    sets: dict[tuple[str, ...], str] = {(name,): f"d{name}" for name in names}
    letters: dict[str, list[str]] = defaultdict(list)
    for name in names:
        letters[Name.of(name).letter].append(name)
    for letter, own in letters.items():
        sets.setdefault(tuple(own), f"every d{letter}")
    recurrent = _recurrent(tape)
    sets.setdefault(tuple(n for n in names if n in recurrent), "every gradient of the cell")
    sets.setdefault(tuple(n for n in names if n not in recurrent), "every gradient of the readout")
    sets.setdefault(tuple(names), "every gradient")
    for parameters, title in sets.items():
        for wrong in WRONG_SUMS:
            weight = wrong.weight + (len(parameters) not in (1, len(names)))
            specs = tuple((name, wrong) for name in parameters)
            if parameters:
                yield ParameterMistake(f"{title} {wrong.words}", specs, weight)


def _recurrent(tape: Tape) -> set[str]:
    """Parameters that the state depends on."""
    states = {name for name, t in tape.by_place if t == 0}
    reaches: set[str] = set(states)
    while True:
        more = {s.of for s in tape.sites if s.op in reaches} - reaches
        if not more:
            return {name for name in tape.uses if name in reaches}
        reaches |= more


def _exchanged_parameters(tape: Tape) -> Iterator[ParameterMistake]:
    """Gradients of two parameters of one letter, or of all letters of two gates, exchanged."""
    names = list(tape.uses)
    of_gate: dict[str, list[str]] = defaultdict(list)
    for name in names:
        of_gate[Name.of(name).gate].append(name)
    for i, a in enumerate(names):
        for b in names[i + 1 :]:
            if Name.of(a).letter == Name.of(b).letter:
                exchanged = ((a, GradientOf(b)), (b, GradientOf(a)))
                yield ParameterMistake(f"d{a} and d{b} are exchanged", exchanged)
    gates = [gate for gate in of_gate if gate]
    for i, a in enumerate(gates):
        for b in gates[i + 1 :]:
            pairs = list(zip(of_gate[a], of_gate[b], strict=False))
            specs = tuple(s for p, q in pairs for s in ((p, GradientOf(q)), (q, GradientOf(p))))
            yield ParameterMistake(f"all gradients of the gates {a} and {b} are exchanged", specs)
