"""One backward sweep with mistakes in it, made again and again on a record that is refilled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from teachrnn.array import Array
from teachrnn.diagnosis.changes.change import Change
from teachrnn.diagnosis.mistake import Mistake, ParameterMistake, SweepMistake, WholeMistake
from teachrnn.diagnosis.reading import GradientOf, Spec, WrongTerm, counts, term
from teachrnn.diagnosis.site import timeless
from teachrnn.diagnosis.sweeps import Row
from teachrnn.diagnosis.tape import Edge, Tape
from teachrnn.diagnosis.wrong_sum import WrongSum
from teachrnn.errors import DomainError
from teachrnn.laboratory.refilled_trace import RefilledTrace
from teachrnn.laboratory.sweep_order import SweepOrder
from teachrnn.op import Value


@dataclass(frozen=True, eq=False)
class SiteOverTime:
    """One place of the graph at all time steps.

    Attributes
    ----------
    edges : list of Edge
        The place at each step, the first step first.
    arrays : list of ndarray
        The operands and the result over time, (T, ...); a parameter as it is.
    change : Change or None
        What is done wrong there.
    """

    edges: list[Edge]
    arrays: list[Array]
    change: Change | None

    @property
    def result(self) -> str:
        """The result of the operation, without its time."""
        return self.edges[0].site.op

    @property
    def of(self) -> str:
        """The value that is used there, without its time."""
        return self.edges[0].site.of

    def right(self, dy: Array) -> Array:
        """The right terms of all steps; of a parameter their sum."""
        return self.edges[0].gradient(dy, *self.arrays)


class MistakenSweep(Row):
    """What a backward pass with these mistakes gives for the numbers that a record holds now.

    The same as `mistaken_gradients`, which is made for small instances: there a matrix takes all
    gradients on the way to that of a parameter. Here the recurrence goes step by step, and what comes
    before and after it is done for all steps at once (`SweepOrder`).

    Parameters
    ----------
    refilled : RefilledTrace
        The record.
    mistakes : sequence of Mistake
        All are made at once; none is the right backward pass.
    """

    def __init__(self, refilled: RefilledTrace, mistakes: Sequence[Mistake] = ()) -> None:
        self.refilled, self.mistakes = refilled, tuple(mistakes)
        changes: dict[tuple[str, str], Change] = {}
        self._specs: dict[str, Spec] = {}
        losses = self.tape.trace.losses
        weights = [1.0] * len(losses)
        for mistake in mistakes:
            if isinstance(mistake, SweepMistake):
                changes |= mistake.edges
                weights = mistake.seeds(len(losses)) or weights
            elif isinstance(mistake, ParameterMistake):
                self._specs |= dict(mistake.specs)
        self._refuse_unknown(set(changes), set(self._specs))
        self._seeds: dict[str, Array] = {}
        for loss, weight in zip(losses, weights, strict=True):
            whole = refilled.steps[timeless(loss)]
            self._seeds.setdefault(timeless(loss), np.zeros_like(whole))[(loss.t or 1) - 1] = weight
        self._lay_out(changes)
        self._sums: dict[int, Array] = {}
        self._over_time: dict[str, Array] = {}
        self._sent: dict[Edge, Array] = {}
        self._stacked: set[str] = set()

    def _lay_out(self, changes: Mapping[tuple[str, str], Change]) -> None:
        """Order the places of the graph, once for all sweeps."""
        order = SweepOrder.of(self.tape, changes)
        self._early = set(order.first)
        sites: dict[tuple[str, str], list[Edge]] = {}
        for edge in reversed(self.tape.edges()):
            sites.setdefault((edge.site.op, edge.site.input), []).append(edge)
        flowing: dict[str, list[SiteOverTime]] = {}
        self._uses: dict[str, list[SiteOverTime]] = {}
        for place, edges in sites.items():
            edges.sort(key=lambda edge: edge.op.t or 0)
            arrays = [*self.refilled.operands(edges[-1].op), self.refilled.steps[place[0]]]
            site = SiteOverTime(edges, arrays, changes.get(place))
            kept = flowing.setdefault(site.result, []) if edges[0].site.flows else None
            (self._uses.setdefault(site.of, []) if kept is None else kept).append(site)
        self._first = [(name, flowing.get(name, [])) for name in order.first]
        self._last = [(name, flowing.get(name, [])) for name in order.last]
        self._steps = [
            (op.index, [(edge, changes.get((edge.site.op, edge.site.input))) for edge in edges])
            for op, edges in self.tape.steps
            if timeless(op) in order.steps
        ]
        self._remembers = any(
            type(change).portions is not Change.portions for change in changes.values()
        )

    # What a change asks, as of one `Row` --------------------------------------------------------

    @property
    def tape(self) -> Tape:
        """The record."""
        return self.refilled.tape

    def arrived(self, value: Value) -> Array | None:
        """The gradient that has arrived at a value so far."""
        found = self._sums.get(value.index)
        if found is None and value.t:
            whole = self._over_time.get(timeless(value))
            return None if whole is None else whole[value.t - 1]
        return found

    def sent_along(self, edge: Edge) -> Array | None:
        """What an edge has sent."""
        return self._sent.get(edge)

    # The sweep -----------------------------------------------------------------------------------

    def gradients(self, weight: float = 1.0) -> dict[str, Array]:
        """The gradient of every parameter.

        Parameters
        ----------
        weight : float
            What the loss is multiplied by.

        Returns
        -------
        dict
            Gradients by name of the parameter, each of the parameter's shape.

        Raises
        ------
        DomainError
            If a mistake cannot be made with these shapes.
        """
        self._go_back()
        found = {name: self._gradient(name, self._specs.get(name)) for name in self._uses}
        if weight != 1:
            found = {name: weight * d for name, d in found.items()}
        for mistake in self.mistakes:
            if isinstance(mistake, WholeMistake):
                found = mistake.done_to(found)
        return found

    def _go_back(self) -> None:
        self._sums, self._sent, self._stacked = {}, {}, set()
        self._over_time = {name: seed.copy() for name, seed in self._seeds.items()}
        self._all_steps_at_once(self._first)
        self._step_by_step()
        self._all_steps_at_once(self._last)

    def _all_steps_at_once(self, results: list[tuple[str, list[SiteOverTime]]]) -> None:
        whole = self._over_time
        for name, sites in results:
            for site in sites:
                dy = self.arrived_over_time(name)
                d = site.right(dy) if site.change is None else self._changed(site)
                whole[site.of] = whole[site.of] + d if site.of in whole else d

    def _changed(self, site: SiteOverTime) -> Array:
        assert site.change is not None
        terms = [site.change.send(self, edge) for edge in site.edges]
        if any(term is None for term in terms):
            raise self._impossible()
        return np.array(terms)

    def _step_by_step(self) -> None:
        sums = self._sums
        for number, edges in self._steps:
            dy = sums.get(number)
            if dy is None:
                op = edges[0][0].op if edges else None
                dy = None if op is None else self.arrived(op)
                if dy is None:
                    continue
                sums[number] = dy
            for edge, change in edges:
                d = edge.gradient(dy, *edge.arrays) if change is None else change.send(self, edge)
                if d is None:
                    raise self._impossible()
                before = self.arrived(edge.value)
                sums[edge.value.index] = d if before is None else before + d
                if self._remembers:
                    self._sent[edge] = d

    def arrived_over_time(self, name: str) -> Array:
        """What arrived at a result at all time steps in the last sweep; zeros where nothing did.

        Parameters
        ----------
        name : str
            The result without its time: ``h``.

        Returns
        -------
        ndarray
            The gradients, (T, ...).
        """
        if name not in self._early and name not in self._stacked:
            values = [self.tape.by_place[name, t] for t in range(1, self.tape.T + 1)]
            steps = [self.arrived(value) for value in values]
            empty = np.zeros_like(values[0].data)
            self._over_time[name] = np.array([empty if d is None else d for d in steps])
            self._stacked.add(name)
        found = self._over_time.get(name)
        return np.zeros_like(self.refilled.steps[name]) if found is None else found

    def _gradient(self, name: str, spec: Spec | None) -> Array:
        """The gradient of a parameter, rightly formed from what arrived, or wrongly."""
        shape = self.refilled.parameters[name].shape
        if isinstance(spec, GradientOf):
            d = self._gradient(spec.parameter, None)
        elif isinstance(spec, WrongTerm):
            d = self._wrong_terms(name, spec)
        else:
            d = self._sum(name, spec)
        if d.shape != shape:
            raise self._impossible()
        return d

    def _sum(self, name: str, spec: WrongSum | None) -> Array:
        """The terms of all time steps in one product; each may count otherwise than once."""
        total: Array | None = None
        for site in self._uses[name]:
            dy = self.arrived_over_time(site.result)
            if spec is not None:
                steps: list[int | None] = [edge.op.t for edge in site.edges]
                times = counts(self.tape, spec, steps, dy.shape[1])
                dy = dy * times.astype(dy.dtype).reshape(-1, *(1,) * (dy.ndim - 1))
            d = site.right(dy)
            total = d if total is None else total + d
        assert total is not None
        return total.T if spec is not None and spec.transposed else total

    def _wrong_terms(self, name: str, spec: WrongTerm) -> Array:
        total = np.zeros_like(self.refilled.parameters[name])
        for edge in self.tape.uses[name]:
            source, local = term(self.tape, edge, spec)
            if local is None:
                raise self._impossible()
            if source is not None:
                dy = self.arrived(source)
                d = local(np.zeros_like(source.data) if dy is None else dy)
                if d.shape != total.shape:
                    raise self._impossible()
                total += d
        return total

    def _refuse_unknown(self, places: set[tuple[str, str]], parameters: set[str]) -> None:
        """A mistake of another cell would change nothing, and pass for right code."""
        known = {(site.op, site.input) for site in self.tape.sites}
        if not (places <= known and parameters <= set(self.tape.uses)):
            titles = "; ".join(mistake.title for mistake in self.mistakes)
            raise DomainError(
                f"the network has no place for this mistake: {titles}. The mistakes of a cell are made"
                " in a network of one layer of that cell."
            )

    def _impossible(self) -> DomainError:
        titles = "; ".join(mistake.title for mistake in self.mistakes)
        return DomainError(
            f"the mistake cannot be made on this network, whose shapes do not allow it: {titles}."
        )
