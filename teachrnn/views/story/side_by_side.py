"""Networks that are compared, as stories with the names by which a page finds them."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

from teachrnn.errors import DomainError
from teachrnn.runs import SmallNetwork
from teachrnn.trace import Trace
from teachrnn.views.story.introduction import introduction
from teachrnn.views.story.named_story import NamedStory
from teachrnn.views.story.yours import Yours, opening

Comparable = Trace | SmallNetwork | NamedStory | Yours
"""What can be compared: a trace, a small network with its text, a story with all that is told of it; or
numbers of your own for the network that comes first."""

BESIDE_ITSELF = "yours"
"""The name by which numbers of your own stand beside those of the story that they are about."""


@dataclass(frozen=True, eq=False)
class SideBySide:
    """Stories that are compared, and which of them stands beside the first.

    Attributes
    ----------
    stories : list of NamedStory
        Their names, which stand in addresses, are those given in small letters, with hyphens:
        ``before-training``.
    beside : str
        The name of the second; ``"yours"`` for numbers of your own.

    Examples
    --------
    >>> from teachrnn.runs import small_network
    >>> before, after = (small_network("abc", hidden=2, updates=n) for n in (0, 5))
    >>> compared = SideBySide.of({"Before training": before, "after": after})
    >>> [one.name for one in compared.stories], compared.beside
    (['before-training', 'after'], 'after')
    """

    stories: list[NamedStory]
    beside: str

    @classmethod
    def of(cls, networks: Mapping[str, Comparable], symbols: Sequence[str] | None = None) -> Self:
        """The stories of some networks, each under what it is called.

        Parameters
        ----------
        networks : mapping of str to Trace, SmallNetwork, NamedStory or Yours
            At least two, by what they are called: ``{"vanilla": one, "LSTM": other}``. They are walked
            through together by time steps. A `Yours` holds numbers of your own for the first.
        symbols : sequence of str, optional
            What the token numbers of traces stand for.

        Returns
        -------
        SideBySide
            The stories, in the same order.

        Raises
        ------
        DomainError
            If there is only one, if one has no time steps, which are the axis that they have in common,
            or if a name cannot be told from the others.
        """
        if len(networks) < 2:
            raise DomainError(f"to compare, at least two networks are needed; got {len(networks)}.")
        stories: list[NamedStory] = []
        names: list[str] = []
        for title, network in networks.items():
            if isinstance(network, Yours):
                stories[:1] = [_with_own(stories, title, network, names)]
                names.append(BESIDE_ITSELF)
                continue
            stories.append(_story(title, network, symbols, names))
            names.append(stories[-1].name)
        return cls(stories, names[1])

    def opens_at(self, step: int | None = None) -> int:
        """The step of the first at which a view opens.

        Parameters
        ----------
        step : int, optional
            The step that was asked for.

        Returns
        -------
        int
            That, or else the first step; of numbers of your own the first at which they differ.
        """
        if step is not None:
            return step
        return opening(self.stories[0].steps) if self.beside == BESIDE_ITSELF else 0


def _with_own(stories: list[NamedStory], title: str, yours: Yours, names: list[str]) -> NamedStory:
    """The first story, with numbers beside it."""
    if not stories or BESIDE_ITSELF in names:
        raise DomainError(
            f"{title!r}: a network comes first, and then the numbers that stand beside it, once."
        )
    return replace(stories[0], yours=replace(yours, title=title))


def _story(
    title: str, network: Comparable, symbols: Sequence[str] | None, taken: Sequence[str]
) -> NamedStory:
    name = _in_addresses(title)
    if not name or name == BESIDE_ITSELF or name in taken:
        raise DomainError(
            f"{title!r} cannot be a name here: it needs letters or digits, has to differ from the "
            f"others in small letters too, and {BESIDE_ITSELF!r} is taken."
        )
    if isinstance(network, SmallNetwork):
        one = NamedStory(network.trace, network.symbols, introduction(network))
    elif isinstance(network, Trace):
        one = NamedStory(network, symbols)
    elif isinstance(network, NamedStory):
        one = network
    else:
        raise DomainError(
            f"{title!r} is of type {type(network).__name__}; a Trace, a small network, a NamedStory or "
            "a Yours is needed."
        )
    if not one.trace.T:
        raise DomainError(
            f"{title!r} has no time steps, so it has no time axis in common with the others: "
            "record it step by step."
        )
    return replace(one, name=name, title=title)


def _in_addresses(title: str) -> str:
    """A title in small letters and digits, with hyphens between them."""
    plain = unicodedata.normalize("NFKD", title).lower()
    words = "".join(c if c.isascii() and c.isalnum() else " " for c in plain).split()
    return "-".join(words)
