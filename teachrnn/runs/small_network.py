"""A network small enough to train in a moment, and the text that it reads.

It is what ``teachrnn step`` and the stepper show, what the notebook apps explore, what the examples of
the figures are drawn from, and what ``teachrnn check`` checks.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any

import numpy as np

from teachrnn.array import Array
from teachrnn.backprop import backpropagate
from teachrnn.cells import Cell
from teachrnn.data import Vocabulary, check_text
from teachrnn.data.batching import InOrder
from teachrnn.errors import DomainError
from teachrnn.models import CharRNN
from teachrnn.optimizers import AdaGrad, Optimizer
from teachrnn.runs.trained_model import TrainedModel
from teachrnn.trace import Trace
from teachrnn.training import Training

WORDS = "hello world"
"""Enough to step through."""

SENTENCE = "the cat sat on the mat and the rat sat on the cat. "
"""Enough to be learnt."""

MAX_NUMBERS = 20_000_000
"""Every step has its own term of every parameter's gradient, and their sum so far."""

MAX_STEPS = 1_000
"""Time steps: a longer graph would be scrolled through, but not read."""

MAX_UPDATES = 10_000
"""A few seconds: ``teachrnn train`` is for longer training."""


@dataclass(frozen=True, eq=False)
class SmallNetwork:
    """A small network and its text: see `small_network`.

    Attributes
    ----------
    text : str
        What it reads, each symbol to predict the next.
    vocabulary : Vocabulary
        What its token numbers stand for.
    model : CharRNN
        The network.
    first_loss : float
        L over the text before any update, in nats per sequence.
    settings : dict
        Its arguments: ``small_network(**settings)`` makes it again.
    """

    text: str
    vocabulary: Vocabulary
    model: CharRNN
    first_loss: float
    settings: dict[str, Any]

    @property
    def symbols(self) -> tuple[str, ...]:
        """What the token numbers stand for."""
        return self.vocabulary.symbols

    @cached_property
    def trace(self) -> Trace:
        """Its trace over the text, recorded on first use."""
        return _recorded(self.model, self.vocabulary.encode(self.text))

    @property
    def backpropagated(self) -> Trace:
        """The trace, after backpropagation."""
        backpropagate(self.trace)
        return self.trace

    @property
    def trained(self) -> TrainedModel:
        """The model as it is now, ready to sample from."""
        return TrainedModel(self.model, self.vocabulary)

    def training(
        self,
        optimizer: Optimizer | None = None,
        *,
        times: int = 1,
        length: int = 25,
        held_out: int = 0,
        validate_every: int = 100,
    ) -> Training:
        """A training loop for this network on its text, before its first update.

        Parameters
        ----------
        optimizer : Optimizer, optional
            The update rule; AdaGrad with a learning rate of 0.1 if not given.
        times : int
            How many copies of the text follow one another.
        length : int
            T, the length of a sequence; less where the text is shorter.
        held_out : int
            How many symbols at the end are held out for validation.
        validate_every : int
            Updates between two such measurements.

        Returns
        -------
        Training
            The loop, before its first update.
        """
        tokens = self.vocabulary.encode(self.text * times)
        read, kept = tokens[: len(tokens) - held_out], tokens[len(tokens) - held_out :]
        return Training(
            self.model,
            InOrder(read, length=min(length, len(read) - 1)),
            AdaGrad(eta=0.1) if optimizer is None else optimizer,
            validation=kept if held_out else None,
            validate_every=validate_every,
        )


def small_network(
    text: str = WORDS,
    *,
    cell: str | type[Cell] = "vanilla",
    hidden: int = 8,
    layers: int = 1,
    scale: float = 0.3,
    updates: int = 20,
    seed: int = 0,
    vocabulary: Vocabulary | None = None,
) -> SmallNetwork:
    """Make a small network with random weights, and briefly train it on a text.

    Parameters
    ----------
    text : str
        At least two characters; each is to be predicted from those before it.
    cell : str or type of Cell
        The recurrent cell.
    hidden : int
        m, the length of the state.
    layers : int
        How many cells are stacked.
    scale : float
        Standard deviation of the weights at the start.
    updates : int
        Updates of AdaGrad; 0 leaves the weights random.
    seed : int
        Seed of the random numbers.
    vocabulary : Vocabulary, optional
        The symbols, where there are more than those of the text.

    Returns
    -------
    SmallNetwork
        The network, with its text; its ``trace`` is recorded on first use.

    Raises
    ------
    TeachrnnError
        If the text is too short, a setting is outside its range or unknown, or the record would be
        larger than a browser shows.

    Examples
    --------
    >>> network = small_network("hello", hidden=3, updates=5)
    >>> network.trace.T, network.symbols
    (4, ('e', 'h', 'l', 'o'))
    >>> float(network.trace.total_loss) < network.first_loss
    True
    >>> learnt = small_network(SENTENCE, hidden=16, scale=0.2, updates=300).trained
    >>> learnt.sample(15, rng=np.random.default_rng(0), prime="the c")
    'at sat on the m'
    """
    check_text(text, where="the text")
    _check(scale=scale, updates=updates, seed=seed)
    check_small(len(text) - 1, layers * hidden**2)  # before memory is allocated
    vocabulary = Vocabulary.of(text) if vocabulary is None else vocabulary
    tokens = vocabulary.encode(text)
    model = CharRNN(
        hidden=hidden,
        symbols=len(vocabulary),
        cell=cell,
        layers=layers,
        scale=scale,
        rng=np.random.default_rng(seed),
    )
    check_small(len(text) - 1, model.parameters.flat.size)
    settings = {
        "text": text,
        "cell": model.cell.name,
        "hidden": hidden,
        "layers": layers,
        "scale": scale,
        "updates": updates,
        "seed": seed,
    }
    first_loss = float(_recorded(model, tokens).total_loss)
    network = SmallNetwork(text, vocabulary, model, first_loss, settings)
    if updates:
        deque(islice(network.training(), updates), maxlen=0)  # takes every step and keeps none
    return network


def random_network(
    cell: str | type[Cell], *, hidden: int, steps: int, symbols: int, scale: float, seed: int
) -> Trace:
    """Record a network, a text and an initial state, all random, to check derivatives on.

    The initial state is not zero, because zeros would hide mistakes in the terms that they multiply.

    Parameters
    ----------
    cell : str or type of Cell
        The recurrent cell.
    hidden, steps, symbols : int
        m, T and K.
    scale : float
        Standard deviation of the weights.
    seed : int
        Seed of the random numbers.

    Returns
    -------
    Trace
        The record, with a loss at every step.

    Examples
    --------
    >>> random_network("gru", hidden=3, steps=4, symbols=5, scale=0.5, seed=0)
    <Trace: 84 values, 64 operations, T=4>
    """
    rng = np.random.default_rng(seed)
    model = CharRNN(hidden=hidden, symbols=symbols, cell=cell, scale=scale, rng=rng)
    tokens = rng.integers(0, symbols, steps + 1)
    state = {name: rng.normal(0, 0.5, hidden) for name in model.state_names()}
    return _recorded(model, tokens, state)


def check_small(steps: int, parameters: int) -> None:
    """Refuse a network whose record has more steps or numbers than a browser shows.

    Parameters
    ----------
    steps : int
        T, the number of time steps.
    parameters : int
        How many numbers all parameters hold.

    Raises
    ------
    DomainError
        With the number, and what to lower.
    """
    if steps > MAX_STEPS:
        raise DomainError(
            f"the story would have {steps} time steps, and a browser shows {MAX_STEPS}: "
            "take a shorter text."
        )
    numbers = 2 * steps * parameters
    if numbers > MAX_NUMBERS:
        raise DomainError(
            f"the story would hold about {numbers / 1e6:.0f} million numbers, and a browser shows "
            f"{MAX_NUMBERS / 1e6:.0f} million: take a shorter text, a smaller m or fewer layers."
        )


def _recorded(model: CharRNN, tokens: Array, state: dict[str, Array] | None = None) -> Trace:
    return model.record(tokens[:-1], tokens[1:], state=state)


def _check(*, scale: float, updates: int, seed: int) -> None:
    if not (np.isfinite(scale) and scale >= 0):
        raise DomainError(f"small network: `scale` is {scale} but must be a finite number, at least 0.")
    if not isinstance(updates, int | np.integer) or not 0 <= updates <= MAX_UPDATES:
        raise DomainError(
            f"small network: `updates` is {updates} but must be a whole number, 0 to {MAX_UPDATES}."
        )
    if not isinstance(seed, int | np.integer) or seed < 0:
        raise DomainError(f"small network: `seed` is {seed} but must be a whole number, at least 0.")
