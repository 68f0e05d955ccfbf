"""A tour with the stories that it leads through, each phase held against them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from teachrnn.errors import DomainError, FileFormatError, NameLookupError, TeachrnnError
from teachrnn.runs import SmallNetwork, small_network
from teachrnn.trace import Trace
from teachrnn.views.story import Yours
from teachrnn.views.story.introduction import introduction
from teachrnn.views.story.mistaken_numbers import mistaken_numbers
from teachrnn.views.story.named_story import NamedStory
from teachrnn.views.story.place import Places
from teachrnn.views.story.time_stop import time_stops
from teachrnn.views.tour.blanks import StoryNumbers, blanks, count_words, unknown
from teachrnn.views.tour.tour import Tour, TourNetwork, TourPhase, load_tour

MOST_WORDS = {"title": 9, "say": 55, "question": 20, "answer": 40, "words": 6}
"""With more, the numbers would leave the screen of a phone."""


@dataclass(frozen=True, eq=False)
class Guided:
    """A tour and its networks, made and found to fit.

    Parameters
    ----------
    tour : Tour
        The tour.

    Raises
    ------
    FileFormatError
        If a phase does not fit its network: the message says which, and what there is.

    Examples
    --------
    >>> guided = Guided.of("first")
    >>> [story.name for story in guided.stories]
    ['first-trained', 'first-untrained', 'first-alone']
    """

    tour: Tour
    _made: dict[str, NamedStory] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        found = list(self._complaints())
        if found:
            raise FileFormatError("\n".join(f"the tour {self.tour.id!r}, {one}" for one in found))

    @classmethod
    def of(cls, tour: Tour | str | Path) -> Guided:
        """A tour by its name or its file.

        Parameters
        ----------
        tour : Tour, str or Path
            The tour; the name of one that teachrnn comes with; or a file of your own.

        Returns
        -------
        Guided
            The tour with its stories.
        """
        if isinstance(tour, Tour):
            return cls(tour)
        is_file = isinstance(tour, Path) or Path(tour).suffix or Path(tour).exists()
        return cls(load_tour(tour) if is_file else Tour.find(str(tour)))

    @cached_property
    def stories(self) -> list[NamedStory]:
        """One for each network; their names in a page begin with that of the tour."""
        return [self._story(name) for name in self.tour.networks]

    @property
    def data(self) -> dict[str, Any]:
        """The tour as the player takes it."""
        return {
            "id": self.tour.id,
            "title": self.tour.title,
            "phases": [self._phase(phase) for phase in self.tour.phases],
        }

    def _phase(self, phase: TourPhase) -> dict[str, Any]:
        ask = phase.ask
        return {
            "title": phase.title,
            "say": phase.say,
            "at": phase.at,
            "level": phase.level,
            "story": self._named(self._network(phase)),
            "result": phase.result,
            "light": phase.light,
            "zoom": phase.zoom,
            "horizon": phase.horizon,
            "ask": None if ask is None else {"question": ask.question, "answer": ask.answer},
            "offer": [{"words": o.words, "story": self._named(o.network)} for o in phase.offer],
        }

    def _story(self, name: str) -> NamedStory:
        if name not in self._made:
            first = next(iter(self.tour.networks.values()))
            self._made[name] = _told(self.tour.networks[name].after(first), self._named(name))
        return self._made[name]

    def _named(self, network: str) -> str:
        return f"{self.tour.id}-{network}"

    def _network(self, phase: TourPhase) -> str:
        return next(iter(self.tour.networks)) if phase.network is None else phase.network

    # What does not fit ----------------------------------------------------------------------------

    def _complaints(self) -> Iterator[str]:
        tour = self.tour
        for what, of in (("networks", tour.networks), ("phases", tour.phases)):
            if not of:
                yield f"it has no {what}."
        for name in (tour.id, *tour.networks):
            if not name.replace("-", "").isalnum():
                yield f"{name!r} must be letters, digits and hyphens: it stands in addresses."
        held = {}
        for name, network in tour.networks.items():
            try:
                held[name] = _Held(self._story(name))
            except TeachrnnError as error:
                yield f"network {name!r} ({network.title}): {error}"
        if len(held) < len(tour.networks):
            return
        for number, phase in enumerate(tour.phases, 1):
            where = f"phase {number} ({phase.title!r}): "
            for complaint in self._of_phase(phase, held):
                yield where + complaint

    def _of_phase(self, phase: TourPhase, held: dict[str, _Held]) -> Iterator[str]:
        for name in (self._network(phase), *(offer.network for offer in phase.offer)):
            if name not in held:
                yield f"there is no network {name!r}; there are: {', '.join(held)}."
                return
        yield from _too_long(phase)
        yield from held[self._network(phase)].complaints(phase)
        for offer in phase.offer:
            other = held[offer.network]
            for complaint in (*other.of_place(phase), *other.of_words(phase)):
                yield f"in the network {offer.network!r} that is offered: {complaint}"


@dataclass(frozen=True, eq=False)
class _Held:
    """A story, against which phases are held."""

    story: NamedStory

    @cached_property
    def places(self) -> Places:
        return Places(self.story.steps)

    @cached_property
    def numbers(self) -> StoryNumbers:
        return StoryNumbers(self.story)

    @cached_property
    def principal(self) -> dict[int, int]:
        """By step, the one that its time step is known by."""
        stops = time_stops(self.story.trace, self.story.steps, self.story.symbols)
        return {i: stop.principal for stop in stops for i in range(stop.first, stop.last + 1)}

    def complaints(self, phase: TourPhase) -> Iterator[str]:
        yield from self.of_place(phase)
        yield from self.of_words(phase)
        for name in phase.light:
            complaint = _failure(lambda name=name: self.numbers.quantity(name))  # type: ignore[misc]
            if complaint:
                yield f"`light`: {complaint}"
        T = self.story.trace.T
        if phase.zoom is not None and not (
            len(phase.zoom) == 2 and 1 <= phase.zoom[0] <= phase.zoom[1] <= T
        ):
            yield f"`zoom` is {phase.zoom}, but the first and the last of the steps 1 to {T} are needed."
        if not 0 <= phase.horizon <= T:
            yield f"`horizon` is {phase.horizon}, but 0 to {T} is needed."
        for claim in phase.claims:
            yield from self.of_claim(claim)

    def of_place(self, phase: TourPhase) -> Iterator[str]:
        try:
            step = self.places.find(phase.at, 0)
        except NameLookupError as error:
            yield f"`at`: {error}"
            return
        if phase.level == "time" and self.principal[step] != step:
            known = self.story.steps[self.principal[step]]
            made = known.outcomes[-1].quantities[-1].name
            yield (
                f'`at` is {phase.at!r}, an operation: with `level` "time" a time step is known by '
                f'{made!r}; or say `level` "operations".'
            )
        made_here = [q.name for o in self.story.steps[step].outcomes for q in o.quantities]
        if phase.result is not None and phase.result not in made_here:
            yield f"`result`: {unknown(phase.result, made_here)}"

    def of_words(self, phase: TourPhase) -> Iterator[str]:
        asked = {} if phase.ask is None else {"question": phase.ask.question, "answer": phase.ask.answer}
        for what, text in {"say": phase.say, **asked}.items():
            for blank in blanks(text):
                complaint = _failure(lambda blank=blank: self.numbers.of(blank))  # type: ignore[misc]
                if complaint:
                    yield f"`{what}`, {{{blank}}}: {complaint}"

    def of_claim(self, claim: str) -> Iterator[str]:
        left, sign, right = claim.partition(" > ")
        if not sign:
            yield f"the claim {claim!r} must compare two blanks with >, a space on either side."
            return
        numbers = []
        for side in (left, right):
            try:
                numbers.append(float(side) if _is_number(side) else float(self.numbers.of(side)))
            except (TeachrnnError, ValueError) as error:
                yield f"the claim {claim!r}: {error}"
                return
        if not numbers[0] > numbers[1]:
            yield f"the claim {claim!r} is false: {numbers[0]:.3g} is not more than {numbers[1]:.3g}."


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).isdecimal()


def _failure(attempt: Callable[[], object]) -> str:
    """What a user's mistake is told when something is tried; empty if it goes well."""
    try:
        attempt()
    except TeachrnnError as error:
        return str(error)
    return ""


def _too_long(phase: TourPhase) -> Iterator[str]:
    texts = {"title": phase.title, "say": phase.say}
    if phase.ask is not None:
        texts |= {"question": phase.ask.question, "answer": phase.ask.answer}
    for what, text in texts.items():
        count = count_words(text)
        if not 0 < count <= MOST_WORDS[what]:
            yield f"`{what}` has {count} words, but 1 to {MOST_WORDS[what]} are needed."
    for offer in phase.offer:
        if not 0 < count_words(offer.words) <= MOST_WORDS["words"]:
            yield f"{offer.words!r} must have 1 to {MOST_WORDS['words']} words: it is a button."


# The networks ------------------------------------------------------------------------------------


def _told(network: TourNetwork, name: str) -> NamedStory:
    made = small_network(**network.settings)
    yours = None if network.mistake is None else _mistaken(made, network.mistake)
    about = introduction(made)
    if network.loss is not None:
        _count_alone(made.trace, network.loss)
        about = [*about, f"Of its losses, only that of step {network.loss} counts here."]
        if yours is not None:
            raise DomainError(
                "`mistake` and `loss` cannot be said of one network: its numbers are of all losses."
            )
    return NamedStory(
        made.trace,
        made.symbols,
        about,
        yours,
        name,
        network.title,
    )


def _count_alone(trace: Trace, t: int) -> None:
    found = [loss for loss in trace.losses if loss.t == t]
    if not found:
        raise DomainError(f"`loss` is {t}, but there is a loss at the steps 1 to {trace.T}.")
    trace.losses[:] = found


def _mistaken(network: SmallNetwork, title: str) -> Yours:
    """What a program computes that makes a mistake, in the place of a reader's own numbers."""
    try:
        numbers = mistaken_numbers(network, title)
    except NameLookupError as error:
        raise NameLookupError(f"`mistake`: {error}") from None
    return replace(numbers, title="yours")
