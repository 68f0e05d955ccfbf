"""What a student's code gives on one instance, in our names, axes and units."""

from __future__ import annotations

from dataclasses import dataclass, field

from teachrnn.array import Array


@dataclass(frozen=True)
class Answer:
    """The result of one call, as `Instance` has it.

    Attributes
    ----------
    gradients : dict
        By the names of the instance's parameters, those that the student returns, of the loss
        summed over T and B; ``h[0]`` and ``s[0]`` where the gradients of the initial state are returned.
    loss : float or None
        As if summed over T and B, in nats; None where the code forms none.
    values : dict
        What of the forward pass was found again: ``h`` and ``s``, (T, m) or (T, B, m) for t = 1 .. T,
        ``o`` and ``p``, (T, K) or (T, B, K).
    printed : str
        What the code printed.
    remarks : list of str
        What was noticed on this call, a sentence each: arrays changed in place, differing answers.
    """

    gradients: dict[str, Array]
    loss: float | None = None
    values: dict[str, Array] = field(default_factory=dict)
    printed: str = ""
    remarks: list[str] = field(default_factory=list)
