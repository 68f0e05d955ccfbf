"""Several stories in one container, each by its name, from which the player takes one or another.

The container is a number (the length of what follows, 4 bytes, little-endian), a text in JSON that is
padded with spaces to a multiple of 8 bytes, and the containers of the stories, one after another.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from teachrnn.views.player.story_data import formulas, packed, story_bytes
from teachrnn.views.story.named_story import NamedStory
from teachrnn.views.style.mathematical_font import font_subset


class Bundle:
    """What a page holds: the containers of its stories, and the font in which their formulas are set.

    Parameters
    ----------
    stories : sequence of NamedStory
        At least one; the first is the one that is shown first.
    tours : sequence of mapping
        Guided tours of them, as `Guided.data` has them.

    Examples
    --------
    >>> from teachrnn.runs import small_network
    >>> from teachrnn.views.story.named_story import NamedStory
    >>> trained, untrained = (small_network("abc", hidden=2, updates=n).trace for n in (5, 0))
    >>> stories = [NamedStory(trained, name="trained"), NamedStory(untrained, name="untrained")]
    >>> bundle = Bundle(stories)
    >>> len(bundle.data) > sum(map(len, bundle.containers))
    True
    """

    def __init__(self, stories: Sequence[NamedStory], tours: Sequence[Mapping[str, Any]] = ()) -> None:
        self.containers = [
            story_bytes(
                one.trace, symbols=one.symbols, about=one.about, steps=one.steps, yours=one.yours
            )
            for one in stories
        ]
        listed = [
            {"name": one.name, "title": one.title, "size": len(container)}
            for one, container in zip(stories, self.containers, strict=True)
        ]
        text = {"stories": listed, "tours": list(tours)}
        self.data = packed(text, [np.frombuffer(one, "u1") for one in self.containers])

    @property
    def font(self) -> bytes:
        """The part of the mathematical font that all of them need."""
        return font_subset([formula for one in self.containers for formula in formulas(one)])
