"""The story as one self-contained HTML page: no kernel, no server, no internet connection.

The page carries its own content-security policy, which allows the code in it by its hash and forbids
every request: the browser itself guarantees that nothing is loaded or sent.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from teachrnn.files import write_atomically
from teachrnn.trace import Trace
from teachrnn.views.page.packed import UNPACK, packed, packed_player
from teachrnn.views.player.bundle import Bundle
from teachrnn.views.player.module import player_module, player_style
from teachrnn.views.story import Yours, opening
from teachrnn.views.story.named_story import NamedStory

OPENER = f"{UNPACK}unpack('[data-part=player]');\n"
TEMPLATE = files("teachrnn.views.page") / "page.html"


def story_page(
    trace: Trace,
    *,
    symbols: Sequence[str] | None = None,
    title: str = "Backpropagation through time, step by step",
    about: Sequence[str] = (),
    yours: Yours | None = None,
    step: int | None = None,
) -> str:
    """A complete HTML page that steps through the trace.

    Parameters
    ----------
    trace : Trace
        The record to step through.
    symbols : sequence of str, optional
        What the token numbers stand for.
    title : str
        The page's title and heading.
    about : sequence of str
        Sentences about the model, shown under the heading.
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
    >>> page = story_page(model.record([0, 1], [1, 2]))
    >>> page.startswith("<!doctype html>")
    True
    """
    return stories_page([NamedStory(trace, symbols, about, yours)], title=title, step=step)


def stories_page(
    stories: Sequence[NamedStory],
    *,
    tours: Sequence[Mapping[str, Any]] = (),
    title: str = "Backpropagation through time, step by step",
    step: int | None = None,
    compare: str = "",
) -> str:
    """A complete HTML page of several stories, each of which can be asked for by its name.

    Parameters
    ----------
    stories : sequence of NamedStory
        At least one; the first is shown first.
    tours : sequence of mapping
        Guided tours of them, of which the first is open.
    title : str
        The page's title and heading.
    step : int, optional
        The step of the first at which the page opens, as for `story_page`.
    compare : str
        The name of the one that stands beside the first when the page opens; ``"yours"`` for your own
        numbers, empty for none.

    Examples
    --------
    >>> from teachrnn.runs import small_network
    >>> trained, untrained = (small_network("abc", hidden=2, updates=n).trace for n in (5, 0))
    >>> stories = [NamedStory(trained, name="trained"), NamedStory(untrained, name="untrained")]
    >>> stories_page(stories).startswith("<!doctype html>")
    True
    """
    import jinja2

    bundle = Bundle(stories, tours)
    style = player_style()
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
    template = environment.from_string(TEMPLATE.read_text("utf-8"))
    return template.render(
        title=title,
        step=opening(stories[0].steps) if step is None else step,
        tour=tours[0]["id"] if tours else "",
        compare=compare,
        opener=_Raw(OPENER),
        style=_Raw(style),
        script_hashes=[_hash(OPENER), _hash(player_module("page"))],
        style_hash=_hash(style),
        player=packed_player("page"),
        data=packed(bundle.data),
        font=base64.b64encode(bundle.font).decode(),
    )


def save_page(
    trace: Trace,
    path: str | Path,
    *,
    symbols: Sequence[str] | None = None,
    title: str = "Backpropagation through time, step by step",
    about: Sequence[str] = (),
    yours: Yours | None = None,
    step: int | None = None,
) -> Path:
    """Save a trace as a web page that steps through it: one file, to be opened, kept or sent.

    Parameters
    ----------
    trace : Trace
        The record to step through.
    path : str or Path
        The file to write, such as ``"bptt.html"``; its folder must exist.
    symbols : sequence of str, optional
        The characters that the token numbers stand for, such as ``vocabulary.symbols``.
    title : str
        The page's title and heading.
    about : sequence of str
        Sentences about the model, shown under the heading.
    yours : Yours, optional
        Your own numbers, shown beside the right ones.
    step : int, optional
        The step of the story at which it opens, counted from 0; by default the first at which your
        numbers differ, or the first step.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    FileFormatError
        If the file cannot be written there.

    Examples
    --------
    >>> import tempfile
    >>> import numpy as np
    >>> from teachrnn import CharRNN, save_page
    >>> model = CharRNN(hidden=2, symbols=3, rng=np.random.default_rng(0))
    >>> trace = model.record([0, 1], [1, 2])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     page = save_page(trace, Path(folder) / "bptt.html", symbols="abc")
    >>> page.name
    'bptt.html'
    """
    page = story_page(trace, symbols=symbols, title=title, about=about, yours=yours, step=step)
    return write_atomically(Path(path), page.encode("utf-8"))


class _Raw(str):
    """Text that the template inserts unescaped."""

    def __html__(self) -> str:
        return self


def _hash(code: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(code.encode("utf-8")).digest()).decode()
