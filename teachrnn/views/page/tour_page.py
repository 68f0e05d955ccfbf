"""Guided tours as one self-contained HTML page."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from teachrnn.files import write_atomically
from teachrnn.views.page.standalone import stories_page
from teachrnn.views.tour import Guided, Tour


def tours_page(tours: Sequence[Guided]) -> str:
    """A complete HTML page that leads through a tour; the others follow at its end.

    Parameters
    ----------
    tours : sequence of Guided
        At least one; the first is open.

    Returns
    -------
    str
        The page.

    Examples
    --------
    >>> "data-tour" in tours_page([Guided.of("first")])
    True
    """
    stories = [story for tour in tours for story in tour.stories]
    return stories_page(stories, tours=[tour.data for tour in tours])


def save_tour(tour: Tour | str | Path, path: str | Path) -> Path:
    """Save a guided tour as a web page: one file, to be opened, kept, sent or projected.

    Parameters
    ----------
    tour : Tour, str or Path
        The tour; the name of one that teachrnn comes with (``"first"``); or a file of your own.
    path : str or Path
        The file to write, such as ``"tour.html"``; its folder must exist.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    NameLookupError
        If there is no such tour.
    FileFormatError
        If a phase does not fit its network, or a file cannot be read or written.

    Examples
    --------
    >>> import tempfile
    >>> from teachrnn import save_tour
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     page = save_tour("first", Path(folder) / "tour.html")
    >>> page.name
    'tour.html'
    """
    return write_atomically(Path(path), tours_page([Guided.of(tour)]).encode("utf-8"))
