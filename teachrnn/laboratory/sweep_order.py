"""What of a backward sweep has to go step by step, and what can be done for all steps at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from teachrnn.diagnosis.changes.change import Change
from teachrnn.diagnosis.site import timeless
from teachrnn.diagnosis.tape import Tape


@dataclass(frozen=True)
class SweepOrder:
    """The results of a network, by their names without time, in the order of the backward sweep.

    Attributes
    ----------
    first : tuple of str
        Results that the recurrence does not read, such as losses and scores: all steps at once.
    steps : frozenset of str
        Results in the recurrence: one step after the other, the last first.
    last : tuple of str
        Results that the recurrence reads, such as products of the input: all steps at once.
    """

    first: tuple[str, ...]
    steps: frozenset[str]
    last: tuple[str, ...]

    @classmethod
    def of(cls, tape: Tape, changes: Mapping[tuple[str, str], Change]) -> SweepOrder:
        """The order of a sweep; everything goes step by step where a change needs the order.

        Parameters
        ----------
        tape : Tape
            The record.
        changes : mapping
            What is changed, by the names of operation and input.

        Returns
        -------
        SweepOrder
            The three parts.

        Examples
        --------
        >>> from teachrnn.diagnosis.instance import Instance
        >>> order = SweepOrder.of(Instance.draw("vanilla", T=3, hidden=2, symbols=4).tape, {})
        >>> order.first, sorted(order.steps), order.last
        (('L', 'o'), ['a', 'h', 'r'], ('u',))
        """
        names = tuple(dict.fromkeys(timeless(op) for op, _ in tape.steps))
        if not all(_passes_on_its_own(change, place, tape) for place, change in changes.items()):
            return cls((), frozenset(names), ())
        reads: dict[str, set[str]] = {name: set() for name in names}
        for site in tape.sites:
            if site.flows:
                reads[site.op].add(site.of)
        behind = {name: _behind(reads, name) for name in names}
        recurrent = frozenset(name for name in names if name in behind[name])
        read = set().union(*(behind[name] for name in recurrent)) - recurrent
        first = tuple(name for name in names if name not in recurrent | read)
        last = tuple(name for name in names if name in read)
        if any(site.carries and site.op not in recurrent for site in tape.sites):
            return cls((), frozenset(names), ())
        return cls(first, recurrent, last)


def _passes_on_its_own(change: Change, place: tuple[str, str], tape: Tape) -> bool:
    """Whether it asks only for the gradient of its own operation, which is there in any order."""
    edges = [edge for edge in tape.edges() if (edge.site.op, edge.site.input) == place]
    own = all(change.source(tape, edge) is edge.op for edge in edges)
    return own and type(change).portions is Change.portions


def _behind(reads: Mapping[str, Iterable[str]], name: str) -> set[str]:
    """All that a result is computed from, directly or not."""
    found: set[str] = set()
    left = [*reads[name]]
    while left:
        one = left.pop()
        if one not in found:
            found.add(one)
            left += reads.get(one, ())
    return found
