"""A guided tour as its file holds it: networks, and phases that are told of them.

The types below are the schema of the file; `Guided` holds it against the stories that it is about.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any, Literal

from teachrnn.errors import NameLookupError
from teachrnn.files import load_json

FOLDER = files("teachrnn.views.tour") / "tours"
"""Every file in it is a tour."""

NOT_SETTINGS = ("title", "mistake", "loss")
"""What a network of a tour says that is not an argument of `small_network`."""

ADVICE = "how a tour is written is said in the documentation, under How-to, Write a tour."


@dataclass(frozen=True)
class TourNetwork:
    """A network that a tour shows.

    What is None is as in the first network of the tour; there, as `small_network` has it.

    Attributes
    ----------
    title : str
        What it is, in a few words, as a button says it: "before training".
    text, cell, hidden, layers, scale, updates, seed
        As for `small_network`.
    mistake : str or None
        The title of a mistake of the diagnosis: the gradients of a program that makes it are shown
        beside the right ones, as a reader's own are.
    loss : int or None
        The time step whose loss alone counts, so that every gradient is what it sends; all losses
        count if it is not said. It is not taken over either.
    """

    title: str
    text: str | None = None
    cell: str | None = None
    hidden: int | None = None
    layers: int | None = None
    scale: float | None = None
    updates: int | None = None
    seed: int | None = None
    mistake: str | None = None
    loss: int | None = None

    def after(self, first: TourNetwork) -> TourNetwork:
        """With what it does not say itself from the first network, except a mistake or a loss."""
        settings = self.settings
        return replace(self, **{k: v for k, v in first.settings.items() if k not in settings})

    @property
    def settings(self) -> dict[str, Any]:
        """What it says of the arguments of `small_network`."""
        said = {f.name: getattr(self, f.name) for f in fields(self)}
        return {k: v for k, v in said.items() if v is not None and k not in NOT_SETTINGS}


@dataclass(frozen=True)
class TourQuestion:
    """What a phase asks.

    Attributes
    ----------
    question : str
        The question.
    answer : str
        The answer, shown when the reader wants it; it may have blanks, as what is said.
    """

    question: str
    answer: str


@dataclass(frozen=True)
class TourOffer:
    """A button that shows the same step of another network of the tour.

    Attributes
    ----------
    words : str
        What is on the button: "See it before training".
    network : str
        Which network.
    """

    words: str
    network: str


@dataclass(frozen=True)
class TourPhase:
    """A phase of a tour: where it stands, and what is said there.

    Attributes
    ----------
    title : str
        Its heading.
    say : str
        What is said, with blanks such as ``{norm:dh[3]}``: see `blanks`.
    at : str
        The step, by the name of what is made there: ``h[3]``, ``dh[3]``, ``L`` for the turning point.
    level : {"time", "operations"}
        Whether the whole time step is shown, or that operation.
    network : str or None
        Which network of the tour; the first if it says none.
    result : str or None
        Of what the step makes, whose formula is shown: ``dW``. By default what goes on.
    light : list of str
        Names of values and gradients that light up, in graph, formula, numbers and code.
    zoom : list of int or None
        The first and the last time step that stay; the others go pale.
    horizon : int
        How many steps back gradients are followed, as in truncated backpropagation; 0 for all.
    ask : TourQuestion or None
        A question.
    offer : list of TourOffer
        Buttons to other networks.
    claims : list of str
        What is said of the numbers and must be so: ``norm:dh[4] > norm:dh[1]``. They are not shown.
    """

    title: str
    say: str
    at: str
    level: Literal["time", "operations"] = "time"
    network: str | None = None
    result: str | None = None
    light: list[str] = field(default_factory=list)
    zoom: list[int] | None = None
    horizon: int = 0
    ask: TourQuestion | None = None
    offer: list[TourOffer] = field(default_factory=list)
    claims: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Tour:
    """A guided tour of the stepper.

    Attributes
    ----------
    id : str
        By which it is found, and addressed in a page.
    title : str
        What it is called.
    about : str
        What it shows, in a sentence.
    networks : dict of str to TourNetwork
        By name; the first is shown where a phase names none.
    phases : list of TourPhase
        In order.
    order : int
        Its place among the others: the lowest comes first.

    Examples
    --------
    >>> tour = Tour.find("first")
    >>> tour.phases[0].at, sorted(tour.networks)
    ('L[4]', ['alone', 'trained', 'untrained'])
    """

    id: str
    title: str
    about: str
    networks: dict[str, TourNetwork]
    phases: list[TourPhase]
    order: int = 100

    @classmethod
    def find(cls, name: str) -> Tour:
        """The tour of a name that teachrnn comes with.

        Parameters
        ----------
        name : str
            Its ``id``.

        Returns
        -------
        Tour
            The tour.

        Raises
        ------
        NameLookupError
            If there is none, with those that there are.

        Examples
        --------
        >>> Tour.find("lstm").title
        'The LSTM: gates, and a path that is not broken'
        """
        found = {tour.id: tour for tour in cls.all()}
        if name not in found:
            raise NameLookupError(f"there is no tour {name!r}; there are: {', '.join(found)}.")
        return found[name]

    @classmethod
    def all(cls) -> list[Tour]:
        """Every tour that teachrnn comes with: the first one first.

        Returns
        -------
        list of Tour
            The tours.

        Examples
        --------
        >>> Tour.all()[0].title
        'Backpropagation through time in ten phases'
        """
        return list(_all())


@cache
def _all() -> tuple[Tour, ...]:
    found = []
    for item in FOLDER.iterdir():
        if item.name.endswith(".json"):
            with as_file(item) as path:
                found.append(load_json(Tour, path, advice=ADVICE))
    return tuple(sorted(found, key=lambda tour: (tour.order, tour.id)))


def load_tour(path: str | Path) -> Tour:
    """Read a tour from a file of your own.

    Parameters
    ----------
    path : str or Path
        A file of JSON; the how-to "Write a tour" says what is in it.

    Returns
    -------
    Tour
        The tour; whether it fits its networks is seen when it is shown.

    Raises
    ------
    FileFormatError
        If the file cannot be read as a tour; the message says where.

    Examples
    --------
    >>> load_tour(str(FOLDER / "first.json")) == Tour.find("first")
    True
    """
    return load_json(Tour, Path(path), advice=ADVICE)
