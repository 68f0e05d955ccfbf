"""A place where a backward pass can go wrong: one input of one operation, at every step alike."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from teachrnn.formulas.name import Name
from teachrnn.op import Op, Value


@dataclass(frozen=True)
class Site:
    """One input of one operation of a cell, whatever the time step.

    Attributes
    ----------
    op : str
        The operation, by the name of its result without the time: ``r_f``.
    input : str
        The input, as the operation's class calls it: ``x``.
    kind : type of Op
        The operation's class.
    of : str
        The value that is used there, without the time: ``h``.
    back : int or None
        How many steps before its use the value was made: 1 for a state that is carried from step to
        step, 0 within a step; None for a parameter, which belongs to none.
    operands : tuple of str
        The operands with their steps as they stand in formulas: ``("h[t-1]", "W", "b")``.
    """

    op: str
    input: str
    kind: type[Op]
    of: str
    back: int | None
    operands: tuple[str, ...]

    @classmethod
    def at(cls, op: Op, place: int) -> Site:
        """The site of one operand of a recorded operation."""
        value = op.operands[place]
        shared = value.role == "parameter" or op.t is None or value.t is None
        back = None if shared else op.t - value.t  # type: ignore[operator]
        operands = tuple(_relative(v, op.t) for v in op.operands)
        return cls(timeless(op), op.inputs[place], type(op), timeless(value), back, operands)

    @property
    def result(self) -> str:
        """The result with its step: ``r[t]``."""
        return f"{self.op}[t]"

    @property
    def source(self) -> str:
        """The value that is used, with its step: ``h[t-1]``."""
        return self.operands[self.place]

    @property
    def names(self) -> dict[str, str]:
        """What the letters of the operation's class stand for here."""
        return {**dict(zip(self.kind.inputs, self.operands, strict=True)), self.kind.output: self.result}

    @property
    def place(self) -> int:
        """Which operand it is, counted from 0."""
        return self.kind.inputs.index(self.input)

    @property
    def flows(self) -> bool:
        """Whether a gradient goes on from here to an earlier operation; else it is a parameter's."""
        return self.back is not None

    @property
    def carries(self) -> bool:
        """Whether the gradient goes on to an earlier time step."""
        return bool(self.back)

    @property
    def matrices(self) -> tuple[int, ...]:
        """Places of the shared operands: weights."""
        return tuple(i for i, name in enumerate(self.kind.inputs) if name in self.kind.shared)

    @property
    def squashes(self) -> bool:
        """Whether the operation is a function of each number by itself, such as tanh."""
        return is_squashing(self.kind)  # type: ignore[arg-type]  # a class is hashable

    def __str__(self) -> str:
        return f"{self.op}.{self.input}"


@lru_cache
def is_squashing(kind: type[Op]) -> bool:
    """Whether an operation is a function of each number by itself.

    Examples
    --------
    >>> from teachrnn import Softmax, Tanh
    >>> is_squashing(Tanh), is_squashing(Softmax)
    (True, False)
    """
    if [kind.shape_rule.output] != list(kind.shape_rule.inputs) or len(kind.shape_rule.output) != 1:
        return False
    both = np.array([0.3, 0.7])
    return bool(np.array_equal(kind.forward(both)[:1], kind.forward(both[:1])))


def _relative(value: Value, t: int | None) -> str:
    name = timeless(value)
    if value.t is None or t is None:
        return name
    back = t - value.t
    return f"{name}[t]" if back == 0 else f"{name}[t{-back:+d}]"


def timeless(value: Value) -> str:
    """The name of a value without its time step: ``W_f`` for itself, ``h`` for ``h[3]``.

    Examples
    --------
    >>> from teachrnn import Trace
    >>> timeless(Trace().input("h[3]", [0.0]))
    'h'
    """
    return _timeless(value.name)


@lru_cache(maxsize=8192)
def _timeless(name: str) -> str:
    return str(Name.of(name).at(None))
