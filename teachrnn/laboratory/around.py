"""Mistakes around the backward pass, in data and training loop: no check of a gradient sees them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from teachrnn.data.batching import Batch
from teachrnn.diagnosis.description import Description
from teachrnn.laboratory.planted_mistake import PlantedMistake
from teachrnn.training import NoClipping, Training

NOT_BY_A_CHECK = "no check of a gradient: the gradient is right, for what the program computes"


class SpoiltBatches:
    """The batches of another batching, each with something done to it.

    Parameters
    ----------
    batching : Batching
        Whose batches they are.
    done : callable
        From a right batch to the wrong one.
    """

    def __init__(self, batching: Any, done: Callable[[Batch], Batch]) -> None:
        self._batching, self._done = batching, done

    def __next__(self) -> Batch:
        return self._done(next(self._batching))

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):  # before it has been made, as while it is copied
            raise AttributeError(name)
        return getattr(self._batching, name)


def _unshifted(batch: Batch) -> Batch:
    return replace(batch, y=batch.x)


def _forgotten(batch: Batch) -> Batch:
    return replace(batch, fresh=True)


def _shift_no_targets(training: Training) -> None:
    training.batching = SpoiltBatches(training.batching, _unshifted)  # type: ignore[assignment]


def _carry_no_state(training: Training) -> None:
    training.batching = SpoiltBatches(training.batching, _forgotten)  # type: ignore[assignment]


def _clip_a_copy(training: Training) -> None:
    training.clipping = NoClipping()


AROUND = {
    planted.name: planted
    for planted in (
        PlantedMistake(
            "targets not shifted",
            Description(
                "targets not shifted",
                "the target of every step is the symbol that the network is reading",
                "The network learns to copy its input: the loss falls to almost 0, and no text comes of"
                " it. The target of step t is the symbol t + 1 of the text.",
                NOT_BY_A_CHECK,
                "y[t] = x[t+1]",
                "y[t] = x[t]",
            ),
            around=_shift_no_targets,
            place="data",
        ),
        PlantedMistake(
            "state not carried",
            Description(
                "state not carried",
                "every sequence begins with a state of zeros",
                "Sequences follow one another in the text: without the state that the last one has left,"
                " the first symbols of each are guessed.",
                NOT_BY_A_CHECK,
                "h[0] = h[T] of the sequence before",
                "h[0] = 0",
            ),
            around=_carry_no_state,
            place="data",
        ),
        PlantedMistake(
            "a copy clipped",
            Description(
                "a copy clipped",
                "the gradient is clipped, and the update is made with the one that is not",
                "A function that returns new arrays leaves the old ones as they are: keep the result, or"
                " clip in place.",
                NOT_BY_A_CHECK,
                "g = clip(g)",
                "clip(g)",
            ),
            around=_clip_a_copy,
            place="training loop",
        ),
    )
}
"""By name."""
