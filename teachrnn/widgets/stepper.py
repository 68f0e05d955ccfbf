"""The stepper in a notebook: a shell around the player, connected to Python."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from teachrnn.cells import CELLS
from teachrnn.errors import DomainError, NameLookupError, TeachrnnError
from teachrnn.extras import require
from teachrnn.runs import small_network
from teachrnn.runs.small_network import WORDS
from teachrnn.trace import Trace
from teachrnn.views.page.fragment import stories_fragment
from teachrnn.views.player.module import player_module, player_style
from teachrnn.views.player.story_data import formulas, story_bytes
from teachrnn.views.story import Yours, opening
from teachrnn.views.story.introduction import introduction
from teachrnn.views.story.named_story import NamedStory
from teachrnn.views.story.place import Places
from teachrnn.views.story.side_by_side import Comparable, SideBySide
from teachrnn.views.style.mathematical_font import font_subset
from teachrnn.views.tour import Guided, Tour
from teachrnn.widgets import display, request

require("anywidget", extra="widgets", purpose="A stepper in a notebook")
import anywidget  # noqa: E402  (after the check that says how to install them)
import traitlets  # noqa: E402

SIGNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyzαβγδεηθλμρστφψωΣ∂∑√⊙⊤⋅·×≤≥≠∞…⋯→"
"""The font is sent once per page, for all steppers that may be shown in it."""

LARGEST_FALLBACK = 1_000_000
"""Bytes of a story up to which a notebook keeps it as HTML too, so that its file can be shared."""
TOO_LARGE = (
    "<p>This stepper is too large to be kept in the notebook. Run its cell again, "
    "or write it to a page with <code>teachrnn.save_page</code>.</p>"
)


class Stepper(anywidget.AnyWidget):
    """Step through backpropagation through time in a notebook, and experiment with the network.

    What the reader does in the page is visible in Python, and vice versa: ``stepper.step`` is
    the step that is shown. Without a kernel (an exported notebook, a documentation) the same stepper is
    kept as HTML; ``TEACHRNN_DISPLAY=static`` gives nothing else.

    Parameters
    ----------
    trace : Trace
        The record to be stepped through.
    symbols : sequence of str, optional
        What the token numbers stand for.
    about : sequence of str
        Sentences about the model, shown above the graph.
    yours : Yours, optional
        Your own numbers, shown beside the right ones; it then opens where they first differ.

    Attributes
    ----------
    step : int
        Where the reader is in the story, counted from 0.
    level : {"time", "operations"}
        Whether the reader walks by time steps or by operations.
    entry : dict
        The number whose "why" is open; empty for none.
    rolled : bool
        Whether the graph is drawn rolled up.
    horizon : int
        How many steps back gradients are followed, in the panel of truncated BPTT; 0 for all.
    breakpoints : list
        Where playing pauses.
    predict : str
        What the reader is asked before it is shown; ``off`` for nothing.
    live : bool
        Whether there is a live kernel.
    stories : list
        The stories that the reader can ask for by name, if there are several: see `telling`.
    shown : str
        The name of the one that is shown.
    compare : str
        The name of the one that stands beside it; ``"yours"`` for your own numbers, empty for none.
    tours : list
        The guided tours of them: see `on_tour`.
    tour : str
        The ``id`` of the tour that is open; empty for none.
    phase : int
        The phase of it that is shown, counted from 0.
    trace : Trace
        The record that is shown; another one after the reader has asked for it.

    Raises
    ------
    MissingExtraError
        If anywidget is not installed.

    Examples
    --------
    >>> stepper = Stepper.of("hello", hidden=3)
    >>> stepper.go("h[3]").title
    'h[3] = Tanh(a[3])'
    >>> stepper.go("dh[3]").title
    'back through o[3] = Affine(h[3], V, c)'
    """

    _esm = player_module("notebook")
    _css = player_style()

    story = traitlets.Bytes().tag(sync=True)
    stories: traitlets.List[Any] = traitlets.List(read_only=True).tag(sync=True)
    shown = traitlets.Unicode("").tag(sync=True)
    tours: traitlets.List[Any] = traitlets.List(read_only=True).tag(sync=True)
    tour = traitlets.Unicode("").tag(sync=True)
    phase = traitlets.Int(0).tag(sync=True)
    step = traitlets.Int(0).tag(sync=True)
    level = traitlets.Enum(["time", "operations"], "time").tag(sync=True)
    entry = traitlets.Dict().tag(sync=True)
    rolled = traitlets.Bool(False).tag(sync=True)
    horizon = traitlets.Int(0).tag(sync=True)
    compare = traitlets.Unicode("").tag(sync=True)
    breakpoints: traitlets.List[str] = traitlets.List().tag(sync=True)
    predict = traitlets.Unicode("off").tag(sync=True)
    live = traitlets.Bool(True, read_only=True).tag(sync=True)
    settings = traitlets.Dict().tag(sync=True)
    hiding = traitlets.Unicode().tag(sync=True)
    cells = traitlets.List(sorted(CELLS), read_only=True).tag(sync=True)

    def __init__(
        self,
        trace: Trace,
        symbols: Sequence[str] | None = None,
        about: Sequence[str] = (),
        yours: Yours | None = None,
    ) -> None:
        story = self._take(NamedStory(trace, symbols, about, yours))
        self._named: dict[str, NamedStory] = {}
        super().__init__(story=story, step=opening(self.steps))
        self.hiding = display.hiding(self.model_id)
        self._displayed = False
        self.on_msg(self._receive)

    @classmethod
    def of(cls, text: str = WORDS, **settings: Any) -> Stepper:
        """Briefly train a small network on a text, and step through it.

        Parameters
        ----------
        text : str
            At least two characters.
        **settings
            ``cell``, ``hidden``, ``layers``, ``scale``, ``updates``, ``seed``, as
                    `teachrnn.small_network` takes them.

        Returns
        -------
        Stepper
            The stepper; at the end of a cell it shows itself.

        Raises
        ------
        TeachrnnError
            If the text or a setting cannot be used.
        """
        network = small_network(text, **settings)
        stepper = cls(network.trace, network.symbols, introduction(network))
        stepper.settings = network.settings
        return stepper

    @classmethod
    def telling(cls, stories: Sequence[NamedStory]) -> Stepper:
        """Step through several stories, each of which the reader can ask for by its name.

        Parameters
        ----------
        stories : sequence of NamedStory
            At least one; the first is shown first.

        Returns
        -------
        Stepper
            The stepper.
        """
        first = stories[0]
        stepper = cls(first.trace, first.symbols, first.about, first.yours)
        stepper._named = {one.name: one for one in stories}
        stepper._one = first
        stepper.set_trait("stories", [{"name": one.name, "title": one.title} for one in stories])
        stepper.shown = first.name
        return stepper

    @classmethod
    def on_tour(cls, *tours: Tour | str | Path) -> Stepper:
        """Be led through a guided tour; any step of the reader's own lets go of it.

        Parameters
        ----------
        *tours : Tour, str or Path
            Tours, names of tours that teachrnn comes with, or files of your own. The first is open;
            at its end the next one is offered. By default all that teachrnn comes with.

        Returns
        -------
        Stepper
            The stepper; at the end of a cell it shows itself.

        Raises
        ------
        NameLookupError
            If there is no such tour.
        FileFormatError
            If a file is no tour, or a phase does not fit its network.

        Examples
        --------
        >>> Stepper.on_tour("lstm").title
        's[3] = Add(kept[3], written[3])'
        """
        guided = [Guided.of(tour) for tour in tours or Tour.all()]
        stepper = cls.telling([story for one in guided for story in one.stories])
        stepper.set_trait("tours", [one.data for one in guided])
        stepper.tour = guided[0].tour.id
        stepper.go(guided[0].tour.phases[0].at)
        return stepper

    @classmethod
    def comparing(
        cls, networks: Mapping[str, Comparable], symbols: Sequence[str] | None = None
    ) -> Stepper:
        """Step through two networks side by side: vanilla and LSTM, before and after training.

        Parameters
        ----------
        networks : mapping of str to Trace, SmallNetwork, NamedStory or Yours
            At least two, by what they are called; the second stands beside the first. A `Yours` holds
            numbers of your own for the first.
        symbols : sequence of str, optional
            What the token numbers of traces stand for.

        Returns
        -------
        Stepper
            The stepper; ``stepper.compare`` is the name of what stands beside.

        Raises
        ------
        DomainError
            If there is only one, or one that has no time steps in common with the others.

        Examples
        --------
        >>> networks = {cell: small_network("hi", cell=cell, hidden=2) for cell in ("vanilla", "lstm")}
        >>> stepper = Stepper.comparing(networks)
        >>> stepper.shown, stepper.compare
        ('vanilla', 'lstm')
        """
        compared = SideBySide.of(networks, symbols)
        stepper = cls.telling(compared.stories)
        stepper.compare = compared.beside
        stepper.step = compared.opens_at()
        return stepper

    def go(self, place: str | int) -> Stepper:
        """Go to the step at which a value or a gradient is complete, or to a step by its number.

        Parameters
        ----------
        place : str or int
            ``h[3]`` is where the value is made, ``dh[3]`` where the last part of the gradient arrives;
            what is given, such as ``W``, is shown where it is first used. A number counts from 0,
            or from the end if it is negative.

        Returns
        -------
        Stepper
            The stepper itself, so that calls can be chained.

        Raises
        ------
        NameLookupError
            If the story has no such name or step, with the nearest names.
        """
        count = len(self.steps)
        if isinstance(place, str):
            self.step = Places(self.steps).find(place, self.step)
        elif -count <= place < count:
            self.step = place % count
        else:
            raise NameLookupError(f"step {place} does not exist: the story has {count} steps.")
        return self

    @property
    def title(self) -> str:
        """What happens at the step that is shown."""
        return self.steps[self.step].title

    def _ipython_display_(self) -> None:
        """The live stepper, and for when there is no kernel any more, one that needs none."""
        display.show(self, self._static())
        self._displayed = not display.static_display()

    def _static(self) -> dict[str, str]:
        return {"text/html": self._html(), "text/plain": f"Stepper: {self.title}"}

    def _html(self) -> str:
        if len(self.story) > LARGEST_FALLBACK and not display.static_display():
            return TOO_LARGE
        others = [one for one in self._named.values() if one is not self._one]
        return stories_fragment(
            [self._one, *others],
            tours=self.tours,
            tour=self.tour,
            step=self.step,
            compare=self.compare,
        )

    def _take(self, one: NamedStory) -> bytes:
        """Store the record; return what the page needs, which requests the checks from Python."""
        story = _bytes(one)
        self._one, self.trace, self.symbols, self.about = one, one.trace, one.symbols, list(one.about)
        self.steps, self.yours = one.steps, one.yours
        return story

    @traitlets.validate("step")
    def _inside(self, proposal: dict[str, Any]) -> int:
        step: int = proposal["value"]
        if not 0 <= step < len(self.steps):
            raise DomainError(
                f"`step` is {step} but the story has the steps 0 to {len(self.steps) - 1}."
            )
        return step

    def _receive(self, _widget: Any, asked: request.Request, _buffers: Any) -> None:
        if asked.get("kind") == "font":
            self.send({"kind": "font"}, buffers=[font_subset([SIGNS, *formulas(self.story)])])
            return
        answer: dict[str, Any] = {}
        buffers: list[bytes] = []
        try:
            match asked.get("kind"):
                case "nudge":
                    answer = request.nudged(self.trace, asked)
                case "check":
                    answer = request.checked(self.trace, asked)
                case "story":
                    buffers = self._tell(asked)
        except TeachrnnError as error:
            answer = {"error": str(error)}
        except (KeyError, TypeError) as error:  # the page waits for an answer, whatever it asked
            answer = {"error": f"this request cannot be read: {error}."}
        self.send({"kind": "answer", "id": asked.get("id"), **answer}, buffers=buffers)

    def _tell(self, asked: request.Request) -> list[bytes]:
        """Tell a story in place of the other, which stays until it is there; or for another view."""
        if "name" in asked:
            one = request.named(self._named, asked["name"])
            if not asked["show"]:
                return [_bytes(one)]
            self._show(one)
        else:
            network = request.recorded(asked["settings"])
            one = NamedStory(network.trace, network.symbols, introduction(network))
            if not asked["show"]:
                return [_bytes(one)]
            self.breakpoints, self.horizon = [], 0
            self._show(one, settings=network.settings)
        return []

    def _show(self, one: NamedStory, *, settings: dict[str, Any] | None = None) -> None:
        story = self._take(one)
        with self.hold_sync():
            self.step, self.entry, self.shown = 0, {}, one.name
            self.story, self.settings = story, self.settings if settings is None else settings
        if self._displayed:
            display.renew(self, self._static())


def _bytes(one: NamedStory) -> bytes:
    return story_bytes(
        one.trace,
        symbols=one.symbols,
        about=one.about,
        check=False,
        steps=one.steps,
        yours=one.yours,
    )
