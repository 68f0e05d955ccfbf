"""A story among several: a trace, how it is told, and the name by which it is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from teachrnn.trace import Trace
from teachrnn.views.story.step import StoryStep
from teachrnn.views.story.tell import tell
from teachrnn.views.story.yours import Yours


@dataclass(frozen=True, eq=False)
class NamedStory:
    """A trace with all that is told of it, under a name.

    Attributes
    ----------
    trace : Trace
        The record.
    symbols : sequence of str, optional
        What the token numbers stand for.
    about : sequence of str
        Sentences about the model.
    yours : Yours, optional
        The reader's own numbers, shown beside the right ones.
    name : str
        By which it is asked for among others, in an address too; empty where it is alone.
    title : str
        What it is, in a few words: "before training".

    Examples
    --------
    >>> from teachrnn.runs import small_network
    >>> one = NamedStory(small_network("abc", hidden=2, updates=0).trace, name="untrained")
    >>> len(one.steps)
    25
    """

    trace: Trace
    symbols: Sequence[str] | None = None
    about: Sequence[str] = ()
    yours: Yours | None = None
    name: str = ""
    title: str = ""

    @cached_property
    def steps(self) -> list[StoryStep]:
        """The story."""
        return tell(self.trace, self.symbols, self.yours)
