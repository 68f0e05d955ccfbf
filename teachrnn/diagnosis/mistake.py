"""A mistake: what is done wrong in a backward pass, and in which of its parts it shows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from teachrnn.array import Array
from teachrnn.diagnosis.changes.change import Change
from teachrnn.diagnosis.reading import Spec
from teachrnn.diagnosis.site import Site


@dataclass(frozen=True)
class SweepMistake:
    """Edges are changed, and with them all that is further back.

    Attributes
    ----------
    title : str
        What it is, in a line.
    changes : tuple of (Site, Change)
        The edges and what is done to them.
    losses : str
        Which losses count: "all", or "first", "last", "all but the first", "all but the last".
    weight : int
        How far-fetched it is.
    """

    title: str
    changes: tuple[tuple[Site, Change], ...]
    losses: str = "all"
    weight: int = 1

    @property
    def edges(self) -> dict[tuple[str, str], Change]:
        """The changes by the names of operation and input."""
        return {(site.op, site.input): change for site, change in self.changes}

    def seeds(self, count: int) -> list[float] | None:
        """How often each loss counts; None if each counts once."""
        kept = {
            "first": range(1),
            "last": range(count - 1, count),
            "all but the first": range(1, count),
            "all but the last": range(count - 1),
        }.get(self.losses)
        return None if kept is None else [float(i in kept) for i in range(count)]


@dataclass(frozen=True)
class ParameterMistake:
    """The sweep is right, and the gradients of some parameters are formed wrongly from it.

    Attributes
    ----------
    title : str
        What it is, in a line.
    specs : tuple of (str, Spec)
        For each parameter, what is done to its gradient.
    weight : int
        How far-fetched it is.
    sites : tuple of Site
        Where, if it is a term that is wrong.
    """

    title: str
    specs: tuple[tuple[str, Spec], ...]
    weight: int = 1
    sites: tuple[Site, ...] = field(default=(), compare=False)

    @property
    def parameters(self) -> frozenset[str]:
        """Whose gradients are wrong."""
        return frozenset(name for name, _ in self.specs)


@dataclass(frozen=True)
class WholeMistake:
    """Every gradient is right until something is done to all of them: a factor, clipping."""

    title: str
    name: str
    why: str
    done_to: Callable[[dict[str, Array]], dict[str, Array]] = field(compare=False)
    seen: str = "any numbers"
    weight: int = 1


@dataclass(frozen=True)
class WrittenMistake:
    """A line is written wrongly: of an operation's gradient, of clipping, of an update.

    Attributes
    ----------
    title : str
        What it is, in a line.
    name, why, seen : str
        As a `Description` has them.
    right, wrong : str
        The line as it should be, and as it is; empty where it is no formula.
    weight : int
        How far-fetched it is.
    """

    title: str
    name: str
    why: str
    seen: str = "any numbers"
    right: str = ""
    wrong: str = ""
    weight: int = 1


Mistake = SweepMistake | ParameterMistake | WholeMistake | WrittenMistake
