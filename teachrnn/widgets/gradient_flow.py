"""How far gradients flow back in time, by the weight scale, the length and the cell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from teachrnn.cells import CELLS
from teachrnn.data import Vocabulary, check_text
from teachrnn.errors import DomainError
from teachrnn.runs import small_network
from teachrnn.trace import Trace
from teachrnn.views.figures.gradient_flow import gradient_flow
from teachrnn.widgets.app import App
from teachrnn.widgets.control import Menu, Slider, Text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TEXT = "it was the best of times, it was the worst of times"


class GradientFlow(App):
    """Explorer of the gradient flow: where it vanishes, where it explodes, and what a gate changes.

    A network with random weights reads the beginning of a text, and its loss is backpropagated; the seed
    stays the same, so that two pictures differ by the controls only.

    Parameters
    ----------
    text : str
        What the network reads; it can be changed in the app.
    hidden : int
        m, the length of the state.
    seed : int
        Seed of the weights.

    Examples
    --------
    >>> app = GradientFlow(hidden=4)
    >>> app.controls["scale"].value = 0.01
    >>> app.table.columns[-1], app.table.rows[1][-1] < 1e-25      # at step 1 nothing is left of it
    ('from the loss at 20', True)
    >>> app.controls["scale"].value = 0.5
    >>> app.table.rows[1][-1] > 1e-5
    True
    """

    name = "gradient-flow"
    title = "Gradient flow explorer"

    def __init__(self, text: str = TEXT, *, hidden: int = 16, seed: int = 0) -> None:
        self.hidden, self.seed = hidden, seed
        self.trace: Trace
        super().__init__(
            {
                "cell": Menu(
                    "recurrent cell",
                    "Which cell the network is made of.",
                    sorted(CELLS),
                    "vanilla",
                ),
                "scale": Slider(
                    "scale of the weights σ",
                    "Standard deviation of the weights that the network starts from.",
                    0.25,
                    low=0.01,
                    high=2.0,
                    step=0.05,
                    logarithmic=True,
                ),
                "T": Slider("length T", "Number of symbols that are read.", 20, low=1, high=50),
                "text": Text("text", "What the network reads, each symbol to predict the next.", text),
            }
        )

    @classmethod
    def example(cls) -> Self:
        return cls(hidden=8)

    def draw(self) -> Figure:
        settings = {name: chosen.value for name, chosen in self.controls.items()}
        text, T = check_text(settings["text"], where="the text"), settings["T"]
        if len(text) <= T:
            raise DomainError(
                f"T = {T} steps need {T + 1} characters, one more to predict, but the text has "
                f"{len(text)}. Write more, or make T smaller."
            )
        self.trace = small_network(
            text[: T + 1],
            cell=settings["cell"],
            hidden=self.hidden,
            scale=settings["scale"],
            updates=0,
            seed=self.seed,
            vocabulary=Vocabulary.of(text),
        ).backpropagated
        return gradient_flow(self.trace)
