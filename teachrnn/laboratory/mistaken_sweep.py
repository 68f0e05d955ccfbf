"""One backward sweep with mistakes in it, made again and again on a record that is refilled."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from teachrnn.array import Array
from teachrnn.diagnosis.changes.change import Change
from teachrnn.diagnosis.mistake import Mistake, ParameterMistake, SweepMistake, WholeMistake
from teachrnn.diagnosis.reading import GradientOf, Spec, WrongTerm, counts, term
from teachrnn.diagnosis.sweeps import Row
from teachrnn.diagnosis.tape import Edge, Tape
from teachrnn.diagnosis.wrong_sum import WrongSum
from teachrnn.errors import DomainError
from teachrnn.laboratory.refilled_trace import RefilledTrace
from teachrnn.op import Value


class MistakenSweep(Row):
    """What a backward pass with these mistakes gives for the numbers that a record holds now.

    The same as `mistaken_gradients`, which is made for small instances: there every parameter's
    gradient is a matrix of its size times that of all gradients on the way.

    Parameters
    ----------
    refilled : RefilledTrace
        The record.
    mistakes : sequence of Mistake
        All are made at once; none is the right backward pass.

    Attributes
    ----------
    sums : dict
        The gradients that arrived at each result in the last sweep, by its index.
    """

    def __init__(self, refilled: RefilledTrace, mistakes: Sequence[Mistake] = ()) -> None:
        self.refilled, self.mistakes = refilled, tuple(mistakes)
        self.sums: dict[int, Array] = {}
        self._sent: dict[Edge, Array] = {}
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
        self._seeds = [
            (loss.index, np.full(loss.shape, w, loss.data.dtype))
            for loss, w in zip(losses, weights, strict=True)
        ]
        self._steps = [
            (op.index, [(edge, changes.get((edge.site.op, edge.site.input))) for edge in edges])
            for op, edges in self.tape.steps
        ]
        self._remembers = any(
            type(change).portions is not Change.portions for change in changes.values()
        )

        self._refuse_unknown(set(changes), set(self._specs))

    @property
    def tape(self) -> Tape:
        """The record."""
        return self.refilled.tape

    def arrived(self, value: Value) -> Array | None:
        """The gradient that has arrived at a value so far."""
        return self.sums.get(value.index)

    def sent_along(self, edge: Edge) -> Array | None:
        """What an edge has sent."""
        return self._sent.get(edge)

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
        stacked: dict[str, Array] = {}
        found = {name: self._gradient(name, self._specs.get(name), stacked) for name in self.tape.uses}
        if weight != 1:
            found = {name: weight * d for name, d in found.items()}
        for mistake in self.mistakes:
            if isinstance(mistake, WholeMistake):
                found = mistake.done_to(found)
        return found

    def _go_back(self) -> None:
        sums = self.sums = dict(self._seeds)
        self._sent = {}
        for number, edges in self._steps:
            dy = sums.get(number)
            if dy is None:
                continue
            for edge, change in edges:
                d = edge.gradient(dy, *edge.arrays) if change is None else change.send(self, edge)
                if d is None:
                    raise self._impossible()
                index = edge.value.index
                before = sums.get(index)
                sums[index] = d if before is None else before + d
                if self._remembers:
                    self._sent[edge] = d

    def _gradient(self, name: str, spec: Spec | None, stacked: dict[str, Array]) -> Array:
        """The gradient of a parameter, rightly formed from what arrived, or wrongly."""
        shape = self.refilled.parameters[name].shape
        if isinstance(spec, GradientOf):
            d = self._gradient(spec.parameter, None, stacked)
        elif isinstance(spec, WrongTerm):
            d = self._wrong_terms(name, spec)
        else:
            d = self._sum(name, spec, stacked)
        if d.shape != shape:
            raise self._impossible()
        return d

    def _sum(self, name: str, spec: WrongSum | None, stacked: dict[str, Array]) -> Array:
        """The terms of all time steps in one product; each may count otherwise than once."""
        edges = self.tape.uses[name]
        B = len(edges[0].op.data)
        total: Array | None = None
        for use in dict.fromkeys(edge.site for edge in edges):
            edge = next(e for e in edges if e.site == use)
            if use.op not in stacked:
                stacked[use.op] = self._over_time(use.op)
            dy = stacked[use.op]
            if spec is not None:
                times = counts(self.tape, spec, list(range(1, self.tape.T + 1)), B)
                dy = dy * times.astype(dy.dtype).reshape(-1, *(1,) * (dy.ndim - 1))
            arrays = [*self.refilled.operands(edge.op), self.refilled.steps[use.op]]
            d = edge.gradient(dy, *arrays)
            total = d if total is None else total + d
        assert total is not None
        return total.T if spec is not None and spec.transposed else total

    def _over_time(self, name: str) -> Array:
        """What arrived at a result at all time steps."""
        found = []
        for t in range(1, self.tape.T + 1):
            value = self.tape.by_place[name, t]
            d = self.sums.get(value.index)
            found.append(np.zeros_like(value.data) if d is None else d)
        return np.array(found)

    def _wrong_terms(self, name: str, spec: WrongTerm) -> Array:
        total = np.zeros_like(self.refilled.parameters[name])
        for edge in self.tape.uses[name]:
            source, local = term(self.tape, edge, spec)
            if local is None:
                raise self._impossible()
            if source is not None:
                dy = self.sums.get(source.index)
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
