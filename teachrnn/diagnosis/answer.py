"""What a student's code gives for an instance, in our names."""

from __future__ import annotations

from dataclasses import dataclass, field

from teachrnn.array import Array


@dataclass(frozen=True)
class Answer:
    """The result of one call.

    Attributes
    ----------
    gradients : dict
        By parameter, in our names, shapes and units (of the loss summed over time and batch, in nats);
        those that the code returns. Gradients of an initial state are called ``h[0]``.
    loss : float or None
        The loss, as if it were summed; None if the code returns none.
    values : dict
        Arrays of the forward pass that could be named, with time first: ``h`` of shape (T, m) or
        (T, B, m), ``p``.
    printed : str
        What it printed.
    """

    gradients: dict[str, Array]
    loss: float | None = None
    values: dict[str, Array] = field(default_factory=dict)
    printed: str = ""
