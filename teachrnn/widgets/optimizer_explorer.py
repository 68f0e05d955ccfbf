"""Optimizers side by side, on problems small enough to be solved again at every move of a slider."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

from teachrnn.array import Array
from teachrnn.errors import DomainError
from teachrnn.optimizers import OPTIMIZERS
from teachrnn.optimizers.descent import Descent, Slope, descend
from teachrnn.runs import small_network
from teachrnn.views.figures.optimizer_paths import optimizer_paths
from teachrnn.views.figures.optimizer_state import optimizer_state, parameter_places
from teachrnn.widgets.app import App
from teachrnn.widgets.control import Control, Menu, Slider, Tick

if TYPE_CHECKING:
    from matplotlib.figure import Figure


STEEPNESS = 25.0
"""How much steeper the valley is across than along: its condition number."""

SIDE_BY_SIDE = "all, side by side"
SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
SHARES = {
    "mu": "momentum",
    "gamma": "decay of the squares",
    "beta1": "decay of the mean",
    "beta2": "decay of the squares",
}
"""What the hyper-parameters are called that say how much of the last value is kept."""
FIRST = ("sgd", "momentum", "adagrad", "adam")
"""The initial choice."""


@dataclass(frozen=True)
class Problem:
    """A loss to minimise.

    Attributes
    ----------
    start : ndarray
        The parameters to begin with, (n,).
    slope : callable
        From parameters to the loss and its gradient.
    ground : callable, optional
        The loss over two parameters, where there are two.
    parameters : dict, optional
        Which entries belong to which parameter.
    """

    start: Array
    slope: Slope
    ground: Callable[[Array, Array], Array] | None = None
    parameters: dict[str, Array] | None = None


def valley() -> Problem:
    r"""A long valley, $L = \frac{1}{2} (\theta_1^2 + 25\, \theta_2^2)$: steep across, gentle along."""

    def ground(x: Array, y: Array) -> Array:
        return (x**2 + STEEPNESS * y**2) / 2

    def slope(theta: Array) -> tuple[float, Array]:
        return float(ground(*theta)), theta * np.array([1.0, STEEPNESS])

    return Problem(np.array([-2.0, 0.6]), slope, ground)


def network(text: str = "hello world hello world", *, hidden: int = 8, seed: int = 0) -> Problem:
    """The loss of a small recurrent network on a text, in nats, as a function of all its weights."""
    small = small_network(text, hidden=hidden, scale=0.2, updates=0, seed=seed)
    model, numbers = small.model, small.vocabulary.encode(text)
    path = model.path(length=len(text) - 1)

    def slope(theta: Array) -> tuple[float, Array]:
        model.parameters.flat[...] = theta
        path.start()
        return path.gradient(numbers[:-1], numbers[1:]), path.gradients.flat

    start = model.parameters.flat.copy()
    return Problem(start, slope, parameters=parameter_places(model))


PROBLEMS: Mapping[str, Callable[[], Problem]] = {"valley": valley, "recurrent network": network}


class OptimizerExplorer(App):
    """Optimizer explorer: the paths of several rules, and what each of them keeps.

    All start at the same point with the same learning rate. The decay rates of velocities and
    moving means have a slider each, by their letter: one slider for all rules that use
    that letter.

    Parameters
    ----------
    problem : {"valley", "recurrent network"}
        What they go down on.

    Attributes
    ----------
    descents : dict of str to Descent
        What every chosen optimizer did, by its name.

    Examples
    --------
    >>> app = OptimizerExplorer()
    >>> app.controls["eta"].value = 0.01
    >>> app.show()                                # without waiting for a slider to rest
    >>> app.descents["adam"].steps[0].round(6)    # the first step has the size of eta
    array([ 0.01, -0.01])
    """

    name = "optimizer-explorer"
    title = "Optimizer explorer"

    def __init__(self, problem: str = "valley") -> None:
        self.descents: dict[str, Descent] = {}
        self._problems: dict[str, Problem] = {}
        if problem not in PROBLEMS:
            raise DomainError(
                f"OptimizerExplorer: `problem` is {problem!r} but must be one of {', '.join(PROBLEMS)}."
            )
        controls: dict[str, Control] = {
            "problem": Menu("problem", "The loss to minimise.", list(PROBLEMS), problem),
            "show": Menu(
                "show",
                "All side by side, or the state of one.",
                [SIDE_BY_SIDE, *OPTIMIZERS],
                SIDE_BY_SIDE,
            ),
            "updates": Slider("updates", "Number of steps of each.", 40, low=1, high=200),
            "eta": Slider(
                "learning rate η",
                "The same for all.",
                0.05,
                low=1e-4,
                high=1.0,
                step=0.05,
                logarithmic=True,
            ),
        }
        for letter, default in _shares().items():
            controls[letter] = Slider(
                f"{SHARES.get(letter, 'share kept')} {_sign(letter)}",
                f"How much of the last value is kept, where a rule has {_sign(letter)}.",
                default,
                low=0.0,
                high=0.999,
                step=0.001,
            )
        for name in OPTIMIZERS:
            controls[name] = Tick(name, f"Whether {name} is shown.", name in FIRST)
        super().__init__(controls)

    @classmethod
    def example(cls) -> Self:
        return cls()

    def draw(self) -> Figure:
        problem = self._problem()
        shown = self.controls["show"].value
        chosen = [name for name in OPTIMIZERS if self.controls[name].value or name == shown]
        self.descents = {name: self._descent(name, problem) for name in chosen}
        if shown == SIDE_BY_SIDE:
            return optimizer_paths(self.descents, ground=problem.ground)
        return optimizer_state(self.descents[shown], problem.parameters)

    def _problem(self) -> Problem:
        name = self.controls["problem"].value
        if name not in self._problems:
            self._problems[name] = PROBLEMS[name]()
        return self._problems[name]

    def _descent(self, name: str, problem: Problem) -> Descent:
        kind = OPTIMIZERS[name]
        letters = {"eta", *_shares()} & set(kind.ranges())
        optimizer = kind(**{letter: self.controls[letter].value for letter in letters})
        updates = self.controls["updates"].value
        return descend(optimizer, problem.start, problem.slope, updates=updates)


def _sign(letter: str) -> str:
    """A hyper-parameter as formulas write it: beta1 is β₁."""
    word = letter.rstrip("0123456789")
    index = letter.removeprefix(word).translate(SUBSCRIPTS)
    return unicodedata.lookup(f"GREEK SMALL LETTER {word}") + index


def _shares() -> dict[str, float]:
    """The hyper-parameters that are shares from 0 to below 1, of all optimizers, with a default.

    Where several optimizers have one of the same letter, the default is that of the first.
    """
    shares: dict[str, float] = {}
    for kind in OPTIMIZERS.values():
        for letter, allowed in kind.ranges().items():
            if (allowed.low, allowed.high) == (0, 1):
                shares.setdefault(letter, getattr(kind(eta=1.0), letter))
    return shares
