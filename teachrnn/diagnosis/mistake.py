"""A mistake: what is done wrong in a backward pass, and in which of its parts it shows."""

from __future__ import annotations

from dataclasses import dataclass, field

from teachrnn.diagnosis.changes.change import Change
from teachrnn.diagnosis.reading import Spec
from teachrnn.diagnosis.site import Site


@dataclass(frozen=True)
class Explained:
    """What is said of a mistake.

    Attributes
    ----------
    name : str
        What it is called, such as "transpose left out".
    sentence : str
        What happens: "What the carry r.x sends back to h[t-1] goes through W without its transpose."
    why : str
        Why that is wrong.
    seen : str
        What a check must have to see it.
    right, wrong : str
        The line as it should be and as it is, where it can be written down.
    """

    name: str
    sentence: str
    why: str
    seen: str
    right: str = ""
    wrong: str = ""


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
    seen: str = "any numbers"
    weight: int = 1


Mistake = SweepMistake | ParameterMistake | WholeMistake
