"""What backpropagation has found: the terms of every gradient, and their sums."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from teachrnn.application import applied
from teachrnn.array import Array
from teachrnn.copying import CopiedWhole
from teachrnn.op import Op, Value


@dataclass(frozen=True, eq=False)
class Term:
    """One summand of a gradient: what one use of a value, by one operation, contributes.

    Attributes
    ----------
    user : Op
        The operation that used the value.
    input : str
        Under which input name.
    dy : ndarray
        Gradient of the loss with respect to that operation's output.

    Examples
    --------
    >>> from teachrnn import CharRNN, backpropagate
    >>> model = CharRNN(hidden=3, symbols=4, rng=np.random.default_rng(0))
    >>> sweep = backpropagate(model.record([0, 1], targets=[1, 2]))
    >>> [(term.user.name, term.gradient.shape) for term in sweep.terms("W")]
    [('r[2]', (3, 3)), ('r[1]', (3, 3))]
    """

    user: Op
    input: str
    dy: Array

    @property
    def value(self) -> Value:
        """The value whose gradient this is a part of."""
        return self.user.operands[self.user.inputs.index(self.input)]

    @property
    def gradient(self) -> Array:
        """The summand itself, computed on demand."""
        return self.user.gradient_for(self.input, self.dy)


@dataclass(frozen=True, eq=False)
class Arrival:
    """A part of a gradient as it arrived at its value, with the running sum before and after it.

    Attributes
    ----------
    term : Term
        Which use sent it.
    part : ndarray
        The part itself.
    before : ndarray or None
        The sum of what had arrived before; None for the first part.
    sum : ndarray
        Both added. For the last arrival, the gradient itself.

    Examples
    --------
    >>> from teachrnn import CharRNN, backpropagate
    >>> model = CharRNN(hidden=3, symbols=4, rng=np.random.default_rng(0))
    >>> sweep = backpropagate(model.record([0, 1], targets=[1, 2]))
    >>> [(a.term.user.name, a.before is None) for a in sweep.arrivals("b")]
    [('r[2]', True), ('r[1]', False)]
    """

    term: Term
    part: Array
    before: Array | None
    sum: Array


class Gradients(CopiedWhole):
    """Gradients of a trace's values, as far as a sweep has come.

    Attributes
    ----------
    seeds : dict
        Where the sweep begins: the gradient of L with respect to each loss by itself, by index.
    sums : dict
        Gradients of results, by index of the value: running sums of what has arrived.
    uses : dict
        By index of the value, (operation, input name) of every use that has sent a term, in the
        order of arrival.

    Examples
    --------
    >>> from teachrnn import CharRNN, backpropagate
    >>> model = CharRNN(hidden=3, symbols=4, rng=np.random.default_rng(0))
    >>> trace = model.record([0, 1], targets=[1, 2])
    >>> _ = backpropagate(trace)
    >>> trace.gradients.gradient(trace["b"]).shape
    (3,)
    """

    def __init__(self) -> None:
        self.seeds: dict[int, Array] = {}
        self.sums: dict[int, Array] = {}
        self.uses: dict[int, list[tuple[Op, str]]] = defaultdict(list)
        self._stacks: dict[tuple[int, ...], StackedUses | None] = {}

    def start(self, loss: Value) -> None:
        """Count a loss once: its entries are summed into L, so the gradient of each is 1.

        Parameters
        ----------
        loss : Value
            A value whose entries are summed into L.
        """
        seed = np.ones(loss.shape, dtype=loss.data.dtype)
        d = self.sums.get(loss.index, 0) + seed
        d.setflags(write=False)
        self.seeds[loss.index] = self.sums[loss.index] = d

    def terms(self, value: Value) -> list[Term]:
        """The summands of a value's gradient, one per use, in the order of arrival.

        Parameters
        ----------
        value : Value
            A value of the trace.

        Returns
        -------
        list of Term
            One term for each use that has been reached.
        """
        return [Term(user, name, self.sums[user.index]) for user, name in self.uses.get(value.index, ())]

    def arrivals(self, value: Value) -> Iterator[Arrival]:
        """The parts of a value's gradient in the order of arrival, each with the running sum.

        The parts are added one after another. Those of a leaf are also added in one product
        (`gradient`), which rounds differently in the last bits: the last sum is that gradient.

        Parameters
        ----------
        value : Value
            A value of the trace.

        Yields
        ------
        Arrival
            A part, with the sum before it and after it.
        """
        terms = self.terms(value)
        before = self.seeds.get(value.index)
        for count, term in enumerate(terms, start=1):
            part = term.gradient
            so_far = self.gradient(value) if count == len(terms) else None
            if so_far is None:
                so_far = part if before is None else before + part
            yield Arrival(term, part, before, so_far)
            before = so_far

    def gradient(self, value: Value) -> Array | None:
        """Gradient of the loss with respect to a value; None if the sweep has not reached it.

        That of a result belongs to the record and is read-only. For a leaf it is computed now, from its
        terms, and belongs to the caller.

        Parameters
        ----------
        value : Value
            A value of the trace.

        Returns
        -------
        ndarray or None
            The gradient, of the value's shape.
        """
        so_far = self.sums.get(value.index)
        uses = self.uses.get(value.index)
        if value.role == "result" or not uses:
            return so_far
        d = self._sum(uses)
        if so_far is not None:
            return so_far + d
        return d if d.flags.writeable else d.copy()  # a sum of one term may be the very array of dy

    def _sum(self, uses: list[tuple[Op, str]]) -> Array:
        """Add up the terms of a leaf, in one product over all of its uses where that is possible.

        Operations sum over leading axes, so uses by the same operation are stacked along a new
        leading axis (time) and their gradient is computed once: the same derivative, one call.
        """
        first, name = uses[0]
        if name in first.shared and {own for _, own in uses} == {name}:
            stack = self._stack([user for user, _ in uses])
            gradient = first.gradient_methods[name]
            if stack is not None and gradient is not None:
                handed = [stack.dy, *stack.arrays, stack.y]
                shape = first.operands[first.inputs.index(name)].shape
                return applied(gradient, handed, shape, first, name)
        total: Array | None = None
        for user, own in uses:
            d = user.gradient_for(own, self.sums[user.index])
            total = d if total is None else total + d
        assert total is not None
        return total

    def _stack(self, users: list[Op]) -> StackedUses | None:
        """Several uses as one, along a leading axis; None if they differ in more than numbers."""
        key = tuple([user.index for user in users])
        if key not in self._stacks:
            alike = _alike(users)
            self._stacks[key] = StackedUses.of(users, [self.sums[i] for i in key]) if alike else None
        return self._stacks[key]


@dataclass(frozen=True, eq=False)
class StackedUses:
    """Gradients, operands and results of several uses, stacked; shared operands as they are."""

    dy: Array
    arrays: list[Array]
    y: Array

    @classmethod
    def of(cls, users: list[Op], dys: list[Array]) -> StackedUses:
        """Stack the uses."""
        first = users[0]
        arrays = [
            value.data if own in first.shared else _stacked([user.operands[i].data for user in users])
            for i, (own, value) in enumerate(zip(first.inputs, first.operands, strict=True))
        ]
        return cls(_stacked(dys), arrays, _stacked([user.data for user in users]))


def _stacked(arrays: list[Array]) -> Array:
    """Arrays of one shape along a new first axis, read-only; several times faster than numpy.stack."""
    first = arrays[0]
    if first.ndim == 0:
        stacked = np.array(arrays)
    else:
        stacked = np.concatenate(arrays).reshape(len(arrays), *first.shape)
    stacked.setflags(write=False)
    return stacked


def _alike(users: list[Op]) -> bool:
    """Whether uses share operation, shapes and shared operands, and so differ in numbers only."""
    first = users[0]
    binding = first.binding
    for user in users:
        if user.binding is not binding:
            return False
    leading = set()  # how many leading axes; an operand with fewer would be broadcast over time
    for i, own in enumerate(first.inputs):
        operand = first.operands[i]
        if own not in first.shared:
            leading.add(operand.data.ndim - len(first.shape_rule.inputs[i]))
            continue
        for user in users:
            if user.operands[i] is not operand:
                return False
    return len(leading) <= 1
