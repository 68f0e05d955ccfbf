"""The records that make up a story: its steps, and the arrays that they show."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from teachrnn.array import Array
from teachrnn.formulas import Equation, Letter
from teachrnn.op import Op
from teachrnn.views.program import LinesOfStep

Phase = Literal["forward", "turn", "backward"]


@dataclass(frozen=True, eq=False)
class Given:
    """The reader's own numbers for a quantity.

    Attributes
    ----------
    data : ndarray
        The numbers, in the quantity's shape.
    differs : ndarray of bool
        Which of them differ from the right ones.
    note : str
        How they were obtained, if they were not passed in directly.
    """

    data: Array
    differs: Array
    note: str = ""

    @property
    def wrong(self) -> bool:
        """Whether any of them differs."""
        return bool(self.differs.any())

    def __str__(self) -> str:
        """The comparison in a few words.

        Examples
        --------
        >>> import numpy as np
        >>> print(Given(np.array([1.0, 2.0]), np.array([False, True])))
        ≠ yours: 1 of 2 differs
        """
        count, size = int(self.differs.sum()), self.differs.size
        if not count:
            words = "= yours"
        elif size == 1:
            words = "≠ yours differs"
        else:
            words = f"≠ yours: {count} of {size} {'differs' if count == 1 else 'differ'}"
        return f"{words}, {self.note}" if self.note else words


@dataclass(frozen=True, eq=False)
class Quantity:
    """An array in the story: a value, or the gradient of the loss with respect to one.

    Attributes
    ----------
    name : str
        Its plain name: ``h[3]``, its gradient ``dh[3]``, or the immediate part of that gradient that
        comes through one use, ``∂h[3] via o[3]``.
    letter : Letter
        Its name, as in formulas.
    kind : {"value", "gradient"}
        Which of the two colour scales it has.
    data : ndarray
        Its numbers.
    note : str
        What distinguishes it here: "from the output", "sum so far" ...
    made : Made, optional
        How it came about; None for what was given.
    yours : Given, optional
        The reader's own numbers, if given; see `Yours`.
    """

    name: str
    letter: Letter
    kind: Literal["value", "gradient"]
    data: Array
    note: str = ""
    made: Made | None = None
    yours: Given | None = None


@dataclass(frozen=True, eq=False)
class Made:
    """How a quantity was made: by an operation's formula from some letters, or as a sum of parts.

    Attributes
    ----------
    op : Op, optional
        The recorded application whose formula made it.
    input : str, optional
        The input whose gradient formula it was; None for the forward formula.
    letters : dict
        The formula's letters and what they stand for here.
    parts : list of Quantity
        For a sum, what was added, in order.
    """

    op: Op | None = None
    input: str | None = None
    letters: dict[str, Quantity] = field(default_factory=dict)
    parts: list[Quantity] = field(default_factory=list)


@dataclass(frozen=True, eq=False)
class Outcome:
    """What a step produces: quantities that belong to one formula.

    In the forward direction the result; in the backward direction, for each input, the part of its
    gradient that comes through this operation and, if others have arrived before, their sum.
    """

    formula: Equation
    target: int
    quantities: list[Quantity]


@dataclass(frozen=True, eq=False)
class StoryStep:
    """One step of the story.

    Attributes
    ----------
    phase : {"forward", "turn", "backward"}
        Direction.
    t : int or None
        Time step.
    node : int or None
        Index of the value at which it happens.
    op : str
        Name of the operation.
    title : str
        The technical line, such as ``h[3] = Tanh(a[3])``.
    heading : str
        The step as a student would say it: ``tanh squashes a₃ into h₃``. It tells no result.
    sentence : str
        What it means here, in plain words, with numbers of this trace.
    operands : list of Quantity
        What goes in.
    outcomes : list of Outcome
        What comes out.
    code : str
        The line of code that recorded it.
    lines : LinesOfStep or None
        The lines of NumPy that a student would write for it, in their program.
    edges : list of (int, int)
        The edges that the step runs along, each from a value to the operation that used it.
    """

    phase: Phase
    t: int | None
    node: int | None
    op: str
    title: str
    heading: str
    sentence: str
    operands: list[Quantity]
    outcomes: list[Outcome]
    code: str = ""
    lines: LinesOfStep | None = None
    edges: list[tuple[int, int]] = field(default_factory=list)

    @property
    def differing(self) -> list[Quantity]:
        """The results, and the values first used here, that differ from the reader's own."""
        made = [q for outcome in self.outcomes for q in outcome.quantities]
        given = [q for q in self.operands if q.made is None]
        return [q for q in (*made, *given) if q.yours is not None and q.yours.wrong]
