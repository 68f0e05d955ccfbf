"""The role of each value of a trace (state, gate, candidate, scores), read off the graph.

A state is what one time step hands to the next. A gate is squashed into (0, 1) and multiplies
something. A candidate is squashed and then multiplied by a gate. So a reader's own cell, with its own
letters, is explained in the same words as those of the library.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Literal

import numpy as np

from teachrnn.formulas.name import Name
from teachrnn.op import Op, Value
from teachrnn.ops import (
    Add,
    CrossEntropy,
    Embedding,
    Interpolate,
    Multiply,
    Softmax,
    SoftmaxCrossEntropy,
)
from teachrnn.trace import Trace

LONGEST_WAY = 8
"""Operations between a product of weights and the function that squashes it, at most."""


@dataclass(frozen=True)
class GateUse:
    """What a gate is for.

    Attributes
    ----------
    kind : {"keep", "write", "show", "reset", "mix", "pass"}
        It keeps of an old state, writes of a candidate, shows of a state, resets what a candidate sees
        of the past, mixes an old state with a candidate; or lets pass what is none of these.
    gate, other : Value
        The gate, and what it multiplies; for "mix", the old state.
    result : Op
        What comes out.
    """

    kind: Literal["keep", "write", "show", "reset", "mix", "pass"]
    gate: Value
    other: Value
    result: Op


class Structure:
    """The roles of the values of a trace.

    Parameters
    ----------
    trace : Trace
        The record.

    Examples
    --------
    >>> from teachrnn import CharRNN
    >>> model = CharRNN(hidden=2, symbols=3, cell="lstm", rng=np.random.default_rng(0))
    >>> trace = model.record([0, 1], [1, 2])
    >>> structure = Structure(trace)
    >>> sorted(structure.states)
    ['h', 's']
    >>> structure.gate_use(trace["f[2]"]).kind, structure.part(structure.aim(trace["r_g[2]"]))
    ('keep', 'candidate')
    """

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.users: dict[int, list[Op]] = defaultdict(list)
        for op in trace.ops:
            for operand in dict.fromkeys(op.operands):
                self.users[operand.index].append(op)
        self.states = {timeless(v) for op in trace.ops for v in op.operands if is_earlier(v, op)}
        self._gate_uses: dict[int, GateUse | None] = {}

    def is_state(self, value: Value) -> bool:
        """Whether time steps hand it on, or the first of them starts from it."""
        return value.t is not None and timeless(value) in self.states

    def state_at(self, state: Value, t: int | None) -> Value | None:
        """The same state at another time step, if it was recorded."""
        name = str(Name.of(state.name).at(t))
        return self.trace[name] if name in self.trace else None  # noqa: SIM401  # a trace is no dict

    def goes_on(self, state: Value) -> bool:
        """Whether a later time step uses it."""
        return any(is_earlier(state, user) for user in self.users[state.index])

    def old_state(self, value: Value, t: int | None) -> Value | None:
        """The earlier state that a value is, or is a share of: what a reset gate left, say."""
        if t is None:
            return None
        if value.t is not None and value.t < t:
            return value
        if isinstance(value, Multiply):
            return next((v for v in value.operands if v.t is not None and v.t < t), None)
        return None

    # Squashed values -------------------------------------------------------------------------

    def aim(self, value: Value) -> Op | None:
        """The squashed value that a sum, or a part of a sum, becomes: f[3] for r_f[3]."""
        for _ in range(LONGEST_WAY):
            if len(self.users[value.index]) != 1:
                return None
            (user,) = self.users[value.index]
            if user.t != value.t and value.t is not None:
                return None
            if squashes(type(user)):
                return user
            gated = isinstance(user, Multiply) and any(
                self.is_gate(v) for v in user.operands if v is not value
            )
            if not (isinstance(user, Add) or gated):
                return None
            value = user
        return None

    def sum_of(self, value: Value) -> Value | None:
        """The argument of the squashing function that a part becomes: a_f[3] for r_f[3]."""
        squashed = self.aim(value)
        return None if squashed is None else squashed.operands[0]

    def is_gate(self, value: Value) -> bool:
        """Whether it opens and closes something."""
        return self.gate_use(value) is not None

    def part(self, squashed: Op | None) -> Literal["state", "gate", "candidate", ""]:
        """What a squashed value is."""
        if squashed is None:
            return ""
        if self.is_state(squashed):
            return "state"
        if self.is_gate(squashed):
            return "gate"
        return "candidate" if self.gate_of(squashed) and not self.is_shown(squashed) else ""

    def is_shown(self, squashed: Op) -> bool:
        """Whether it is a squashed copy of a state."""
        return self.is_state(squashed.operands[0])

    def gate_of(self, value: Value) -> Value | None:
        """The gate that decides how much of a value is used."""
        for user in self.users[value.index]:
            if isinstance(user, Interpolate) and user.operands[0] is not value:
                return user.operands[0]
            if isinstance(user, Multiply):
                for other in user.operands:
                    if other is not value and opens(other):
                        return other
        return None

    def gate_use(self, gate: Value) -> GateUse | None:
        """What a gate is for; None for what is none."""
        if gate.index not in self._gate_uses:
            self._gate_uses[gate.index] = self._use_of_gate(gate)
        return self._gate_uses[gate.index]

    def _use_of_gate(self, gate: Value) -> GateUse | None:
        if not opens(gate):
            return None
        for user in self.users[gate.index]:
            if isinstance(user, Interpolate) and user.operands[0] is gate:
                return GateUse("mix", gate, user.operands[2], user)
            if isinstance(user, Multiply):
                others = [v for v in user.operands if v is not gate]
                if others and not (opens(others[0]) and user.operands[0] is not gate):
                    return self._product(gate, others[0], user)
        return None

    def _product(self, gate: Value, other: Value, result: Op) -> GateUse:
        into_state = self.is_state(result) or any(
            isinstance(user, Add) and self.is_state(user) for user in self.users[result.index]
        )
        past = is_earlier(other, result)
        if past and into_state:
            return GateUse("keep", gate, other, result)
        if into_state and isinstance(other, Op) and squashes(type(other)):
            return GateUse("show" if self.is_shown(other) else "write", gate, other, result)
        if into_state and self.is_state(other):
            return GateUse("show", gate, other, result)
        reads = [v for v in other.operands if is_earlier(v, result)] if isinstance(other, Op) else []
        if past or reads:
            return GateUse("reset", gate, other, result)
        return GateUse("pass", gate, other, result)

    # What is read, and what is expected ------------------------------------------------------

    @cached_property
    def read(self) -> dict[int, Value]:
        """The symbol, or the symbols of a batch, that each time step reads."""
        found: dict[int, Value] = {}
        for op in self.trace.ops:
            if isinstance(op, Embedding) and op.t is not None and op.operands[0].t == op.t:
                found.setdefault(op.t, op.operands[0])
        return found

    @cached_property
    def surprises(self) -> dict[int, Op]:
        """The loss of each time step at which a symbol is to be predicted."""
        losses = [v for v in self.trace.losses if isinstance(v, CrossEntropy | SoftmaxCrossEntropy)]
        return {v.t: v for v in losses if v.t is not None}

    def scores(self, value: Value) -> bool:
        """Whether it scores the symbols, one number for each."""
        return any(
            isinstance(user, Softmax | SoftmaxCrossEntropy) and user.operands[0] is value
            for user in self.users[value.index]
        )

    def expects(self, op: Op) -> bool:
        """Whether it is the surprise at what comes next."""
        return isinstance(op, CrossEntropy | SoftmaxCrossEntropy)

    def is_readout(self, op: Op) -> bool:
        """Whether it is read out of a state, and no later step depends on it."""
        return (
            any(self.is_state(v) and v.t == op.t for v in op.operands)
            and self.aim(op) is None
            and not self.is_state(op)
        )


def timeless(value: Value) -> str:
    """A name without its time step."""
    return str(Name.of(value.name).at(None))


def is_earlier(value: Value, than: Value) -> bool:
    """Whether a value belongs to an earlier time step than another."""
    return value.t is not None and than.t is not None and value.t < than.t


def opens(value: Value) -> bool:
    """Whether it was squashed into (0, 1), as the openings of a gate are."""
    return isinstance(value, Op) and squashes(type(value)) and _from_0_to_1(type(value))  # type: ignore[arg-type]


def squashes(op: type[Op]) -> bool:
    """Whether an operation takes one vector and does the same to each of its entries."""
    return _squashes(op)  # type: ignore[arg-type]  # a class is hashable


@lru_cache(maxsize=256)
def _squashes(op: type[Op]) -> bool:
    if len(op.inputs) != 1 or op.shape_rule.inputs[0] != op.shape_rule.output:
        return False
    try:
        together = _applied(op, _PROBES)
        alone = np.concatenate([_applied(op, _PROBES[i : i + 1]) for i in range(_PROBES.size)])
    except Exception:  # whatever an author's function raises at numbers that it was not made for
        return False
    return bool(np.allclose(together, alone, equal_nan=True))


@lru_cache(maxsize=256)
def _from_0_to_1(op: type[Op]) -> bool:
    found = _applied(op, _PROBES)
    return bool(np.all((found >= 0) & (found <= 1)) and found.max() > 0.99 and found.min() < 0.01)


_PROBES = np.array([-30.0, -1.5, 0.25, 1.0, 30.0])
"""Numbers at which an operation is tried, to see what it does."""


def _applied(op: type[Op], x: Any) -> Any:
    with np.errstate(all="ignore"):
        return np.asarray(op.forward(x))
