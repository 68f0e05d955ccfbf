"""What a neuron represents: a text coloured by it, and the symbols to which it responds most."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Self

import numpy as np

from teachrnn.array import Array
from teachrnn.errors import DomainError
from teachrnn.runs.small_network import SENTENCE, small_network
from teachrnn.runs.trained_model import TrainedModel
from teachrnn.views.figures.neuron_text import neuron_text
from teachrnn.views.figures.parts.table import Table, TableCell
from teachrnn.views.style.visible_symbol import visible_symbol
from teachrnn.widgets.app import App
from teachrnn.widgets.control import Menu, Slider, Text

if TYPE_CHECKING:
    from matplotlib.figure import Figure


SHOWN = 400
"""Symbols in the picture."""
MOST = 4000
"""Maximum number of symbols to read: every one is recorded."""
EXTREMES = 5
"""Places that are listed at each end."""
CONTEXT = 12
"""Symbols before such a place that are listed with it."""


class NeuronExplorer(App):
    """Neuron explorer: a text coloured by one neuron, and where it is most active.

    The number at a symbol is the one after the network has read that symbol.

    Parameters
    ----------
    trained : TrainedModel, str or Path
        A network with its vocabulary, or a checkpoint.
    text : str
        What it reads; it can be changed in the app. The state begins as training left it.

    Attributes
    ----------
    activations : dict of str to ndarray
        For each state vector, by name, its values over the text, (T, m).

    Examples
    --------
    >>> app = NeuronExplorer.example()
    >>> app.controls["neuron"].value = 3
    >>> [row[1] for row in app.table.rows] == app.activations["h"][:, 3].tolist()
    True
    """

    name = "neuron-explorer"
    title = "Neuron explorer"

    def __init__(self, trained: TrainedModel | str | Path, text: str) -> None:
        self.trained = trained if isinstance(trained, TrainedModel) else TrainedModel.load(trained)
        model = self.trained.model
        self.activations: dict[str, Array] = {}
        self._numbers: Array = np.zeros(0, np.intp)
        self._read: str | None = None
        names = model.state_names()
        super().__init__(
            {
                "state": Menu(
                    "state vector",
                    "Which of the state vectors the neuron is an entry of.",
                    names,
                    f"{model.scope(model.layers)}h",
                ),
                "neuron": Slider("neuron", "Which entry of it.", 0, low=0, high=model.hidden - 1),
                "start": Slider(
                    "from symbol", "Where in the text the picture begins.", 0, low=0, high=0
                ),
                "text": Text("text", "What the network reads.", text, rows=3),
            }
        )

    @classmethod
    def example(cls) -> Self:
        return cls(small_network(SENTENCE, updates=150).trained, SENTENCE * 2)

    def draw(self) -> Figure:
        text = self.controls["text"].value
        if text != self._read:
            self._record(text)
        start = self.controls["start"]
        shown = slice(start.value, start.value + SHOWN)
        symbols = self._symbols()[shown]
        words = f"{self.controls['state'].value}, neuron {self.controls['neuron'].value}"
        return neuron_text(symbols, self._chosen()[shown], name=words)

    def notes(self) -> str:
        return self.extremes().html()

    def extremes(self) -> Table:
        """Where in the text the neuron is highest and lowest, with the symbols that led there.

        Returns
        -------
        Table
            The table.
        """
        numbers, vocabulary = self._chosen(), self.trained.vocabulary
        order = np.argsort(-numbers, kind="stable").tolist()
        chosen = order if len(order) <= 2 * EXTREMES else [*order[:EXTREMES], *order[-EXTREMES:]]
        rows: list[tuple[TableCell, ...]] = []
        for place in chosen:
            read = self._numbers[max(0, place - CONTEXT) : place + 1]
            before, symbol = vocabulary.decode(read[:-1]), vocabulary.symbols[read[-1]]
            rows.append(
                (float(numbers[place]), visible_symbol(symbol), visible_symbol(before), place + 1)
            )
        columns = ("activation", "symbol", "after", "place")
        return Table(columns, rows, "Where the neuron is highest and lowest.")

    def _chosen(self) -> Array:
        return self.activations[self.controls["state"].value][:, self.controls["neuron"].value]

    def _symbols(self) -> list[str]:
        return [self.trained.vocabulary.symbols[number] for number in self._numbers]

    def _record(self, text: str) -> None:
        """Let the network read the text; nothing changes if it cannot be read."""
        vocabulary = self.trained.vocabulary
        numbers = vocabulary.encode(text)
        if not 0 < len(numbers) <= MOST:
            raise DomainError(
                f"the text has {len(numbers)} symbols but must have 1 to {MOST}: each one is recorded."
            )
        trace = self.trained.model.record(numbers, state=self.trained.state)
        self.activations = {
            name: np.array([trace[f"{name}[{t}]"].data for t in range(1, trace.T + 1)])
            for name in self.trained.model.state_names()
        }
        self._numbers, self._read = numbers, text
        self.controls["start"].narrow(max(0, len(numbers) - SHOWN))
