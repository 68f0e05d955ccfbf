"""The outline of an unrolled graph: of each time step only what the story is about."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from teachrnn.formulas.name import Name
from teachrnn.op import Op, Value
from teachrnn.trace import Trace
from teachrnn.views.story.layout import grid


@dataclass(frozen=True)
class OutlineEdge:
    """A way from one value of the outline to the next, through operations that are not in it.

    Attributes
    ----------
    source, target : int
        Values, by their index in the trace.
    through : tuple of int
        The operations that use the source on this way. What comes back from them adds up to the
        gradient that comes back along the edge.
    """

    source: int
    target: int
    through: tuple[int, ...]


@dataclass(frozen=True)
class Outline:
    """Which values stand for a whole time step, and how they hang together.

    What a step hands on to the next (its states), what it reads, what it predicts and its loss are in
    the outline; a vanilla cell's pre-activation is too, as that is where the past enters. A
    trace in which nothing is handed on has no outline: everything in it is shown.

    Attributes
    ----------
    rows : dict
        Height of each value of the outline, from 0 for what is read, by its index in the trace.
    owner : dict
        For every operation the value of the outline that it contributes to first, itself if it is one.
    edges : list of OutlineEdge
        The ways between them.

    Examples
    --------
    >>> import numpy as np
    >>> from teachrnn import CharRNN
    >>> trace = CharRNN(hidden=2, symbols=3, rng=np.random.default_rng(0)).record([0, 1], [1, 2])
    >>> outline = Outline.of(trace)
    >>> [name for i in outline.rows if (name := trace.values[i].name).endswith("[1]")]
    ['x[1]', 'a[1]', 'h[1]', 'o[1]', 'L[1]']
    >>> trace.values[outline.owner[trace["r[2]"].index]].name
    'a[2]'
    """

    rows: dict[int, int]
    owner: dict[int, int]
    edges: list[OutlineEdge]

    @classmethod
    def of(cls, trace: Trace) -> Outline:
        """The outline of a trace.

        Parameters
        ----------
        trace : Trace
            The record; without time steps, or where no step uses what another made, all of it.

        Returns
        -------
        Outline
            The outline.
        """
        users: dict[int, list[Op]] = defaultdict(list)
        for op in trace.ops:
            for operand in op.operands:
                users[operand.index].append(op)
        place = grid(trace)
        shown = _shown(trace, users) & place.keys()
        heights = sorted({place[index].row for index in shown})
        owner = _owners(trace, users, shown)
        return cls(
            {index: heights.index(place[index].row) for index in sorted(shown)},
            owner,
            _edges(trace, shown, owner),
        )


def _shown(trace: Trace, users: dict[int, list[Op]]) -> set[int]:
    kinds = {kind for value in trace.values if (kind := _carried(value, users)) is not None}
    if not kinds:
        return {v.index for v in trace.values if v.role != "parameter"}
    states = [v for v in trace.values if v.t is not None and _kind(v) in kinds]
    read = [v for v in trace.values if v.role == "input" and v.t is not None and not _judges(v, users)]
    scores = [v for loss in trace.losses if isinstance(loss, Op) for v in loss.operands]
    predicted = [v for v in scores if v.role == "result" and v.data.dtype.kind == "f"]
    entered = [] if any(Name.of(v.name).layer for v in states) else [*map(_entered, states)]
    found = [*states, *read, *predicted, *trace.losses, *filter(None, entered)]
    return {v.index for v in found}


def _carried(value: Value, users: dict[int, list[Op]]) -> Name | None:
    """What a value is called at every step, if a later step uses it."""
    later = any(u.t is not None and value.t is not None and u.t > value.t for u in users[value.index])
    return _kind(value) if later else None


def _kind(value: Value) -> Name:
    return Name.of(value.name).at(None)


def _judges(value: Value, users: dict[int, list[Op]]) -> bool:
    """Whether a value is only used to measure losses, counted or not: a target."""
    measures = tuple({type(loss) for loss in value.trace.losses if isinstance(loss, Op)})  # type: ignore[attr-defined]
    return bool(users[value.index]) and all(isinstance(user, measures) for user in users[value.index])


def _entered(state: Value) -> Value | None:
    """What a state is a function of, entry by entry: the pre-activation of a vanilla cell."""
    if not isinstance(state, Op) or len(state.operands) != 1:
        return None
    (before,) = state.operands
    return before if before.role == "result" and before.t == state.t else None


def _owners(trace: Trace, users: dict[int, list[Op]], shown: set[int]) -> dict[int, int]:
    owner: dict[int, int] = {}
    for op in reversed(trace.ops):
        if op.index in shown:
            owner[op.index] = op.index
            continue
        ahead = [owner[u.index] for u in users[op.index] if u.t == op.t and u.index in owner]
        owner[op.index] = min(ahead, default=op.index)
    return owner


def _edges(trace: Trace, shown: set[int], owner: dict[int, int]) -> list[OutlineEdge]:
    through: dict[tuple[int, int], set[int]] = defaultdict(set)
    sources: dict[int, set[tuple[int, int]]] = {}
    for op in trace.ops:
        here: set[tuple[int, int]] = set()
        for operand in op.operands:
            if operand.index in shown:
                here.add((operand.index, op.index))
            else:
                here |= sources.get(operand.index, set())
        if op.index in shown:
            for source, user in here:
                through[source, op.index].add(user)
            here = set()
        sources[op.index] = here
    return [OutlineEdge(*ends, tuple(sorted(users))) for ends, users in sorted(through.items())]
