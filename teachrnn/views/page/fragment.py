"""The story as part of a page: for documentation, and for notebook output."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from teachrnn.trace import Trace
from teachrnn.views.page.packed import UNPACK, packed, packed_player
from teachrnn.views.player.bundle import Bundle
from teachrnn.views.player.module import player_style
from teachrnn.views.story import Yours, opening
from teachrnn.views.story.named_story import NamedStory

INSTEAD = (
    "This is a stepper through backpropagation through time. It needs JavaScript: trust the "
    "notebook, or run its cell again."
)


def story_fragment(
    trace: Trace,
    *,
    symbols: Sequence[str] | None = None,
    about: Sequence[str] = (),
    yours: Yours | None = None,
    step: int | None = None,
) -> str:
    """HTML that steps through the trace within another page, without a kernel or network requests.

    It is in a shadow tree: the page's style does not affect it, nor does its style affect the page. One
    page may contain several. It contains no blank line, where Markdown would end the block.

    Parameters
    ----------
    trace : Trace
        The record to step through.
    symbols : sequence of str, optional
        What the token numbers stand for.
    about : sequence of str
        Sentences about the model, shown above the graph.
    yours : Yours, optional
        Your own numbers, shown beside the right ones.
    step : int, optional
        The step of the story at which it opens, counted from 0; by default the first at which your
        numbers differ, or the first step.

    Examples
    --------
    >>> import numpy as np
    >>> from teachrnn import CharRNN
    >>> model = CharRNN(hidden=2, symbols=3, rng=np.random.default_rng(0))
    >>> fragment = story_fragment(model.record([0, 1], [1, 2]))
    >>> fragment.partition(" ")[0], "<html" in fragment
    ('<div', False)
    """
    return stories_fragment([NamedStory(trace, symbols, about, yours)], step=step)


def stories_fragment(
    stories: Sequence[NamedStory],
    *,
    tours: Sequence[Mapping[str, Any]] = (),
    tour: str = "",
    step: int | None = None,
    compare: str = "",
) -> str:
    """HTML of several stories, each of which can be asked for by its name; see `story_fragment`.

    Parameters
    ----------
    stories : sequence of NamedStory
        At least one; the first is shown first.
    tours : sequence of mapping
        Guided tours of them.
    tour : str
        The ``id`` of the one that is open; empty for none.
    step : int, optional
        The step of the first at which it opens, as for `story_fragment`.
    compare : str
        The name of the one that stands beside the first when it opens; ``"yours"`` for your own
        numbers, empty for none.

    Examples
    --------
    >>> from teachrnn.runs import small_network
    >>> trained, untrained = (small_network("abc", hidden=2, updates=n).trace for n in (5, 0))
    >>> stories = [NamedStory(trained, name="trained"), NamedStory(untrained, name="untrained")]
    >>> stories_fragment(stories).partition(" ")[0]
    '<div'
    """
    bundle = Bundle(stories, tours)
    step = opening(stories[0].steps) if step is None else step
    data = packed(bundle.data)
    key = hashlib.sha256(data.encode()).hexdigest()[:12]
    mine = f'[data-teachrnn="{key}"]'
    start = f'start("{key}", {step}, {json.dumps(tour)}, {json.dumps(compare)});'
    lines = f"""\
<div data-teachrnn="{key}" data-lm-suppress-shortcuts="true">
<p>{INSTEAD}</p>
<template><style>{player_style()}</style><div></div></template>
<script type="application/octet-stream" data-part="story">{data}</script>
<script type="application/octet-stream" data-part="font">{_base64(bundle.font)}</script>
<script type="application/octet-stream" data-part="player">{packed_player("fragment")}</script>
<script type="module">
{UNPACK}
unpack('{mine} [data-part=player]', {_script_text(start)});
</script>
</div>"""
    return "\n".join(line for line in lines.splitlines() if line.strip())


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _script_text(text: str) -> str:
    """A text as JavaScript writes it, which cannot end the script that it stands in."""
    return json.dumps(text).replace("<", "\\u003c")
