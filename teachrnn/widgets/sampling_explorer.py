"""Sampling from a network, symbol by symbol, with its live distribution."""

from __future__ import annotations

import html
from pathlib import Path
from typing import TYPE_CHECKING, Self

import numpy as np

from teachrnn.data import END
from teachrnn.runs.small_network import SENTENCE, small_network
from teachrnn.runs.trained_model import TrainedModel
from teachrnn.sampling import SAMPLERS, Sampler
from teachrnn.views.figures.next_symbol import next_symbol
from teachrnn.views.style.legible import legible
from teachrnn.views.style.palette import ACCENT
from teachrnn.views.style.visible_symbol import visible_symbol
from teachrnn.widgets.app import App
from teachrnn.widgets.control import Button, Menu, Slider, Text

if TYPE_CHECKING:
    from matplotlib.figure import Figure


AT_ONCE = 20
"""Symbols that the third button generates."""


class SamplingExplorer(App):
    """Sampling explorer: what temperature, top-k and nucleus do to the next symbol, and to the text.

    A symbol is drawn, then fed back: the network reads what it has generated, and only then is there a
    next distribution. Between the two the sliders can be moved: the same random number is turned
    into a symbol by another strategy.

    Parameters
    ----------
    trained : TrainedModel, str or Path
        A network with its vocabulary, or a checkpoint.
    prime : str
        What it reads first; see `TrainedModel.beginning` for where it is empty.
    seed : int
        Source of the random numbers: the text is the one that ``trained.passage`` writes from it.

    Attributes
    ----------
    written : list of int
        The symbols that have been drawn and fed back.

    Examples
    --------
    >>> app = SamplingExplorer.example()
    >>> app.controls["temperature"].value = 0.5
    >>> for _ in range(4):
    ...     app.draw_symbol()
    ...     app.feed_back()
    >>> app.text == app.trained.sample(4, rng=np.random.default_rng(0), sampler=app.sampler)
    True
    """

    name = "sampling-explorer"
    title = "Sampling explorer"

    def __init__(self, trained: TrainedModel | str | Path, *, prime: str = "", seed: int = 0) -> None:
        self.trained = trained if isinstance(trained, TrainedModel) else TrainedModel.load(trained)
        self.seed = seed
        self.written: list[int] = []
        self._chance: float | None = None
        self._reader = self.trained.model.reader()
        self._begun: str | None = None
        K = self.trained.model.symbols
        controls = {
            "strategy": Menu(
                "strategy",
                "From which of the symbols the next one is drawn.",
                list(SAMPLERS),
                "temperature",
            ),
            "temperature": Slider(
                "temperature τ",
                "Below 1 likely symbols become likelier, above 1 the probabilities even out.",
                1.0,
                low=0.0,
                high=2.0,
                step=0.05,
            ),
            "k": Slider("symbols kept k", "How many symbols top-k keeps.", min(5, K), low=1, high=K),
            "theta": Slider(
                "probability kept θ",
                "The probability that the nucleus keeps.",
                0.9,
                low=0.05,
                high=1.0,
                step=0.05,
            ),
            "prime": Text("prime", "What the network reads first.", prime),
            "draw": Button("Draw", "Draw a symbol from this distribution.", self.draw_symbol),
            "feed": Button("Feed it back", "Let the network read what was drawn.", self.feed_back),
            "write": Button(
                f"Write {AT_ONCE}", f"Draw and feed back, {AT_ONCE} times.", lambda: self.write(AT_ONCE)
            ),
            "restart": Button("Start over", "Discard the text so far.", self.restart),
        }
        super().__init__(controls)

    @classmethod
    def example(cls) -> Self:
        return cls(small_network(SENTENCE, updates=150).trained)

    @property
    def sampler(self) -> Sampler:
        """The strategy, with the settings that the sliders give it."""
        kind = SAMPLERS.find(self.controls["strategy"].value)
        used = set(kind().settings()) & set(self.controls)
        return kind(**{name: self.controls[name].value for name in used})

    @property
    def drawn(self) -> int | None:
        """Number of the symbol that was drawn and not fed back yet."""
        return None if self._chance is None else self.sampler.draw(self._scores, self._chance)

    @property
    def text(self) -> str:
        """What was written so far."""
        return self.trained.vocabulary.decode(self.written)

    @property
    def ended(self) -> bool:
        """Whether the symbol that ends an item was written: there is nothing after it."""
        return bool(self.written) and self.trained.vocabulary.symbols[self.written[-1]] == END

    def draw_symbol(self) -> None:
        """Draw the next symbol."""
        self._throw()
        self.show()

    def feed_back(self) -> None:
        """Let the network read what was drawn, if anything was."""
        self._advance()
        self.show()

    def write(self, count: int) -> None:
        """Draw and feed back, ``count`` times.

        Parameters
        ----------
        count : int
            How many symbols.
        """
        for _ in range(count):
            self._throw()
            self._advance()
        self.show()

    def restart(self) -> None:
        """Begin again from the prime."""
        self._begun = None
        self.show()

    def draw(self) -> Figure:
        prime = self.controls["prime"].value
        if prime != self._begun:
            self._begin(prime)
        used = self.sampler.settings()
        for name in ("temperature", "k", "theta"):
            self.controls[name].disabled = name not in used
        self.controls["feed"].disabled = self._chance is None
        for name in ("draw", "write"):
            self.controls[name].disabled = self.ended
        symbols = self.trained.vocabulary.symbols
        return next_symbol(self._scores, self.sampler, symbols, drawn=self.drawn)

    def notes(self) -> str:
        drawn = self.drawn
        mark = ""
        if drawn is not None:
            sign = visible_symbol(self.trained.vocabulary.symbols[drawn])
            style = f"background:none;color:inherit;outline:2px solid {ACCENT}"
            mark = f'<mark title="drawn, not fed back yet" style="{style}">{html.escape(sign)}</mark>'
        return (
            "<p>The text so far:</p>"
            f'<pre style="white-space:pre-wrap">{html.escape(legible(self.controls["prime"].value))}'
            f"<b>{html.escape(legible(self.text))}</b>{mark}</pre>"
        )

    def _begin(self, prime: str) -> None:
        numbers = self.trained.beginning(prime)  # an unknown symbol ends it here
        self._reader.start(self.trained.state or None)
        for number in numbers.tolist():
            self._scores = self._reader.read(number).copy()
        self._rng = np.random.default_rng(self.seed)
        self._chance = None
        self.written = []
        self._begun = prime

    def _throw(self) -> None:
        """Draw the number that decides on the next symbol, where it is time to."""
        self._redraw.flush()
        if self._chance is None and not (self.message or self.ended):
            self._chance = self._rng.random()

    def _advance(self) -> None:
        drawn = self.drawn
        if drawn is not None:
            self.written.append(drawn)
            self._scores = self._reader.read(drawn).copy()
            self._chance = None
