"""A page on which two networks stand side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from teachrnn.files import write_atomically
from teachrnn.views.page.fragment import stories_fragment
from teachrnn.views.page.standalone import stories_page
from teachrnn.views.story.side_by_side import Comparable, SideBySide

TITLE = "Backpropagation through time, side by side"


def save_comparison(
    networks: Mapping[str, Comparable],
    path: str | Path,
    *,
    symbols: Sequence[str] | None = None,
    title: str = TITLE,
    step: int | None = None,
) -> Path:
    """Save a page that steps through two networks together: vanilla beside LSTM, before beside after.

    The first two stand side by side when the page opens: their graphs on one time axis, the gradient
    flow and the triangle of both in one scale, and of each the formula of the step with its numbers.
    The reader can choose another one, exchange the two, or end the comparison (``c``).

    Parameters
    ----------
    networks : mapping of str to Trace, SmallNetwork, NamedStory or Yours
        At least two, by what they are called on the page: ``{"right": trace, "mine": Yours(...)}`` has
        your own numbers beside the right ones.
    path : str or Path
        The file to write, such as ``"vanilla-lstm.html"``; its folder must exist.
    symbols : sequence of str, optional
        What the token numbers of traces stand for.
    title : str
        The page's title and heading.
    step : int, optional
        The step of the first at which the page opens, counted from 0; by default the first step, or
        where numbers of your own stand beside it, the first at which they differ.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    DomainError
        If there is only one, or one that has no time steps in common with the others.
    FileFormatError
        If the file cannot be written there.

    Examples
    --------
    >>> import tempfile
    >>> from teachrnn import save_comparison, small_network
    >>> networks = {cell: small_network("hello", cell=cell, hidden=2) for cell in ("vanilla", "lstm")}
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     page = save_comparison(networks, Path(folder) / "vanilla-lstm.html")
    >>> page.name
    'vanilla-lstm.html'
    """
    compared = SideBySide.of(networks, symbols)
    page = stories_page(
        compared.stories, title=title, step=compared.opens_at(step), compare=compared.beside
    )
    return write_atomically(Path(path), page.encode("utf-8"))


def comparison_fragment(
    networks: Mapping[str, Comparable],
    *,
    symbols: Sequence[str] | None = None,
    step: int | None = None,
) -> str:
    """The same as HTML for another page; see `save_comparison` and `story_fragment`.

    Parameters
    ----------
    networks : mapping of str to Trace, SmallNetwork, NamedStory or Yours
        At least two, by what they are called on the page.
    symbols : sequence of str, optional
        What the token numbers of traces stand for.
    step : int, optional
        The step of the first at which it opens, counted from 0, as for `save_comparison`.

    Returns
    -------
    str
        HTML without a blank line.

    Raises
    ------
    DomainError
        If there is only one, or one that has no time steps in common with the others.

    Examples
    --------
    >>> from teachrnn.runs import small_network
    >>> networks = {cell: small_network("hi", cell=cell, hidden=2) for cell in ("vanilla", "gru")}
    >>> comparison_fragment(networks).partition(" ")[0]
    '<div'
    """
    compared = SideBySide.of(networks, symbols)
    return stories_fragment(compared.stories, step=compared.opens_at(step), compare=compared.beside)
