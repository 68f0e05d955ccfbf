"""A small network trained on a text for a moment and recorded on it: what the stepper shows first."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np

from teachrnn.data import InOrder, Vocabulary, check_text
from teachrnn.errors import DomainError
from teachrnn.models import CharRNN
from teachrnn.optimizers import AdaGrad
from teachrnn.trace import Trace
from teachrnn.training import Training
from teachrnn.views.style.legible import printable
from teachrnn.views.style.number import format_number

MAX_NUMBERS = 20_000_000
"""Every step has its own term of every parameter's gradient, and their sum so far."""

MAX_STEPS = 1_000
"""Time steps: a longer graph is scrolled through, and never looked at."""

MAX_UPDATES = 10_000
"""A few seconds: longer trainings are what ``teachrnn train`` is for."""


@dataclass(frozen=True, eq=False)
class Demonstration:
    """A trace to be stepped through, and what its readers should know of it.

    Attributes
    ----------
    model : CharRNN
        The network.
    trace : Trace
        Its record over the text.
    symbols : tuple of str
        The characters that the token numbers stand for.
    about : list of str
        Sentences about the network, its text and its loss.
    settings : dict
        What it was made with: ``demonstrate(**settings)`` makes it again.
    """

    model: CharRNN
    trace: Trace
    symbols: tuple[str, ...]
    about: list[str]
    settings: dict[str, Any]


def demonstrate(
    text: str,
    *,
    cell: str = "vanilla",
    hidden: int = 8,
    layers: int = 1,
    scale: float = 0.3,
    updates: int = 20,
    seed: int = 0,
) -> Demonstration:
    """Train a small network on a text for a moment, and record it.

    Parameters
    ----------
    text : str
        At least two characters; each is to be predicted from those before it.
    cell : str
        Name of the recurrent cell.
    hidden : int
        m, the length of the state.
    layers : int
        How many cells are stacked.
    scale : float
        Standard deviation of the weights at the start.
    updates : int
        Updates of AdaGrad before the record is made.
    seed : int
        Seed of the random numbers.

    Raises
    ------
    TeachrnnError
        If the text is too short, a setting is outside its range or unknown, or the record would be
        larger than a browser shows.

    Examples
    --------
    >>> shown = demonstrate("hello", hidden=3, updates=5)
    >>> shown.trace.T, shown.symbols
    (4, ('e', 'h', 'l', 'o'))
    >>> print(shown.about[0])
    This vanilla network (m = 3, K = 4) reads “hello” and predicts every next character.
    """
    check_text(text, where="the text")
    _check(scale=scale, updates=updates, seed=seed)
    refuse_what_no_browser_opens(len(text) - 1, layers * hidden**2)  # before memory is asked for
    vocabulary = Vocabulary.of(text)
    tokens = vocabulary.encode(text)
    model = CharRNN(
        hidden=hidden,
        symbols=len(vocabulary),
        cell=cell,
        layers=layers,
        scale=scale,
        rng=np.random.default_rng(seed),
    )
    refuse_what_no_browser_opens(len(text) - 1, model.parameters.flat.size)
    before = float(model.record(tokens[:-1], tokens[1:]).total_loss)
    batches = InOrder(tokens, length=min(25, len(tokens) - 1))
    for _ in islice(Training(model, batches, AdaGrad(eta=0.1)), updates):
        pass
    trace = model.record(tokens[:-1], tokens[1:])
    settings = {
        "text": text,
        "cell": cell,
        "hidden": hidden,
        "layers": layers,
        "scale": scale,
        "updates": updates,
        "seed": seed,
    }
    about = _about(model, text, updates, before, trace)
    return Demonstration(model, trace, vocabulary.symbols, about, settings)


def refuse_what_no_browser_opens(steps: int, parameters: int) -> None:
    """Raise where a story would hold more steps or numbers than a browser shows.

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


def _check(*, scale: float, updates: int, seed: int) -> None:
    if not (np.isfinite(scale) and scale >= 0):
        raise DomainError(f"demonstration: `scale` is {scale} but must be a finite number, at least 0.")
    if not isinstance(updates, int | np.integer) or not 0 <= updates <= MAX_UPDATES:
        raise DomainError(
            f"demonstration: `updates` is {updates} but must be a whole number, 0 to {MAX_UPDATES}."
        )
    if not isinstance(seed, int | np.integer) or seed < 0:
        raise DomainError(f"demonstration: `seed` is {seed} but must be a whole number, at least 0.")


def _about(model: CharRNN, text: str, updates: int, before: float, trace: Trace) -> list[str]:
    stack = f"{model.layers} layers, " if model.layers > 1 else ""
    kind = model.cell.name if model.cell.name == "vanilla" else model.cell.name.upper()
    after = float(trace.total_loss)
    return [
        f"This {kind} network ({stack}m = {model.hidden}, K = {model.symbols}) reads "
        f"\N{LEFT DOUBLE QUOTATION MARK}{printable(text)}\N{RIGHT DOUBLE QUOTATION MARK} "
        "and predicts every next character.",
        f"{updates} updates on this text took its loss from {format_number(before)} to "
        f"{format_number(after)} nats per sequence "
        f"({format_number(after / trace.T)} nats per character).",
    ]
