"""The first value of a forward pass that is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from teachrnn.array import Array
from teachrnn.diagnosis.answer import Answer
from teachrnn.diagnosis.entry import entry_of
from teachrnn.diagnosis.instance import Instance
from teachrnn.ops import Softmax

GUARD = 5e-4
"""What scores and probabilities may differ by: some add 1e-8 here and there, so that nothing is 0."""


@dataclass(frozen=True)
class WrongValue:
    """A value, in the entry with the largest error.

    Attributes
    ----------
    name : str
        "h", "o" or "p"; "loss".
    t : int
        The time step; 0 of the loss.
    entry : str
        Which entry it is: "h[2][0]".
    expected, given : float
        What it should be, and what it is.
    """

    name: str
    t: int
    entry: str
    expected: float
    given: float

    def said(self, instance: Instance, answer: Answer) -> str:
        """What is wrong, in a sentence.

        Parameters
        ----------
        instance : Instance
            On which numbers.
        answer : Answer
            In which it was found: what was compared before it is right.

        Returns
        -------
        str
            Such as "p[1] differs from the model's, at T = 1, m = 3, K = 5; h is right."
        """
        at = instance.said_sizes
        if self.name == "loss":
            return f"the loss is {self.given:.6g} nats where it should be {self.expected:.6g}, at {at}."
        before = [name for name in ("h", "o") if name in answer.values and name < self.name]
        right = [f"{' and '.join(before)} {'are' if len(before) > 1 else 'is'} right"] if before else []
        right += ["the steps before are right"] if self.t > 1 else []
        return "; ".join([f"{self.name}[{self.t}] differs from the model's, at {at}", *right]) + "."


def wrong_forward(instance: Instance, answer: Answer, tolerance: float) -> WrongValue | None:
    """Compare the states, then scores and probabilities, then the loss.

    Parameters
    ----------
    instance : Instance
        The numbers.
    answer : Answer
        What the code gives for them.
    tolerance : float
        What the loss may differ by, relative to ours.

    Returns
    -------
    WrongValue or None
        None if all that was found again is right.

    Examples
    --------
    >>> instance = Instance.draw("vanilla", T=2, hidden=2, symbols=3, seed=1)
    >>> answer = Answer({}, loss=2 * instance.trace.total_loss)
    >>> wrong_forward(instance, answer, 1e-9).said(instance, answer)
    'the loss is 6.89596 nats where it should be 3.44798, at T = 2, m = 2, K = 3.'
    """
    for name, own, right, allowed in _pairs(instance, answer, tolerance):
        for t, (given, expected) in enumerate(zip(own, right, strict=True), start=1):
            off = np.abs(np.reshape(given, expected.shape) - expected)
            off[~np.isfinite(off)] = np.inf
            if off.max(initial=0.0) > allowed:
                place = np.unravel_index(int(off.argmax()), off.shape)
                numbers = float(expected[place]), float(np.reshape(given, expected.shape)[place])
                return WrongValue(name, t, entry_of(f"{name}[{t}]", place), *numbers)
    if answer.loss is not None:
        ours = float(instance.trace.total_loss)
        if not abs(answer.loss - ours) <= tolerance * max(abs(ours), 1e-300):
            return WrongValue("loss", 0, "the loss", ours, answer.loss)
    return None


def _pairs(
    instance: Instance, answer: Answer, tolerance: float
) -> Iterator[tuple[str, Array, list[Array], float]]:
    """The values of the code beside ours, step by step, and what they may differ by."""
    steps = range(1, instance.T + 1)
    trace = instance.trace
    if "h" in answer.values:
        yield "h", answer.values["h"], [trace[f"h[{t}]"].data for t in steps], 10 * tolerance
    scores = [trace[f"o[{t}]"].data for t in steps]
    if "o" in answer.values:
        size = max(float(np.abs(o).max()) for o in scores)
        yield "o", answer.values["o"], scores, GUARD * max(size, 1.0)
    if "p" in answer.values:
        yield "p", answer.values["p"], [Softmax.forward(o) for o in scores], GUARD
