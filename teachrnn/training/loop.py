"""The training loop, as a generator of what happened at every step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from teachrnn.backprop import backpropagate
from teachrnn.errors import DomainError, TeachrnnError
from teachrnn.models import CharRNN
from teachrnn.optimizers import AdaGrad
from teachrnn.sampling import sample_temperature

Array = NDArray[Any]


@dataclass(frozen=True)
class TrainStep:
    """What one update did.

    Attributes
    ----------
    iteration : int
        Number of the update, from 1.
    epoch : int
        Which pass through the text it belongs to, from 1.
    loss : float
        L of the sequence before the update, in nats per sequence.
    smooth_loss : float
        0.999 of the last smooth loss plus 0.001 of this loss; the first is the first loss.
    largest_gradient : float
        Largest magnitude of an entry of the gradient, before clipping.
    """

    iteration: int
    epoch: int
    loss: float
    smooth_loss: float
    largest_gradient: float


def train(
    model: CharRNN,
    tokens: Array,
    *,
    optimizer: AdaGrad,
    length: int = 25,
    clip: float = 5.0,
) -> Iterator[TrainStep]:
    """Read a text in sequences, over and over, and update the model's parameters after each.

    The state is carried from one sequence to the next and starts from 0 at each new pass; the
    gradient stops at the edge of a sequence (truncated BPTT). Gradients are clipped entry by entry.
    The generator has no end: take as many steps as you want.

    Parameters
    ----------
    model : CharRNN
        Its parameters are updated.
    tokens : ndarray of int
        The text, (N,).
    optimizer : AdaGrad
        The update rule.
    length : int
        Characters in a sequence.
    clip : float
        Largest magnitude that an entry of the gradient may keep.

    Raises
    ------
    DomainError
        If the text is shorter than one sequence and its target.
    TeachrnnError
        If the loss is not finite any more.
    """
    if not 1 <= length < len(tokens):
        raise DomainError(
            f"a sequence of {length} characters and the one after it need a text of at least "
            f"{length + 1}; this one has {len(tokens)}. Choose a shorter sequence length."
        )
    smooth, iteration, epoch = None, 0, 0
    while True:
        epoch += 1
        state: Mapping[str, Array] = model.initial_state()
        for start in range(0, len(tokens) - length, length):
            x, y = tokens[start : start + length], tokens[start + 1 : start + length + 1]
            trace = model.record(x, y, state=state)
            gradients = backpropagate(trace).gradients()
            largest = max(float(np.abs(g).max()) for g in gradients.values())
            loss = float(trace.total_loss)
            iteration += 1
            if not np.isfinite(loss) or not np.isfinite(largest):
                raise TeachrnnError(
                    f"the loss is not finite at update {iteration}: lower the learning rate, "
                    "or clip gradients harder."
                )
            optimizer.update(
                model.parameters, {n: np.clip(g, -clip, clip) for n, g in gradients.items()}
            )
            smooth = loss if smooth is None else 0.999 * smooth + 0.001 * loss
            state = model.final_state(trace)
            yield TrainStep(iteration, epoch, loss, smooth, largest)


def generate(
    model: CharRNN,
    start: int,
    count: int,
    *,
    rng: np.random.Generator,
    temperature: float = 1.0,
    state: Mapping[str, Array] | None = None,
) -> list[int]:
    """Let the network write: every symbol drawn is its next input.

    Parameters
    ----------
    start : int
        The first input, which is not part of the result.
    count : int
        How many symbols to draw.
    """
    symbol, written = start, []
    for _ in range(count):
        trace = model.record([symbol], state=state)
        symbol = sample_temperature(trace["o[1]"].data, temperature=temperature, rng=rng)
        state = model.final_state(trace)
        written.append(symbol)
    return written
